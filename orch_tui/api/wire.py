"""The JSON as the orchestrator sends it, release by release; the only place that knows a wire name.

An item is unreadable only when it is no object or lacks what identifies it: any other field may be
missing, null or of a type that no document foresees.
"""

from typing import Annotated, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import BeforeValidator, Field

from orch_tui.api.fields import (
    Count,
    Flag,
    Lines,
    Many,
    Name,
    Number,
    Seconds,
    Text,
    Time,
    Wire,
    identifier,
    read_items,
    tolerant,
)
from orch_tui.domain.environment import Instance
from orch_tui.domain.event import Event
from orch_tui.domain.job import Job, JobState, StateSpan
from orch_tui.domain.node import Metrics, Node, NodeState
from orch_tui.plain import plain

EventId = Annotated[int, Field(ge=0, lt=10**18)]


class _Link(Wire):
    id: Text = None
    event: Annotated[EventId | None, tolerant] = None

    def next_start(self) -> int | None:
        """The cursor: `event`, or the `start` of the URL (2016 recordings have no `event`)."""
        if self.event is not None:
            return self.event
        start = parse_qs(urlsplit(self.id or "").query).get("start", [""])[0]
        return int(start) if identifier(start) else None


class _Named(Wire):
    name: Text = None


class _Owner(Wire):
    login: Text = None
    display_name: Text = None


class _Options(Wire):
    environment: Text = None
    noop: Flag = None
    concurrency: Number = None
    target: Text = None
    description: Text = None


class _Span(Wire):
    state: Text = None
    enter_time: Time = None
    exit_time: Time = None

    def to_domain(self) -> StateSpan:
        return StateSpan(self.state or "unknown", self.enter_time, self.exit_time)


class JobWire(Wire):
    """An item of `/jobs`, or the whole of `/jobs/:id`."""

    name: Text = None
    id: Text = None
    state: Text = None
    options: Annotated[_Options | None, tolerant] = None
    owner: Annotated[_Owner | None, tolerant] = None
    environment: Annotated[_Named | None, tolerant] = None
    description: Text = None
    timestamp: Time = None
    started_timestamp: Time = None
    finished_timestamp: Time = None
    node_count: Number = None
    node_states: Annotated[dict[str, Count] | None, tolerant] = None
    status: Many = ()

    def to_domain(self) -> Job:
        """Raises ValueError when nothing in it names a job."""
        options = self.options or _Options()
        history, _ = read_items(self.status, _Span)
        state_text = self.state or (history[-1].state if history else "unknown")
        return Job(
            id=job_id(self.name, self.id),
            state=_known(JobState, state_text),
            state_text=state_text,
            environment=options.environment or (self.environment and self.environment.name) or "",
            noop=options.noop,
            owner=(self.owner and (self.owner.login or self.owner.display_name)) or "",
            changed=self.timestamp,
            started=self.started_timestamp,
            finished=self.finished_timestamp,
            concurrency=options.concurrency,
            target=options.target or "",
            description=options.description or self.description or "",
            node_count=self.node_count,
            node_states={plain(name): count for name, count in (self.node_states or {}).items()},
            history=history,
        )


def job_id(name: object, url: object = None) -> str:
    """The digits of a job's name, or those that end its URL: nothing else of either is ever used.

    Raises:
        ValueError: Neither is an id.
    """
    found = identifier(name) or identifier(str(url or "").rstrip("/").rpartition("/")[2])
    if found is None:
        raise ValueError("no job id")
    return found


class _Metrics(Wire):
    total: Number = None
    changed: Number = None
    corrective_change: Number = None
    failed: Number = None
    out_of_sync: Number = None
    skipped: Number = None
    restarted: Number = None

    def to_domain(self) -> Metrics:
        return Metrics(
            total=self.total or 0,
            changed=self.changed or 0,
            corrective=self.corrective_change or 0,
            failed=self.failed or 0,
            out_of_sync=self.out_of_sync or 0,
            skipped=self.skipped or 0,
            restarted=self.restarted or 0,
        )


