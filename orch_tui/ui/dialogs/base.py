"""What all dialogs share: a box in the middle, a title, a body that scrolls, and their keys."""

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from orch_tui.ui.widgets.key_line import KeyLine

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A box over the screen. Escape and `q` dismiss it with no answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="dialog.close"),
        Binding("down,j", "scroll(1)", "Down", show=False, id="dialog.down"),
        Binding("up,k", "scroll(-1)", "Up", show=False, id="dialog.up"),
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

    def __init__(self, title: str) -> None:
        super().__init__()
        self._heading = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = Content(f" {self._heading} ")
            with VerticalScroll(can_focus=False):
                yield from self.body()
            yield from self.foot()
            yield KeyLine()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """End with `result`, once: of two fast presses the second must not end what is below."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def on_resize(self, _: Resize) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Let the body scroll, so that the keys stay in sight: an automatic height takes no heed of them."""
        box, body = self.query_one(".box"), self.query_one(VerticalScroll)
        below = sum(child.outer_size.height for child in box.children if child is not body)
        room = self.size.height - below - box.gutter.height
        body.styles.height = max(1, min(body.virtual_size.height, room))

    def body(self) -> Iterable[Widget]:
        """The widgets that scroll."""
        return ()

    def foot(self) -> Iterable[Widget]:
        """The widgets that stay in sight below the body."""
        return ()

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def paragraph(*parts: Content | str | tuple[str, str], id: str | None = None) -> Static:
    """Text that wraps; a part may come with its look. Nothing in it is ever read as markup."""
    return Static(Content.assemble(*parts), id=id)
