"""The dialog that asks which job to watch."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Mount
from textual.widget import Widget

from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.widgets.text_field import TextField

_MOST_DIGITS = 18


class JobNumberDialog(Dialog[str]):
    """Asks for the number of any job of the server; the answer is its digits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "watch", "Watch it", priority=True, id="job-number.watch"),
    ]

    def __init__(self) -> None:
        super().__init__("Watch a job")
        self.number = TextField(placeholder="its number", restrict="[0-9]*", max_length=_MOST_DIGITS)

    def body(self) -> Iterable[Widget]:
        yield paragraph("Any job that the server remembers can be watched, whoever started it.")

    def foot(self) -> Iterable[Widget]:
        yield self.number

    def on_mount(self, _: Mount) -> None:
        self.set_focus(self.number)

    def action_watch(self) -> None:
        if self.number.value:
            self.dismiss(self.number.value)
