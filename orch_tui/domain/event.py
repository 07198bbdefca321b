"""What happened to a node, or to the whole job, as the events endpoint tells it."""

from dataclasses import dataclass
from datetime import datetime

from orch_tui.domain.node import Metrics, NodeState

NODE_STATE_AFTER = {
    "node_running": NodeState.RUNNING,
    "node_finished": NodeState.FINISHED,
    "node_failed": NodeState.FAILED,
    "node_errored": NodeState.ERRORED,
    "node_skipped": NodeState.SKIPPED,
}
"""The state of a node after an event of each type (documented in every release)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Ids grow over all jobs of a server, so those of one job have gaps."""

    id: int
    type: str
    timestamp: datetime | None = None
    node: str = ""
    message: str = ""
    noop: bool | None = None
    metrics: Metrics | None = None
    report_url: str = ""
    configuration_version: str = ""


@dataclass(frozen=True, slots=True)
class Events:
    """A page of events in the order of their ids, and the cursor of the next page."""

    items: tuple[Event, ...] = ()
    next_start: int | None = None
    unreadable: int = 0
