"""The last look before a deploy: what will be sent, in words and to the letter."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Input

from orch_tui.domain.capabilities import Option
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.ui.deploy_text import Fact, shown_json, size_words
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.text import ENFORCE, MUTED, NOOP, STRONG, scope_words
from orch_tui.ui.widgets.line import Line


def _meaning(request: DeployRequest) -> str:
    if request.mode is Mode.NOOP:
        return "Nodes report what they would change, and change nothing."
    changes = "Nodes change what differs from their catalog"
    if request.options.get(Option.NO_NOOP):
        return f"{changes}, also those that are themselves configured as noop."
    return f"{changes}. A node that is itself configured as noop stays noop."


class NameField(Input):
    """Where the name of a protected environment is typed; Enter is the dialog's."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.send", "Send it")]

    def on_mount(self) -> None:
        self.cursor_blink = False


class ReviewDialog(Dialog[bool]):
    """Shows the deploy; True is the one and only go-ahead.

    Args:
        request: What will be sent.
        where: The profile and server it goes to.
        facts: What is known of it; more can be told as it becomes known.
        protected: Whether the environment's name must be typed first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send it", id="review.send"),
        Binding("escape", "dismiss", "Back to the form", id="review.back"),
        Binding("q", "dismiss", show=False, id="review.close"),
    ]

    DEFAULT_CSS = """
    ReviewDialog {
        .mode { text-align: center; }
        &.-enforce > .box { border: round $mode-enforce; }
    }
    """

    reach: var[int | None] = var[int | None](None)
    """How many nodes it reaches, where that is certain; a deploy that reaches none cannot be sent."""

    def __init__(self, request: DeployRequest, where: str, facts: Iterable[Fact], *, protected: bool) -> None:
        super().__init__("Review", holds=True)
        self._request = request
        self._where = where
        self._facts = {fact.label: fact for fact in facts}
        self._facts_shown = paragraph(self._facts_content(), id="facts")
        self._protected = protected
        self._is_answered = False
        self._hint_line = Line()
        self.set_class(request.mode is Mode.ENFORCE, "-enforce")

    def tell(self, *facts: Fact) -> None:
        """Show `facts` too, at any time; one that was told before is replaced by that of the same label."""
        self._facts |= {fact.label: fact for fact in facts}
        self._facts_shown.update(self._facts_content())
        self.call_after_refresh(self.fit)

    def _facts_content(self) -> Content:
        return Content("\n").join(
            Content.assemble((f"{fact.label}: ", MUTED), (fact.value, fact.look))
            for fact in self._facts.values()
        )

    def body(self) -> Iterable[Widget]:
        request = self._request
        look = NOOP if request.mode is Mode.NOOP else ENFORCE
        mode = paragraph((f"  {' '.join(request.mode.upper())}  ", f"{look} reverse"))
        mode.add_class("mode")
        yield mode
        yield paragraph(
            "Deploy ", (scope_words(request.scope, request.environment), STRONG), f" on {self._where}.",
            f"\n{_meaning(request)}",
        )  # fmt: skip
        yield self._facts_shown
        body = shown_json(request)
        size = "" if body == request.json() else f", {size_words(len(request.json()))}"
        yield paragraph((f"POST /orchestrator/v1/command/deploy{size}\n", MUTED), body, id="json")

    def foot(self) -> Iterable[Widget]:
        if self._protected:
            yield paragraph(
                "This environment is protected. Type its name, ",
                (self._request.environment, STRONG), ", to go on:",
            )  # fmt: skip
            yield NameField(compact=True, disabled=True, id="typed")
        yield self._hint_line

    @property
    def _is_name_typed(self) -> bool:
        return not self._protected or self.query_one(NameField).value == self._request.environment

    def on_mount(self, _: Mount) -> None:
        self._hint()

    def watch_reach(self) -> None:
        self.refresh_bindings()
        self._hint()

    def watch_is_armed(self, is_armed: bool) -> None:
        for field in self.query(NameField):
            field.disabled = not is_armed
            field.focus()
        self._hint()

    def on_input_changed(self, _: Input.Changed) -> None:
        self.refresh_bindings()
        self._hint()

    def _hint(self) -> None:
        words = "Enter sends it, once." if self._may_send else "Enter sends it once the name is typed."
        if self.reach == 0:
            words = "It reaches no node: there is nothing to send."
        self._hint_line.content = Content.styled(words if self.is_armed else "…", MUTED)

    @property
    def _may_send(self) -> bool:
        return self.is_armed and not self._is_answered and self._is_name_typed and self.reach != 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be sent before its time, whatever asks for it: key, palette or click."""
        if action == "send":
            return True if self._may_send else None
        return True

    def action_send(self) -> None:
        if self._may_send:
            self._is_answered = True
            self.dismiss(True)
