"""Form fields: a text field with names to choose from, and the choice between noop and enforce."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from orch_tui.domain.deploy import Mode
from orch_tui.ui.text import ENFORCE, NOOP


class ChoiceInput(Input):
    """A text field; up and down put the next of the offered names in it that go on from what was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next name", show=False, id="field.next-name"),
        Binding("up", "choose(-1)", "Previous name", show=False, id="field.previous-name"),
    ]

    def __init__(self, value: str = "", *, id: str, restrict: str | None = None) -> None:
        super().__init__(value, id=id, compact=True, restrict=restrict, select_on_focus=False)
        self.cursor_blink = False
        self._offered: tuple[str, ...] = ()
        self._typed = ""

    @property
    def offered(self) -> tuple[str, ...]:
        """The names that go on from what was typed."""
        typed = "" if self._typed in self._offered else self._typed
        return tuple(name for name in self._offered if name.startswith(typed))

    def offer(self, names: tuple[str, ...]) -> None:
        """Names to choose from. Any other can still be typed."""
        self._offered = names

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.value not in self._offered:
            self._typed = event.value

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


class ModeChoice(Widget, can_focus=True):
    """NOOP or ENFORCE: space, left and right change it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,left,right", "change", "Change mode", show=False, id="mode.change"),
    ]

    DEFAULT_CSS = """
    ModeChoice { height: 1; width: 1fr; }
    ModeChoice:focus { text-style: bold; }
    """

    mode: reactive[Mode] = reactive(Mode.NOOP)

    class Changed(Message):
        """The other mode was chosen."""

    def render(self) -> Content:
        def option(mode: Mode, look: str) -> Content:
            if mode is not self.mode:
                return Content.styled(f"   {mode}   ", "dim")
            marked = f" ▸ {mode.upper()} ◂ " if self.has_focus else f"   {mode.upper()}   "
            return Content.styled(marked, f"{look} reverse")

        return Content(" ").join([option(Mode.NOOP, NOOP), option(Mode.ENFORCE, ENFORCE)])

    def action_change(self) -> None:
        self.mode = Mode.ENFORCE if self.mode is Mode.NOOP else Mode.NOOP
        self.post_message(self.Changed())
