"""One thing in full, for screens that have no room beside the list."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.widget import Widget

from orch_tui.ui.dialogs.base import Dialog
from orch_tui.ui.widgets.clipboard import send_to_clipboard
from orch_tui.ui.widgets.details import Details


class DetailsDialog(Dialog[None]):
    """Shows what `details` tells, as long as it is open; `y` sends it to the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "Close", show=False, id="text.close"),
        Binding("y", "copy_all", "Copy all", id="text.copy"),
    ]

    def __init__(self, title: str, details: Callable[[], Content]) -> None:
        super().__init__(title)
        self._details = details
        self._shown = Details()

    def body(self) -> Iterable[Widget]:
        yield self._shown

    def on_mount(self, _: Mount) -> None:
        self.set_interval(1.0, self._tick)
        self._tick()

    def _tick(self) -> None:
        self._shown.details = self._details()

    def action_copy_all(self) -> None:
        send_to_clipboard(self, self._details().plain, "all that is shown here")
