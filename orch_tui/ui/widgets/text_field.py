"""Lines to type into."""

import re
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import ClassVar

from textual import actions
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.events import Event, Key, Paste
from textual.widgets import Input

from orch_tui.plain import plain


def joined_lines(text: str) -> str:
    """One line; what was one is left as it is."""
    lines = text.splitlines()
    return lines[0] if len(lines) == 1 else " ".join(filter(None, map(str.strip, lines)))


class TextField(Input):
    """One line to type into. What is typed, edited or pasted is in it before the next key is looked at.

    Textual's own puts a character in when its turn comes, edits only after the key has gone up to the app,
    and lets bindings with priority act at once: of keys that come in one burst, as they do over a slow
    line, Backspace would come too late, and Enter too early.
    """

    def __init__(
        self,
        value: str = "",
        *,
        id: str | None = None,
        placeholder: str = "",
        password: bool = False,
        restrict: str | None = None,
        max_length: int = 0,
        select_on_focus: bool = False,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            value,
            placeholder,
            password=password,
            restrict=restrict,
            max_length=max_length,
            select_on_focus=select_on_focus,
            id=id,
            disabled=disabled,
            compact=True,
        )
        self.cursor_blink = False

    def as_line(self, pasted: str) -> str:
        """The one line that there is of what is pasted: Textual's own drops all but the first."""
        return joined_lines(plain(pasted, lines=True, limit=len(pasted)))

    def action_paste(self) -> None:
        """Put in what was copied here."""
        self._put(self.as_line(self.app.clipboard))

    def _forward_event(self, event: Event) -> None:
        # Where the screen hands over the keys; from here on they would wait for their turn.
        with self._context():
            if self.disabled or not self._takes(event):
                super()._forward_event(event)

    def _takes(self, event: Event) -> bool:
        """Act on `event`, and say whether there was anything to do."""
        if isinstance(event, Paste):
            # Terminals send a carriage return for each line feed that is pasted, as for Enter.
            self._put(self.as_line("\n".join(re.split(r"\r\n?", event.text))))
            return True
        if not isinstance(event, Key):
            return False
        if event.character is not None and event.is_printable:
            self._put(event.character)
            return True
        return any(self._acts(b.action) for b in self._bindings.key_to_bindings.get(event.key, ()))

    def _acts(self, action: str) -> bool:
        """Do what is this field's own to do and needs no waiting."""
        namespace, name, parameters = actions.parse(action)
        method = getattr(self, f"action_{name}", None)
        if namespace or method is None or iscoroutinefunction(method):
            return False
        try:
            method(*parameters)
        except SkipAction:
            return False
        return True

    def _put(self, text: str) -> None:
        self.replace(text, *self.selection)


class FilterField(TextField):
    """Where a filter is typed, out of sight until it is opened.

    Args:
        keep: Called by Enter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "keep", "Keep the filter")]

    DEFAULT_CSS = """
    FilterField { display: none; }
    FilterField.-open { display: block; }
    """

    def __init__(self, placeholder: str, keep: Callable[[], object], *, id: str) -> None:
        super().__init__(id=id, placeholder=placeholder)
        self._keep = keep

    @property
    def is_open(self) -> bool:
        """Whether it is in sight."""
        return self.has_class("-open")

    def open(self) -> None:
        """Let it be typed into: the next key is its own, and takes the place of what was there."""
        self.add_class("-open")
        self.select_all()
        self.screen.set_focus(self)

    def close(self) -> None:
        """Out of sight; its text stays."""
        self.remove_class("-open")

    def action_keep(self) -> None:
        """Go on with the filter as it is."""
        self._keep()
