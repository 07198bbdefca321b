"""All that is known of one node of a job."""

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from orch_tui.domain.node import Node, Outcome
from orch_tui.ui.text import MUTED, STRONG, duration, metrics_words, state_cell


class NodeDetails(Static):
    """State, times, message, counts and report link of one node."""

    DEFAULT_CSS = """
    NodeDetails { padding: 0 1; }
    """

    details: reactive[Content] = reactive(Content(""))

    def watch_details(self, before: Content, details: Content) -> None:
        # Laying out draws the whole screen; a clock in it that ticks is not worth that.
        self.update(details, layout=before.plain.count("\n") != details.plain.count("\n"))


def node_details(node: Node, outcome: Outcome, now: datetime) -> Content:
    """One node in words; `now` is the server's clock."""
    state = state_cell(node, outcome)
    rows: list[tuple[str, str]] = [
        ("took", duration(node.seconds(now)) if node.state.is_over else ""),
        ("running", "" if node.state.is_over else duration(node.seconds(now))),
        ("started", _moment(node.started)),
        ("finished", _moment(node.finished)),
        ("counts", metrics_words(node.metrics, outcome) if node.metrics else ""),
        ("version", node.configuration_version),
        ("report", node.report_url),
    ]
    parts: list[Content | str | tuple[str, str]] = [
        (f"{node.name}\n", STRONG),
        (f"{state.text}\n", state.look),
    ]
    for label, text in rows:
        if text:
            parts += [(f"\n{label:<10}", MUTED), text]
    if outcome is Outcome.QUEUED:
        parts.append("\nNot started yet.")
    if node.message:
        parts.append(f"\n\n{node.message}")
    return Content.assemble(*parts)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""
