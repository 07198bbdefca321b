"""The dialog that asks before a job is ended by force."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from orch_tui.ui.dialogs.base import paragraph
from orch_tui.ui.dialogs.choice import Stoppable, nodes_are, not_started
from orch_tui.ui.dialogs.typed import Typed, TypedDialog
from orch_tui.ui.text import STRONG


class ForceStopDialog(TypedDialog[bool]):
    """End this job by force? Its number must be typed, and not ahead; True is the go-ahead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_ahead", "End it by force", id="force-stop.end"),
        Binding("escape", "dismiss", "Cancel", id="force-stop.cancel"),
    ]

    def __init__(self, stoppable: Stoppable) -> None:
        super().__init__(
            f"Stop job {stoppable.job.id} by force?",
            Typed("Type the number of the job, ", stoppable.job.id, ", to go on:"),
            answer=True,
            does="End it by force",
            hints=(
                "Enter ends the job by force, once.",
                "Enter ends the job by force once its number is typed.",
            ),
        )
        self.add_class("-trouble")
        self._stoppable = stoppable

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
