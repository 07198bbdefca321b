"""What the dialogs share whose go-ahead has to be typed first."""

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from orch_tui.ui.dialogs.base import Answer, Dialog, paragraph
from orch_tui.ui.text import MUTED, STRONG
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.text_field import TextField


class Typed(NamedTuple):
    """What must be typed to the letter, between the words that ask for it; none where Enter alone will do."""

    before: str
    wanted: str
    after: str


class TypedField(TextField):
    """Where it is typed; Enter is the dialog's, which says what it does."""

    def __init__(self, does: str) -> None:
        super().__init__(disabled=True)
        self._bindings.key_to_bindings["enter"] = [Binding("enter", "screen.go_ahead", does)]


class TypedDialog(Dialog[Answer]):
    """Takes its go-ahead once, when something is typed, and not ahead. `go_ahead` is its action.

    Args:
        title: Stands in its frame.
        typed: What must be typed.
        answer: The go-ahead.
        does: What it does, as the line of keys has it.
        hints: What Enter does, and when it will.
    """

    def __init__(
        self, title: str, typed: Typed | None, *, answer: Answer, does: str, hints: tuple[str, str]
    ) -> None:
        super().__init__(title, holds=True)
        self._typed = typed
        self._answer = answer
        self._hints = hints
        self._field = TypedField(does)
        self._hint_line = Line()

    @property
    def obstacle(self) -> str:
        """Why it cannot be, whatever is typed; empty where nothing stands against it."""
        return ""

    @property
    def may_go(self) -> bool:
        wanted = self._typed.wanted if self._typed else ""
        is_free = self.is_armed and self.app.screen is self and not self.obstacle
        return is_free and self._field.value == wanted

    def foot(self) -> Iterable[Widget]:
        if self._typed:
            yield paragraph(self._typed.before, (self._typed.wanted, STRONG), self._typed.after)
            yield self._field
        yield self._hint_line

    def watch_is_armed(self, is_armed: bool) -> None:
        self._field.disabled = not is_armed
        if is_armed and self._field.is_mounted:
            self.set_focus(self._field)
        self.judge()

    def on_input_changed(self, _: Input.Changed) -> None:
        self.judge()

    def judge(self) -> None:
        """Say anew whether it can be."""
        self.refresh_bindings()
        ready, wanting = self._hints
        words = self.obstacle or (ready if self.may_go else wanting)
        self._hint_line.content = Content.styled(words if self.is_armed else "…", MUTED)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before its time, whatever asks for it: key, palette or click."""
        return (True if self.may_go else None) if action == "go_ahead" else True

    def action_go_ahead(self) -> None:
        if self.may_go:
            self.dismiss(self._answer)
