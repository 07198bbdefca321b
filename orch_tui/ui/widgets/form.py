"""Form fields: a text field with names to choose from, the choice between a few values, and their rows."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from orch_tui.plain import plain
from orch_tui.ui.text import MUTED, STRONG
from orch_tui.ui.widgets.details import Details
from orch_tui.ui.widgets.line import Line
from orch_tui.ui.widgets.text_field import TextField, joined_lines

_OFFERED_SHOWN = 8
# Columns for the longest hints, beside the labels.
_ROOMY = 70


class ChoiceInput(TextField):
    """A text field; up and down put the next of the offered names in it that go on from what was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next name", show=False, id="field.next-name"),
        Binding("up", "choose(-1)", "Previous name", show=False, id="field.previous-name"),
    ]

    def __init__(self, value: str = "", *, id: str, restrict: str | None = None) -> None:
        self._offered: tuple[str, ...] = ()
        self._typed = ""  # both before the first value is watched
        super().__init__(value, id=id, restrict=restrict)
        self.join: Callable[[str], str] = joined_lines
        """How lines that are pasted become the one line that there is."""

    @property
    def offered(self) -> tuple[str, ...]:
        """The names that go on from what was typed."""
        typed = "" if self._typed in self._offered else self._typed
        return tuple(name for name in self._offered if name.startswith(typed))

    def offer(self, names: tuple[str, ...]) -> None:
        """Names to choose from. Any other can still be typed."""
        self._offered = names

    def watch_value(self, value: str) -> None:
        if value not in self._offered:
            self._typed = value

    def as_line(self, pasted: str) -> str:
        return self.join(plain(pasted, lines=True, limit=len(pasted)))

    def action_choose(self, step: int) -> None:
        names = self.offered
        if not names:
            return
        place = names.index(self.value) + step if self.value in names else min(step, 0)
        self.value = names[place % len(names)]
        self.cursor_position = len(self.value)


class Tick(Widget, can_focus=True):
    """A box to tick, told apart by its sign and not by a colour alone; space changes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "change", "Tick", show=False, id="tick.change"),
    ]

    DEFAULT_CSS = """
    Tick { height: 1; }
    Tick:focus { text-style: bold reverse; }
    """

    value: reactive[bool] = reactive(False)

    def __init__(self, label: str) -> None:
        super().__init__(disabled=True)
        self._label = label

    def render(self) -> Content:
        return Content(f"[{'x' if self.value else ' '}] {self._label}")

    def action_change(self) -> None:
        self.value = not self.value


class OneOf(Widget, can_focus=True):
    """One of a few values: space and right take the next, left the one before.

    Args:
        value: The one at first.
        words: Each value that can be chosen, with how it is called.
        looks: Values that must never be mistaken for another, with their look.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,right", "choose(1)", "Next choice", show=False, id="choice.next"),
        Binding("left", "choose(-1)", "Choice before", show=False, id="choice.previous"),
    ]

    DEFAULT_CSS = """
    OneOf { height: 1; width: 1fr; }
    """

    value: reactive[str] = reactive("")

    def __init__(
        self, value: str, words: Mapping[str, str], *, id: str, looks: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(id=id)
        self.set_reactive(OneOf.value, value)
        self._words = words
        self._looks = looks or {}

    def offer(self, words: Mapping[str, str]) -> None:
        """Other values to choose from. One that was chosen before stays, so that it can be seen."""
        chosen = {} if self.value in words else {self.value: self._words[self.value]}
        self._words = {**words, **chosen}
        self.refresh()

    def render(self) -> Content:
        parts = [
            self._chosen(words) if value == self.value else Content.styled(f" {words} ", MUTED)
            for value, words in self._words.items()
        ]
        row = Content("").join(parts)
        if row.cell_length <= self.size.width:
            return row
        place = list(self._words).index(self.value) + 1
        return self._chosen(self._words[self.value]) + f" {place} of {len(self._words)}"

    def _chosen(self, words: str) -> Content:
        look = self._looks.get(self.value, STRONG)
        is_reverse = self.has_focus or self.value in self._looks
        return Content.styled(f"▸{words}◂", f"{look} reverse" if is_reverse else look)

    def action_choose(self, step: int) -> None:
        values = list(self._words)
        self.value = values[(values.index(self.value) + step) % len(values)]


class Row(Vertical):
    """A label with its field; below them a hint or what is wrong, and the names that the field offers."""

    DEFAULT_CSS = """
    Row {
        height: auto;
        margin: 0 0 1 0;
        .field { height: 1; }
        .label { width: 14; }
        .field Input { width: 1fr; max-width: 60; }
        /* The terminal's own colours have none for a field: it is a line to write on. */
        .field Input:ansi { text-style: underline; }
        .hint, .offered { margin: 0 0 0 14; }
        .offered { height: auto; padding: 0; display: none; }
        &.-tight .hint, &.-tight .offered { margin: 0 0 0 2; }
        &.-focus .label { text-style: bold underline; }
        &.-focus .offered.-some { display: block; }
    }
    """

    def __init__(self, label: str, field: ChoiceInput | OneOf) -> None:
        super().__init__()
        self._label = label
        self.field = field
        self._hint = Line(classes="hint")
        self._offered = Details(classes="offered")

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Static(Content.styled(self._label, STRONG), classes="label")
            yield self.field
        yield self._hint
        if isinstance(self.field, ChoiceInput):
            yield self._offered

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < _ROOMY, "-tight")

    def on_descendant_focus(self) -> None:
        self.add_class("-focus")

    def on_descendant_blur(self) -> None:
        self.remove_class("-focus")

    def tell(self, hint: str, fault: str) -> None:
        """Show what is wrong, or, if nothing is, the hint; and what can be chosen now."""
        # The sign tells a fault from a hint where there are no colours.
        self._hint.content = (
            Content.styled(f"X {fault}", "$text-error") if fault else Content.styled(hint, MUTED)
        )
        if isinstance(self.field, ChoiceInput):
            self._offered.details = _around(self.field.value, self.field.offered)
            self._offered.set_class(bool(self.field.offered), "-some")


def _around(value: str, offered: tuple[str, ...]) -> Content:
    """The offered names around the chosen one."""
    place = offered.index(value) if value in offered else 0
    first = max(0, min(place - _OFFERED_SHOWN // 2, len(offered) - _OFFERED_SHOWN))
    rows = [
        Content.styled(f"▸ {name}", STRONG) if name == value else Content(f"  {name}")
        for name in offered[first : first + _OFFERED_SHOWN]
    ]
    return Content("\n").join(rows)
