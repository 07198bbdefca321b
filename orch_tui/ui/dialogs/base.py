"""What all dialogs share: a box in the middle, a title, a body that scrolls, and their keys."""

from collections.abc import Callable, Iterable
from math import inf
from time import monotonic
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Event, Mount, Resize
from textual.message import Message
from textual.reactive import var
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from orch_tui.ui.widgets.key_line import KeyLine

Answer = TypeVar("Answer")


HOLD = 0.7
"""Seconds without a key before keys count, in dialogs that hold them back."""


class Body(VerticalScroll, can_focus=False):
    """What scrolls in a dialog; tells when what is in it has become longer or shorter."""

    class Changed(Message):
        """It needs another height, perhaps."""

    def watch_virtual_size(self) -> None:
        self.post_message(self.Changed())


class Dialog(ModalScreen[Answer]):
    """A box over the screen. Escape and `q` dismiss it with no answer.

    `then` is told the answer before any other key can act: with Textual's own way, a message, whoever asked
    may be gone by then, and the program over.

    Args:
        title: Stands in its frame.
        holds: Take no key until there was none for `HOLD` seconds: those typed ahead, pasted, repeated, or
            meant for a dialog over this one must neither confirm anything nor sweep away what is to be read.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="dialog.close"),
        Binding("down,j", "scroll(1)", "Down", show=False, id="dialog.down"),
        Binding("up,k", "scroll(-1)", "Up", show=False, id="dialog.up"),
        Binding("pagedown,ctrl+d", "scroll_page(1)", "Page down", show=False, id="dialog.page-down"),
        Binding("pageup,ctrl+u", "scroll_page(-1)", "Page up", show=False, id="dialog.page-up"),
        Binding("home,g", "scroll(-10000)", "To the top", show=False, id="dialog.top"),
        Binding("end,G", "scroll(10000)", "To the end", show=False, id="dialog.end"),
    ]

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        & > .box {
            width: 76;
            max-width: 100%;
            height: auto;
            max-height: 100%;
            padding: 0 1;
            background: $surface;
            border: round $primary;
            border-title-style: bold;
        }
        &.-trouble > .box { border: round $error; }
        .box > VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
        .box Static { width: 1fr; height: auto; margin: 0 0 1 0; }
        .box KeyLine { dock: none; }
    }
    """

    is_armed = var(False)

    def __init__(self, title: str, *, holds: bool = False) -> None:
        super().__init__()
        self._box, self._body = Vertical(classes="box"), Body()
        self._box.border_title = Content(f" {title} ")
        self.then: Callable[[Answer | None], object] = lambda _: None
        self._holds = holds
        self._hold: Timer | None = None
        self._armed_at = inf if holds else -inf
        self.set_reactive(Dialog.is_armed, not holds)

    def compose(self) -> ComposeResult:
        with self._box:
            with self._body:
                yield from self.body()
            yield from self.foot()
            yield KeyLine()

    def on_mount(self, _: Mount) -> None:
        self.came_up()

    def came_up(self) -> None:
        """It is the one on top from now on: keys may be meant for what was there before."""
        if self._holds:
            self.hold()

    def hold(self) -> None:
        """Take no key from now on until there was none for `HOLD` seconds."""
        self._armed_at = inf
        self.is_armed = False
        if self._hold is not None:
            self._hold.stop()  # Textual's `reset` would first sleep to the old end
        self._hold = self.set_timer(HOLD, self._arm)
        self.refresh_bindings()

    def _arm(self) -> None:
        # From now, and not from the mount: if the terminal held us up, keys typed meanwhile come only now,
        # and each key knows when it was read.
        self._armed_at = monotonic()
        self.is_armed = True
        self.refresh_bindings()

    def holds_back(self, key: Event) -> bool:
        """Whether `key` was read too early to count, whatever it is bound to; then the wait begins anew."""
        is_early = key.time < self._armed_at
        if is_early and not self.is_armed:
            self.hold()
        return is_early

    def unbound(self, key: str) -> None:
        """Take a key that is bound to nothing."""

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """End with `result`, once: of two fast presses the second must not end what is below."""
        if self.app.screen is not self:
            return AwaitComplete()
        ended = super().dismiss(result)
        if isinstance(self.app.screen, Dialog):
            self.app.screen.came_up()
        self.then(result)
        return ended

    def on_resize(self, _: Resize) -> None:
        self.call_after_refresh(self.fit)

    def on_body_changed(self) -> None:
        self.fit()

    def fit(self) -> None:
        """Let the body scroll, so that the keys stay in sight: an automatic height takes no heed of them."""
        box, body = self._box, self._body
        others = [child for child in box.children if child is not body]
        below = sum(child.outer_size.height + child.styles.margin.height for child in others)
        room = self.size.height - below - box.gutter.height
        body.styles.height = max(1, min(body.virtual_size.height, room))

    def body(self) -> Iterable[Widget]:
        """The widgets that scroll."""
        return ()

    def foot(self) -> Iterable[Widget]:
        """The widgets that stay in sight below the body."""
        return ()

    def action_scroll(self, lines: int) -> None:
        self._body.scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        self._body.scroll_relative(y=pages * self._body.size.height, animate=False)


def paragraph(*parts: Content | str | tuple[str, str], id: str | None = None) -> Static:
    """Text that wraps; a part may come with its look. Nothing in it is ever read as markup."""
    return Static(Content.assemble(*parts), id=id)
