"""The menu of what of a job can be run again."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.keys import key_to_character
from textual.widget import Widget

from orch_tui.domain.capabilities import Capabilities, Feature
from orch_tui.domain.deploy import DeployDraft
from orch_tui.domain.rerun import Part, Rerun
from orch_tui.first_frame import Column
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.text import STRONG, Cell, count_words, mode_sign, scope_words
from orch_tui.ui.widgets.line_table import LineTable

_AGAIN = -1
"""The row of the job's own request; the others are numbered as the parts are."""

_LEAST, _MOST = 2, 10
_AROUND = 6
"""Lines that the frame, the keys and a line of the body take."""


class RerunDialog(Dialog[DeployDraft]):
    """Which part of a job is to be run again? The answer is a form for it; nothing is sent yet.

    Args:
        rerun: What can be run again.
        server: Whose job it is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="rerun.back"),
    ]

    DEFAULT_CSS = """
    RerunDialog LineTable { margin: 0 0 1 0; }
    """

    def __init__(self, rerun: Rerun, server: Capabilities) -> None:
        mode = "" if rerun.job.noop is None else f" as {mode_sign(rerun.job.noop).text}"
        super().__init__(f"Rerun job {rerun.job.id}{mode}")
        self._rerun = rerun
        self._server = server
        self._rows = list(range(len(rerun.parts))) + ([_AGAIN] if rerun.request is not None else [])
        columns = [Column("NODES", 7, right=True), Column("OF JOB " + rerun.job.id)]
        self._table = LineTable[int](columns, self._cells, empty="nothing of this job can be run again here")
        self._table.opened = self._choose

    def body(self) -> Iterable[Widget]:
        yield paragraph(Content("\n").join(self._notes()))

    def _notes(self) -> Iterator[Content]:
        rerun = self._rerun
        yield Content("What is chosen opens the form, filled in; nothing is sent before Review.")
        if rerun.job.noop is None:
            yield Content.styled(
                "The server does not tell the mode of this job: choose it in the form.", STRONG
            )
        if not self._server.has(Feature.SCOPES):
            is_it = "may be older" if self._server.may_have(Feature.SCOPES) else "is older"
            yield Content.styled(
                f"Only 2016.4 and later take lists of nodes, and this server {is_it}: "
                "it can be asked for nothing but the same again.", STRONG,
            )  # fmt: skip
        elif rerun.under_way:
            yield Content.styled(
                f"{count_words(rerun.under_way, 'node')} not done yet: only the whole job has them.",
                "bold $warning",
            )
        if rerun.unnamed:
            yield Content(f"Left out, for theirs is no name of a node: {count_words(rerun.unnamed, 'node')}.")
        if rerun.unknown_options:
            options = ", ".join(rerun.unknown_options)
            yield Content(f"Left out, for this server may not know it: {options}.")

    def foot(self) -> Iterable[Widget]:
        yield self._table

    def fit(self) -> None:
        lines = min(len(self._rows), _MOST, self.size.height - _AROUND)
        self._table.styles.height = max(lines, _LEAST) + 1
        super().fit()

    def on_mount(self, _: Mount) -> None:
        self._table.show(self._rows)
        self.set_focus(self._table)

    def _cells(self, row: int) -> tuple[Cell, ...]:
        part = self._part(row)
        if part is None:
            assert self._rerun.request is not None
            what = scope_words(self._rerun.request, self._rerun.job.environment)
            return Cell(""), Cell(f"the same request again: {what}")
        words = f"{part.name}: {part.about}" if part.about else part.name
        return Cell(f"{len(part.places):,}", STRONG), Cell(words)

    def _part(self, row: int) -> Part | None:
        return None if row == _AGAIN else self._rerun.parts[row]

    def unbound(self, key: str) -> None:
        """A first letter leads to its row."""
        letter = (key_to_character(key) or "").casefold()
        for row in self._rows:
            if letter and self._cells(row)[1].text.startswith(letter):
                self._table.select(row)
                return

    def _choose(self) -> None:
        if self._table.key is not None:
            self.dismiss(self._rerun.draft(self._part(self._table.key)))
