"""The last look before a deploy: what will be sent, in words and to the letter."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.widget import Widget
from textual.widgets import Input

from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.text import ENFORCE, MUTED, NOOP, STRONG, scope_words
from orch_tui.ui.widgets.line import Line

_MEANING = {
    Mode.NOOP: "Nodes report what they would change, and change nothing.",
    Mode.ENFORCE: "Nodes change what differs from their catalog. "
    "A node that is itself configured as noop stays noop.",
}


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
        reach: How many nodes it reaches by the server's own list; None where nobody can tell beforehand.
        overlap: Which jobs are under way on the same nodes, in words.
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

    def __init__(
        self, request: DeployRequest, where: str, reach: int | None, overlap: str, *, protected: bool
    ) -> None:
        super().__init__("Review", holds=True)
        self._request = request
        self._where = where
        self._reach = reach
        self._overlap = overlap
        self._protected = protected
        self._is_answered = False
        self._hint_line = Line()
        self.set_class(request.mode is Mode.ENFORCE, "-enforce")

    def body(self) -> Iterable[Widget]:
        request = self._request
        look = NOOP if request.mode is Mode.NOOP else ENFORCE
        mode = paragraph((f"  {' '.join(request.mode.upper())}  ", f"{look} reverse"))
        mode.add_class("mode")
        yield mode
        yield paragraph(
            "Deploy ", (scope_words(request.scope, request.environment), STRONG), f" on {self._where}.",
            f"\n{_MEANING[request.mode]}",
            "" if self._reach is None else f"\n{self._reach:,} nodes now, by the server's list of instances.",
        )  # fmt: skip
        if self._overlap:
            yield paragraph((self._overlap, "bold $warning"))
        at_once = "the server's own limit" if request.concurrency is None else f"{request.concurrency:,}"
        yield paragraph(f"Nodes at once: {at_once}")
        yield paragraph(("POST /orchestrator/v1/command/deploy\n", MUTED), request.json(), id="json")

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
        if self._reach == 0:
            words = "It reaches no node: there is nothing to send."
        self._hint_line.content = Content.styled(words if self.is_armed else "…", MUTED)

    @property
    def _may_send(self) -> bool:
        return self.is_armed and not self._is_answered and self._is_name_typed and self._reach != 0

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be sent before its time, whatever asks for it: key, palette or click."""
        if action == "send":
            return True if self._may_send else None
        return True

    def action_send(self) -> None:
        if self._may_send:
            self._is_answered = True
            self.dismiss(True)
