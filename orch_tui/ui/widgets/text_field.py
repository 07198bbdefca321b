"""Lines to type into."""

import re
from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Event, Key, Paste
from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character
from textual.widgets import Input

from orch_tui.plain import plain


def joined_lines(text: str) -> str:
    """One line; what was one is left as it is."""
    lines = text.splitlines()
    return lines[0] if len(lines) == 1 else " ".join(filter(None, map(str.strip, lines)))


def is_typed(key: str) -> bool:
    """Whether `key` stands for a character that is seen; Textual's own knows none of keys that it renamed."""
    return key in KEY_NAME_REPLACEMENTS.values() or (key_to_character(key) or "\n").isprintable()


class TextField(Input):
    """One line to type into. What is typed or pasted is in it before the next key is looked at.

    Textual's own puts it in when its turn comes: of keys that come in one burst, as they do over a slow
    line, Enter would be too early.
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

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether `key` is typed here, whatever it is bound to elsewhere."""
        return is_typed(key)

    def _forward_event(self, event: Event) -> None:
        # Where the screen hands over the keys; from here on they would wait for their turn.
        with self._context():
            if self.disabled:
                super()._forward_event(event)
            elif isinstance(event, Paste):
                # Terminals send a carriage return for each line feed that is pasted, as for Enter.
                self._put(self.as_line("\n".join(re.split(r"\r\n?", event.text))))
            elif isinstance(event, Key) and event.character is not None and event.is_printable:
                self._put(event.character)
            else:
                super()._forward_event(event)

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
