"""What to send to the clipboard: one of several things, or a link that is shown in full besides."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Mount, Resize
from textual.widget import Widget

from orch_tui.first_frame import Column
from orch_tui.ui.clips import Clip
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.facts import link
from orch_tui.ui.text import MUTED, STRONG, Cell
from orch_tui.ui.widgets.clipboard import send_to_clipboard
from orch_tui.ui.widgets.line_table import LineTable

_FRAME, _USUAL_WIDTH = 4, 76


class ClipTable(LineTable[int]):
    """The list of what can be sent."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "Copy it")]


class CopyDialog(Dialog[None]):
    """Lists `clips`; Enter, or `y` again, sends the highlighted one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "send", "Copy it", show=False, id="copy.send")]

    def __init__(self, clips: Sequence[Clip]) -> None:
        super().__init__("Copy")
        self._clips = clips
        columns = [Column("WHAT", 26), Column("")]
        self.table = ClipTable(columns, self._cells, empty="nothing", id="clips")
        self.table.opened = self.action_send
        self.table.styles.height = len(clips) + 1

    def body(self) -> Iterable[Widget]:
        yield self.table

    def on_mount(self, _: Mount) -> None:
        self.table.show(range(len(self._clips)))
        self.set_focus(self.table)

    def _cells(self, place: int) -> tuple[Cell, ...]:
        clip = self._clips[place]
        return Cell(clip.what, STRONG), Cell(clip.preview, MUTED)

    def action_send(self) -> None:
        if self.table.key is not None and self.app.screen is self:
            clip = self._clips[self.table.key]
            send_to_clipboard(self, clip.text(), clip.what)
            self.dismiss()


class LinkDialog(Dialog[None]):
    """Shows a link, on one line where there is room for it, and sends it to the clipboard at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "Close", show=False, id="link.close"),
        Binding("y", "send", "Copy it again", id="link.send"),
    ]

    DEFAULT_CSS = """
    LinkDialog.-tight > .box { padding: 0; border-left: none; border-right: none; }
    """

    def __init__(self, what: str, link: str) -> None:
        super().__init__(f"In the console: {what}")
        self._what = what
        self._link = link

    def body(self) -> Iterable[Widget]:
        yield paragraph(link(self._link, bold=True))

    def on_mount(self, _: Mount) -> None:
        self.action_send()

    def on_resize(self, event: Resize) -> None:
        # Terminals find links by themselves, in one line.
        self.query_children(".box").first().styles.width = max(_USUAL_WIDTH, len(self._link) + _FRAME)
        self.set_class(len(self._link) + _FRAME > event.size.width, "-tight")
        super().on_resize(event)

    def action_send(self) -> None:
        send_to_clipboard(self, self._link, self._what)
