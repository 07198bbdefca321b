"""The dialog for everything that went wrong: one form, and for each kind its own words."""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.widget import Widget

from orch_tui.domain.problem import Problem
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.explain import drawn_cycle, explain
from orch_tui.ui.text import MUTED, STRONG
from orch_tui.ui.widgets.clipboard import send_to_clipboard

_UNKNOWN = (
    "Whether the server carried it out is not known here, and it is not sent again. "
    "Look in the list of jobs: if it was carried out, it shows there."
)


class Part(NamedTuple):
    """A paragraph of the dialog."""

    text: str
    look: str = ""


class ProblemDialog(Dialog[None]):
    """What happened, what it means, what to do; then the server's own words, whole.

    Args:
        problem: What went wrong.
        concern: What was being done, for problems that come up long after the key was pressed.
        is_unknown: Whether it leaves a command unknown.
        is_unasked: Whether it opens by itself, and must not be swept away by keys meant for the screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "Close", show=False, id="problem.close"),
        Binding("y", "copy_all", "Copy all", id="problem.copy"),
    ]

    def __init__(
        self, problem: Problem, concern: str = "", *, is_unknown: bool = False, is_unasked: bool = False
    ) -> None:
        words = explain(problem)
        title = "Sent, and what became of it is not known" if is_unknown else words.title
        super().__init__(title, holds=is_unknown or is_unasked)
        self.add_class("-trouble")
        unknown = (words.title + ".", _UNKNOWN)
        self._title = title
        self._parts = (
            Part(concern, STRONG),
            *(Part(text) for text in (unknown if is_unknown else (words.meaning, words.advice))),
            Part(problem.message, STRONG),
            Part("\n".join(drawn_cycle(problem.cycle))),
            Part(_facts(problem), MUTED),
        )

    def body(self) -> Iterable[Widget]:
        for part in self._parts:
            if part.text:
                yield paragraph((part.text, part.look))

    def action_copy_all(self) -> None:
        parts = [self._title, *(part.text for part in self._parts if part.text)]
        send_to_clipboard(self, "\n\n".join(parts), "this message")


def _facts(problem: Problem) -> str:
    facts = [f"{label:<11}{text}" for label, text in problem.facts]
    if problem.permission:
        facts.append(f"permission {problem.permission}")
    facts.append(f"kind       {problem.server_kind or problem.kind}")
    if problem.status is not None:
        facts.append(f"status     HTTP {problem.status}")
    if problem.details:
        facts.append("details    " + problem.details.replace("\n", "\n           "))
    return "\n".join(facts)
