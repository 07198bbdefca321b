"""One line with the keys that work here and now."""

from typing import Any

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

_HELP = "keys"
_ALWAYS = frozenset({_HELP, "stop", "clear", "thaw", "back", "dismiss"})
"""Actions whose keys have their place however narrow it is: the help, STOP, and the ways out."""


def key_for(screen: Screen[Any], action: str) -> str:
    """The key, as it is written, that does `action` on `screen` here and now; empty where none does."""
    keys = [
        active.binding
        for active in screen.active_bindings.values()
        if active.binding.action == action and active.enabled
    ]
    return screen.app.get_key_display(keys[-1]) if keys else ""


class KeyLine(Widget):
    """The shown bindings of the screen, as many as fit; drawn again only when they change."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)

    def _bindings_updated(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        parts: dict[str, Content] = {}
        # Enter first: it is what most come for; last the key that tells of all others.
        actives = sorted(
            self.screen.active_bindings.values(),
            key=lambda active: (active.binding.action == _HELP, active.binding.key != "enter"),
        )
        for active in actives:
            binding = active.binding
            if binding.show and active.enabled and binding.action not in parts:
                key = self.app.get_key_display(binding)
                parts[binding.action] = Content.assemble(
                    (f" {key}", "bold $primary"), f" {binding.description} "
                )
        line = Content()
        room = self.size.width - sum(parts[action].cell_length for action in _ALWAYS & parts.keys())
        for action, part in parts.items():
            room -= 0 if action in _ALWAYS else part.cell_length
            if action in _ALWAYS or room >= 0:
                line += part
        return line
