"""The line that names the tabs, and says in a word what the hidden ones hold."""

from collections.abc import Mapping
from enum import StrEnum

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from orch_tui.ui.text import MUTED


class RolloutTab(StrEnum):
    """What can be seen of a rollout; the values are ids of widgets, and end the ids of their keys."""

    NODES = "nodes"
    FAILURES = "failures"
    EVENTS = "events"
    DETAILS = "details"


class TabLine(Widget):
    """All tabs with their keys, the one that is open standing out."""

    DEFAULT_CSS = """
    TabLine { height: 1; }
    """

    current: reactive[RolloutTab] = reactive(RolloutTab.NODES)
    notes: reactive[Mapping[RolloutTab, str]] = reactive[Mapping[RolloutTab, str]](dict)

    def render(self) -> Content:
        keys = {active.binding.id: active.binding for active in self.screen.active_bindings.values()}
        line = Content()
        for tab in RolloutTab:
            binding = keys.get(f"rollout.tab-{tab}")
            key = self.app.get_key_display(binding) if binding else ""
            note = self.notes.get(tab, "")
            name = (f" {tab.capitalize()} ", "bold reverse" if tab is self.current else "")
            line += Content.assemble((f" {key}", "bold $primary"), name, (f"{note} " if note else "", MUTED))
        return line.truncate(self.size.width, ellipsis=True)
