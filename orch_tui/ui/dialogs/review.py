"""The last look before a deploy: what will be sent, in words and to the letter."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Input

from orch_tui.domain.capabilities import Option
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.preflight import Preflight
from orch_tui.ui.deploy_text import Fact, shown_json, size_words
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.preflight_text import preflight_facts
from orch_tui.ui.text import ENFORCE, MUTED, NOOP, STRONG, scope_words
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.text_field import TextField


def _meaning(request: DeployRequest) -> str:
    if request.mode is Mode.NOOP:
        return "Nodes report what they would change, and change nothing."
    changes = "Nodes change what differs from their catalog"
    if request.options.get(Option.NO_NOOP):
        return f"{changes}, also those that are themselves configured as noop."
    return f"{changes}. A node that is itself configured as noop stays noop."


def _content(facts: Iterable[Fact]) -> Content:
    lines = (Content.assemble((f"{fact.label}: ", MUTED), (fact.value, fact.look)) for fact in facts)
    return Content("\n").join(lines)


class NameField(TextField):
    """Where the name of a protected environment is typed; Enter is the dialog's."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.send", "Send it")]


class ReviewDialog(Dialog[bool]):
    """Shows the deploy; True is the one and only go-ahead.

    Args:
        request: What will be sent.
        where: The profile and server it goes to.
        facts: What it tells itself.
        preflight: What else is known of it, again and again as more becomes known.
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

    reaches_nothing = var(False)
    """Whether it is certain that there is nothing to send: then it cannot be."""

    def __init__(
        self,
        request: DeployRequest,
        where: str,
        facts: Iterable[Fact],
        preflight: AsyncGenerator[Preflight, None],
        *,
        protected: bool,
    ) -> None:
        super().__init__("Review", holds=True)
        self._request = request
        self._where = where
        self._facts = tuple(facts)
        self._facts_shown = paragraph(_content(self._facts), id="facts")
        self._preflight = preflight
        self._protected = protected
        self._typed_name = NameField(disabled=True, id="typed")
        self._is_answered = False
        self._hint_line = Line()
        self.set_class(request.mode is Mode.ENFORCE, "-enforce")

    @work
    async def tell(self) -> None:
        """Show what becomes known, line by line; Enter need not wait for it."""
        async with aclosing(self._preflight) as told:
            async for preflight in told:
                facts = [*self._facts, *preflight_facts(self._request, preflight)]
                self._facts_shown.update(_content(facts))
                self.reaches_nothing = preflight.reaches_nothing

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
            yield self._typed_name
        yield self._hint_line

    @property
    def _is_name_typed(self) -> bool:
        return not self._protected or self._typed_name.value == self._request.environment

    def on_mount(self, _: Mount) -> None:
        self._hint()
        self.tell()

    def watch_reaches_nothing(self) -> None:
        self.refresh_bindings()
        self._hint()

    def watch_is_armed(self, is_armed: bool) -> None:
        self._typed_name.disabled = not is_armed
        if is_armed and self._protected:
            self._typed_name.focus()
        self._hint()

    def on_input_changed(self, _: Input.Changed) -> None:
        self.refresh_bindings()
        self._hint()

    def _hint(self) -> None:
        words = "Enter sends it, once." if self._may_send else "Enter sends it once the name is typed."
        if self.reaches_nothing:
            words = "It reaches no node: there is nothing to send."
        self._hint_line.content = Content.styled(words if self.is_armed else "…", MUTED)

    @property
    def _may_send(self) -> bool:
        return self.is_armed and not self._is_answered and self._is_name_typed and not self.reaches_nothing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be sent before its time, whatever asks for it: key, palette or click."""
        if action == "send":
            return True if self._may_send else None
        return True

    def action_send(self) -> None:
        if self._may_send:
            self._is_answered = True
            self.dismiss(True)
