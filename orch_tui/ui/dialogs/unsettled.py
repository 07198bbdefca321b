"""The dialog that stands before a deploy while nobody knows what became of the one before."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.widget import Widget

from orch_tui.domain.intent import Intent
from orch_tui.session.deploys import Pending
from orch_tui.ui.dialogs.base import paragraph
from orch_tui.ui.dialogs.typed import Typed, TypedDialog
from orch_tui.ui.text import STRONG, scope_words

_TYPED = 4
"""So many digits are enough to show that somebody has read them."""

Unsettled = Literal["jobs", "set aside"]


class UnsettledDialog(TypedDialog[Unsettled]):
    """Tells of a deploy whose end is not known: look at the jobs, or set it aside by typing its digits.

    Args:
        intent: The deploy.
        pending: How far we are with it; None where nothing more is done about it. Only then can it be set
            aside.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_ahead", "Set it aside", id="unsettled.set-aside"),
        Binding("tab", "jobs", "See the jobs", id="unsettled.jobs"),
        Binding("escape", "dismiss", "Back", id="unsettled.back"),
    ]

    def __init__(self, intent: Intent, pending: Pending | None) -> None:
        digits = intent.request.nonce[:_TYPED]
        super().__init__(
            "The deploy before is not settled",
            Typed("When you know, or it matters no more: type ", digits, " to set it aside and go on."),
            answer="set aside",
            does="Set it aside",
            hints=("Enter sets it aside.", "Enter sets it aside once that is typed."),
        )
        self.add_class("-trouble")
        self._intent = intent
        self._pending = pending

    def body(self) -> Iterable[Widget]:
        request = self._intent.request
        when = self._intent.written.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        yield paragraph(
            "Deploy ", (scope_words(request.scope, request.environment), STRONG), ", ",
            (request.mode.upper(), STRONG), f",\nsent {when} from {self._intent.host}, marked ",
            (request.nonce, STRONG), ".",
        )  # fmt: skip
        if self._pending is not None:
            lost = "Its answer was lost; its job is being looked for: wait for that."
            yield paragraph(lost if self._pending.is_sought else "It is being sent: wait for the answer.")
            return
        yield paragraph(
            "Whether the server carried it out is not known here. It is not sent again. "
            "If it was carried out, its job is in the list of jobs"
            + (", with this mark in its description." if request.description else ".")
        )

    def foot(self) -> Iterable[Widget]:
        return super().foot() if self._pending is None else ()

    @property
    def obstacle(self) -> str:
        return "" if self._pending is None else "It is not known yet."

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.is_armed if action == "jobs" else super().check_action(action, parameters)

    def action_jobs(self) -> None:
        self.dismiss("jobs")