def _noop(value: object) -> object:
    """`noop` is a bool, or an object `{"noop": …, "no_noop": …}` in results (2017.3 and later)."""
    return value.get("noop") if isinstance(value, dict) else value


class _Report(Wire):
    """What a finished run reported: node `details`, node `result`, and event `details.detail` alike."""

    message: Lines = None
    msg: Lines = None
    metrics: Annotated[_Metrics | None, tolerant] = None
    noop: Annotated[bool | None, BeforeValidator(_noop), tolerant] = None
    report_url: Annotated[Text, Field(alias="report-url")] = None
    run_time: Annotated[Seconds, Field(alias="run-time")] = None
    configuration_version: Text = None


Report = Annotated[_Report | None, tolerant]


class NodeWire(Wire):
    """An item of `/jobs/:id/nodes`."""

    name: Name
    state: Text = None
    message: Lines = None
    timestamp: Time = None
    start_timestamp: Time = None
    finish_timestamp: Time = None
    duration: Seconds = None
    details: Report = None
    result: Report = None

    def to_domain(self) -> Node:
        details, result = self.details or _Report(), self.result or _Report()
        state = _known(NodeState, self.state or "unknown")
        metrics = details.metrics or result.metrics
        return Node(
            name=self.name,
            state=state,
            state_text=self.state or "unknown",
            message=details.message or self.message or result.message or result.msg or "",
            started=self.start_timestamp or (self.timestamp if state is NodeState.RUNNING else None),
            finished=self.finish_timestamp or (self.timestamp if state.is_over else None),
            duration=self.duration if self.duration is not None else details.run_time,
            noop=details.noop if details.noop is not None else result.noop,
            metrics=metrics.to_domain() if metrics else None,
            report_url=details.report_url or result.report_url or "",
            configuration_version=details.configuration_version or result.configuration_version or "",
        )


class _EventDetails(Wire):
    node: Text = None
    detail: Report = None


class EventWire(Wire):
    """An item of `/jobs/:id/events`; its id is a string of digits in all recordings."""

    id: EventId
    type: Text = None
    timestamp: Time = None
    details: Annotated[_EventDetails | None, tolerant] = None
    message: Lines = None

    def to_domain(self) -> Event:
        details = self.details or _EventDetails()
        report = details.detail or _Report()
        return Event(
            id=self.id,
            type=self.type or "unknown",
            timestamp=self.timestamp,
            node=details.node or "",
            message=self.message or report.message or "",
            noop=report.noop,
            metrics=report.metrics.to_domain() if report.metrics else None,
            report_url=report.report_url or "",
            configuration_version=report.configuration_version or "",
        )


class EnvironmentWire(Wire):
    """An item of `/environments`, and of the node classifier's list."""

    name: Name

    def to_domain(self) -> str:
        return self.name


class ApplicationWire(EnvironmentWire):
    """An item of `/environments/:env/applications`."""


class _Component(Wire):
    node: Name

    def to_domain(self) -> str:
        return self.node


class InstanceWire(Wire):
    """An item of `/environments/:env/instances`."""

    type: Name
    title: Name
    components: Many = ()

    def to_domain(self) -> Instance:
        nodes, _ = read_items(self.components, _Component)
        return Instance(application=self.type, title=self.title, nodes=tuple(dict.fromkeys(nodes)))


def next_start(value: object) -> int | None:
    """The cursor in a `next-events` object; None where there is none to read."""
    try:
        return _Link.model_validate(value).next_start()
    except ValueError:  # pydantic's ValidationError is one, and so is what urlsplit raises
        return None


StateT = TypeVar("StateT", JobState, NodeState)


def _known(states: type[StateT], word: str) -> StateT:
    try:
        return states(word)
    except ValueError:
        return states("unknown")
