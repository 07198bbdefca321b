"""The part of the app that deals with its terminal: too small, suspended, given back after a bug."""

import os
from collections.abc import Iterable, Mapping
from typing import ClassVar

from rich.console import RenderableType
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Event, InputEvent, Key, Paste, Resize
from textual.filter import Monochrome, NoColor
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import WorkerFailed

from orch_tui.ui.terminal.escape import Call, Surroundings

LEAST = (60, 15)
"""Columns and lines below which screens would break."""

_CLEAR = "\x1b[H\x1b[2J"
_TITLE_EVERY = 2.0
"""Seconds."""


_KEYS = {
    "⏎": "Enter",
    "↑": "Up",
    "↓": "Down",
    "←": "Left",
    "→": "Right",
    "esc": "Esc",
    "tab": "Tab",
    "space": "Space",
    "shift+tab": "Shift-Tab",
    "pgup": "PgUp",
    "pgdn": "PgDn",
    "home": "Home",
    "end": "End",
}


class ClipboardText(Message):
    """Somebody wants `text` in the clipboard; `what` says in words what and how much it is."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class TerminalApp(App[None], inherit_bindings=False):
    """Draws screens where there is room for them, else a few words; ends on any bug without a traceback.

    Args:
        keys: Other keys for bindings, by the binding's id.
        driver: What draws on the terminal.
        call: How somebody is called to it.

    Attributes:
        leave_keys: Those that lead out, always.
        bug: The first exception that nobody caught, wherever it was raised.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "To the shell", show=False, priority=True, id="app.suspend"),
        Binding("ctrl+c", "ask_to_leave", "Leave", show=False, priority=True, id="app.leave"),
    ]

    def __init__(self, keys: Mapping[str, str], driver: type[Driver] | None, call: Call) -> None:
        super().__init__(driver_class=driver)
        self.bug: BaseException | None = None
        self._surroundings = Surroundings.of(os.environ)
        self._call = call
        self._told_title = ""
        self.leave_keys = keys.get("app.leave", "ctrl+c").split(",")
        self._has_room = True
        self._summary = ""
        self.set_keymap(dict(keys))
        if self.no_color:
            self._drop_colours()

    def _drop_colours(self) -> None:
        """Send no colour at all. Textual would turn the terminal's own colours into black on black: it
        chooses its filter before it knows the theme."""
        self._filters = [kept for kept in self._filters if not isinstance(kept, Monochrome)] + [NoColor()]

    def essentials(self) -> Iterable[str]:
        """What to say where there is no room for a screen: short lines, the most important first."""
        return ()

    def terminal_title(self) -> str:
        """What the terminal's title is to say now."""
        return ""

    def get_key_display(self, binding: Binding) -> str:
        """Keys as they are written on keyboards: Textual's signs are not in every terminal's font."""
        shown = super().get_key_display(binding)
        return _KEYS.get(shown, f"Ctrl-{shown[1:].upper()}" if shown[0] == "^" and len(shown) > 1 else shown)

    def on_load(self) -> None:
        self.set_interval(1.0, self._summarize)
        self.set_interval(_TITLE_EVERY, self._tell_title)

    def _tell_title(self) -> None:
        title = self.terminal_title()
        if title != self._told_title and self._surroundings.has_titles:
            self._told_title = title
            self._send(self._surroundings.title(title))

    def forget_title(self) -> None:
        """Others may have set another one."""
        self._told_title = ""

    def call_attention(self, words: str) -> None:
        """Call somebody who may be looking elsewhere."""
        self._send(self._surroundings.call(self._call, words))

    def copy_to_clipboard(self, text: str) -> None:
        """Send `text` to the terminal; Textual's own way ends at tmux. Too much of it is not sent."""
        if self._surroundings.fits_clipboard(text):
            self._clipboard = text
            self._send(self._surroundings.clipboard(text))

    def on_clipboard_text(self, message: ClipboardText) -> None:
        if self._surroundings.fits_clipboard(message.text):
            self.copy_to_clipboard(message.text)
            self.notify(f"Sent to the terminal: {message.what}. Not every terminal takes it.")
        else:
            self.notify(f"Not sent: {self._surroundings.why_no_clipboard}.", severity="warning")

    def _send(self, sequence: str) -> None:
        if self._driver is not None and sequence:
            self._driver.write(sequence)

    def on_resize(self, event: Resize) -> None:
        had_room = self._has_room
        self._has_room = event.size.width >= LEAST[0] and event.size.height >= LEAST[1]
        self._summary = ""
        self._summarize()
        if self._has_room and not had_room:
            self.refresh()

    def _summarize(self) -> None:
        if self._has_room or self._driver is None:
            return
        columns, lines = self.size
        words = [*self.essentials(), f"needs {LEAST[0]}x{LEAST[1]}", "Ctrl-C leaves"]
        summary = "\r\n".join(line[:columns] for line in words[:lines])
        if summary != self._summary:
            self._summary = summary
            self._driver.write(_CLEAR + summary)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._has_room:
            super()._display(screen, renderable)

    async def on_event(self, event: Event) -> None:
        while isinstance(event, Key | Paste) and self._next_callbacks:
            # What the key before began: a dialog's answer opens a screen, and a screen has to be mounted.
            await self._flush_next_callbacks()
        if isinstance(event, Key) and not event.is_forwarded and self.holds_back(event):
            return
        if self._has_room or not isinstance(event, InputEvent):
            await super().on_event(event)
        elif isinstance(event, Key) and event.key in self.leave_keys:
            self.exit()  # Any other key would act on what nobody sees.

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """Do at once what `key` is bound to, and say whether that is anything.

        Textual asks for bindings with priority when a key comes, and for others when it has gone up from
        widget to widget. Of keys that come in one burst, as they do over a slow line, the second would by
        then have acted first, or opened another screen for the first to act on.
        """
        if not priority:
            return False  # it went up because it is bound to nothing
        if await super()._check_bindings(key, True) or await super()._check_bindings(key):
            return True
        if not isinstance(self.focused, Input):
            self.unbound(key)
        return False

    def holds_back(self, key: Key) -> bool:
        """Whether `key` is not to do anything, for it came too early."""
        return False

    def unbound(self, key: str) -> None:
        """Take a key that is bound to nothing, and that nobody types."""

    def broke(self, error: BaseException) -> None:
        """End because of a bug, whoever met it."""
        self._handle_exception(error if isinstance(error, Exception) else RuntimeError(type(error).__name__))

    def _handle_exception(self, error: Exception) -> None:
        if self.bug is None:
            self.bug = error.error if isinstance(error, WorkerFailed) else error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Only end: Textual's own traceback shows all locals, the token among them."""
        self._close_messages_no_wait()

    def panic(self, *_: RenderableType) -> None:
        """Only end: what an exception would draw of itself are values too."""
        self._close_messages_no_wait()
