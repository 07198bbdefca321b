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

from orch_tui.domain.capabilities import Option
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.preflight import Preflight
from orch_tui.ui.deploy_text import Fact, shown_json
from orch_tui.ui.dialogs.base import paragraph
from orch_tui.ui.dialogs.typed import Typed, TypedDialog
from orch_tui.ui.preflight_text import preflight_facts
from orch_tui.ui.text import ENFORCE, MUTED, NOOP, STRONG, scope_words, size_words


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


class ReviewDialog(TypedDialog[bool]):
    """Shows the deploy; True is the one and only go-ahead.

    Args:
        request: What will be sent.
        where: The profile and server it goes to.
        facts: What it tells itself.
        preflight: What else is known of it, again and again as more becomes known.
        protected: Whether the environment's name must be typed first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_ahead", "Send it", id="review.send"),
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
        asked = "This environment is protected. Type its name, "
        super().__init__(
            "Review",
            Typed(asked, request.environment, ", to go on:") if protected else None,
            answer=True,
            does="Send it",
            hints=("Enter sends it, once.", "Enter sends it once the name is typed."),
        )
        self._request = request
        self._where = where
        self._facts = tuple(facts)
        self._facts_shown = paragraph(_content(self._facts), id="facts")
        self._preflight = preflight
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

    @property
    def obstacle(self) -> str:
        return "It reaches no node: there is nothing to send." if self.reaches_nothing else ""

    def on_mount(self, _: Mount) -> None:
        self.tell()

    def watch_reaches_nothing(self) -> None:
        self.judge()
