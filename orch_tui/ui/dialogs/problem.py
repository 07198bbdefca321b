"""The dialog for everything that went wrong: one form, and for each kind its own words."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from orch_tui.domain.problem import Problem
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.explain import drawn_cycle, explain
from orch_tui.ui.text import MUTED, STRONG


class ProblemDialog(Dialog[None]):
    """What happened, what it means, what to do; then the server's own words, whole.

    `concern` says what was being done, for problems that come up long after the key was pressed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "Close", show=False, id="problem.close"),
        Binding("y", "copy", "Copy all", id="problem.copy"),
    ]

    def __init__(self, problem: Problem, concern: str = "", *, is_unknown: bool = False) -> None:
        words = explain(problem)
        super().__init__("Sent, but the answer was lost" if is_unknown else words.title)
        self.add_class("-trouble")
        self._problem = problem
        self._concern = concern
        self._is_unknown = is_unknown

    def body(self) -> Iterable[Widget]:
        problem, words = self._problem, explain(self._problem)
        if self._concern:
            yield paragraph((self._concern, STRONG))
        if self._is_unknown:
            yield paragraph((f"{words.title}. ", STRONG), words.meaning)
            yield paragraph(
                "Whether the server carried it out is not known here, and it is not sent again. "
                "Look in the list of jobs first: if it was carried out, its job is there."
            )
        else:
            yield paragraph(words.meaning)
            yield paragraph(words.advice)
        if problem.message:
            yield paragraph((problem.message, STRONG))
        if cycle := drawn_cycle(problem.cycle):
            yield paragraph("\n".join(cycle), id="cycle")
        yield paragraph((_facts(problem), MUTED), id="facts")

    def action_copy(self) -> None:
        """Sent to the terminal by OSC 52, which it may or may not take; so we do not say `copied`."""
        words, problem = explain(self._problem), self._problem
        lines = [self._concern, words.title, words.meaning, words.advice, problem.message]
        lines += [*drawn_cycle(problem.cycle), _facts(problem)]
        self.app.copy_to_clipboard("\n".join(line for line in lines if line))
        self.notify("The text was sent to the terminal's clipboard.")


def _facts(problem: Problem) -> str:
    facts = [f"kind     {problem.server_kind or problem.kind}"]
    if problem.status is not None:
        facts.append(f"status   HTTP {problem.status}")
    if problem.details:
        facts.append("details  " + problem.details.replace("\n", "\n         "))
    return "\n".join(facts)
