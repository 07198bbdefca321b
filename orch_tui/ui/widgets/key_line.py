"""One line with the keys that work here and now."""

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget


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
        line, parts = Content(), list[Content]()
        seen: set[str] = set()
        # Enter first: it is what most come for. The key that tells of all others always has its place.
        help_part = Content("")
        actives = sorted(self.screen.active_bindings.values(), key=lambda a: a.binding.key != "enter")
        for active in actives:
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            key = self.app.get_key_display(binding)
            part = Content.assemble((f" {key}", "bold $primary"), f" {binding.description} ")
            if binding.id == "app.keys":
                help_part = part
            else:
                parts.append(part)
        room = self.size.width - help_part.cell_length
        for part in parts:
            room -= part.cell_length
            if room >= 0:
                line += part
        return line + help_part
