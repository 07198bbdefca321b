"""All that is known of a job, to be scrolled."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from orch_tui.ui.widgets.details import Details


class JobPane(VerticalScroll, can_focus=True):
    """Scrolls `details` with the keys of the tables."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", "Down", show=False, id="details.down"),
        Binding("up,k", "scroll(-1)", "Up", show=False, id="details.up"),
        Binding("pagedown", "scroll_pages(1.0)", "Page down", show=False, id="details.page-down"),
        Binding("pageup", "scroll_pages(-1.0)", "Page up", show=False, id="details.page-up"),
        Binding("ctrl+d", "scroll_pages(0.5)", "Half a page down", show=False, id="details.half-page-down"),
        Binding("ctrl+u", "scroll_pages(-0.5)", "Half a page up", show=False, id="details.half-page-up"),
        Binding("home,g", "scroll(-10000)", "To the top", show=False, id="details.top"),
        Binding("end,G", "scroll(10000)", "To the end", show=False, id="details.end"),
    ]

    DEFAULT_CSS = """
    JobPane { scrollbar-size-vertical: 1; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.details = Details()

    def compose(self) -> ComposeResult:
        yield self.details

    def action_scroll(self, lines: int) -> None:
        self.scroll_relative(y=lines, animate=False)

    def action_scroll_pages(self, pages: float) -> None:
        self.action_scroll(int(pages * self.size.height))
