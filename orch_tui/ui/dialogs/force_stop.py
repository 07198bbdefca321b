"""The dialog that asks before a job is ended by force."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.dialogs.choice import Stoppable, nodes_are, not_started
from orch_tui.ui.text import MUTED, STRONG
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.text_field import TextField


class ForceStopDialog(Dialog[bool]):
    """End this job by force? Its number must be typed, and not ahead; True is the go-ahead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "end", "End it by force", priority=True, id="force-stop.end"),
        Binding("escape", "dismiss", "Cancel", id="force-stop.cancel"),
    ]

    def __init__(self, stoppable: Stoppable) -> None:
        super().__init__(f"Stop job {stoppable.job.id} by force?", holds=True)
        self.add_class("-trouble")
        self._stoppable = stoppable
        self._field = TextField(disabled=True, restrict="[0-9]*")
        self._hint_line = Line()

    def body(self) -> Iterable[Widget]:
        running, waiting = self._stoppable.running, self._stoppable.waiting
        yield self._stoppable.words
        if running is None or waiting is None:
            yield paragraph("Its nodes are not known yet. Runs under way are broken off; no others start.")
        else:
            broken = "its run is" if running == 1 else "their runs are"
            yield paragraph(
                f"{nodes_are(running)} running: {broken} broken off at once.\n{not_started(waiting)}"
            )
        yield paragraph(
            ("A run that is broken off may leave its node in an inconsistent state.", "bold $text-error"),
            " An ordinary stop lets runs finish.",
        )
        if self._stoppable.doubt:
            yield paragraph((self._stoppable.doubt, STRONG))

    def foot(self) -> Iterable[Widget]:
        yield paragraph("Type the number of the job, ", (self._stoppable.job.id, STRONG), ", to go on:")
        yield self._field
        yield self._hint_line

    def watch_is_armed(self, is_armed: bool) -> None:
        self._field.disabled = not is_armed
        if is_armed and self._field.is_mounted:
            self._field.focus()

    def on_input_changed(self, _: Input.Changed) -> None:
        self.refresh_bindings()
        words = "" if self._stoppable.job.id.startswith(self._field.value) else "That is not its number."
        if self._may_end:
            words = "Enter ends the job by force, once."
        self._hint_line.content = Content.styled(words, MUTED)

    @property
    def _may_end(self) -> bool:
        return self.is_armed and self._field.value == self._stoppable.job.id

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be ended before its time, whatever asks for it: key, palette or click."""
        return (True if self._may_end else None) if action == "end" else True

    def action_end(self) -> None:
        if self._may_end:
            self.dismiss(True)
