"""The dialog that stands before a deploy while nobody knows what became of the one before."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from orch_tui.domain.intent import Intent
from orch_tui.session.deploys import Pending
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.text import MUTED, STRONG, scope_words
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.text_field import TextField

_TYPED = 4
"""So many digits are enough to show that somebody has read them."""

Unsettled = Literal["jobs", "set aside"]


class UnsettledDialog(Dialog[Unsettled]):
    """Tells of a deploy whose end is not known: look at the jobs, or set it aside by typing its digits.

    Args:
        intent: The deploy.
        pending: How far we are with it; None where nothing more is done about it. Only then can it be set
            aside.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "set_aside", "Set it aside", priority=True, id="unsettled.set-aside"),
        Binding("tab", "jobs", "See the jobs", priority=True, id="unsettled.jobs"),
        Binding("escape", "dismiss", "Back", id="unsettled.back"),
    ]

    def __init__(self, intent: Intent, pending: Pending | None) -> None:
        super().__init__("The deploy before is not settled", holds=True)
        self.add_class("-trouble")
        self._intent = intent
        self._pending = pending
        self._field = TextField(disabled=True, max_length=_TYPED)
        self._hint_line = Line()

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
        if self._pending is None:
            yield paragraph(
                "When you know, or it matters no more: type ",
                (self._intent.request.nonce[:_TYPED], STRONG), " to set it aside and go on.",
            )  # fmt: skip
            yield self._field
            yield self._hint_line

    def watch_is_armed(self, is_armed: bool) -> None:
        self._field.disabled = not is_armed
        if is_armed and self._field.is_mounted:
            self._field.focus()

    def on_input_changed(self, _: Input.Changed) -> None:
        self.refresh_bindings()
        words = "Enter sets it aside." if self._may_set_aside else ""
        self._hint_line.content = Content.styled(words, MUTED)

    @property
    def _may_set_aside(self) -> bool:
        return self.is_armed and self._field.value.lower() == self._intent.request.nonce[:_TYPED]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "set_aside":
            return True if self._may_set_aside else None
        return self.is_armed or action != "jobs"

    def action_set_aside(self) -> None:
        if self._may_set_aside:
            self.dismiss("set aside")

    def action_jobs(self) -> None:
        self.dismiss("jobs")
