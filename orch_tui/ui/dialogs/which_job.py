"""The dialog for servers that keep no description: a person says which job is that of a lost answer."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Mount
from textual.widget import Widget

from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.job import Job
from orch_tui.first_frame import Column
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.text import STRONG, Cell, job_sign, mode_cell, scope_words
from orch_tui.ui.widgets.line_table import LineTable


class WhichJobDialog(Dialog[Job]):
    """Shows the jobs that fit a deploy whose answer was lost; the answer is one of them, or none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "None of these", id="which-job.none"),
    ]

    DEFAULT_CSS = """
    WhichJobDialog LineTable { height: 6; margin: 0 0 1 0; }
    """

    def __init__(self, request: DeployRequest, jobs: tuple[Job, ...]) -> None:
        super().__init__("Is one of these your job?", holds=True)
        self.add_class("-trouble")
        self._request = request
        self._jobs = {job.id: job for job in jobs}
        columns = [Column("JOB", 8), Column("STATE", 12), Column("MODE", 8), Column("OWNER", 20)]
        self._table = LineTable[str](columns, self._cells, empty="")
        self._table.opened = self._choose

    def body(self) -> Iterable[Widget]:
        request = self._request
        yield paragraph(
            "The answer to the deploy of ", (scope_words(request.scope, request.environment), STRONG),
            f", {request.mode.upper()}, was lost. This server cannot tell its job from others like it; "
            "these are newer than the deploy and fit it. Nothing is sent again, whatever you choose.",
        )  # fmt: skip

    def foot(self) -> Iterable[Widget]:
        yield self._table

    def on_mount(self, _: Mount) -> None:
        self._table.show(list(self._jobs))

    def _cells(self, number: str) -> tuple[Cell, ...]:
        job = self._jobs[number]
        sign, mode = job_sign(job), mode_cell(job.noop)
        return (Cell(job.id, STRONG), Cell(sign.label, sign.look), mode, Cell(job.owner))

    def _choose(self) -> None:
        if self.is_armed and self._table.key is not None:
            self.dismiss(self._jobs[self._table.key])
