"""The JSON of small answers as the orchestrator sends it, release by release; `pages` has the long ones.

An item is unreadable only when it is no object or lacks what identifies it: any other field may be
missing, null or of a type that no document foresees.
"""

from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import ConfigDict, Field

from orch_tui.api.fields import (
    Count,
    Flag,
    Many,
    Name,
    Number,
    Text,
    Time,
    Wire,
    identifier,
    read_items,
    tolerant,
)
from orch_tui.domain.capabilities import Option
from orch_tui.domain.environment import Instance, NodeGroup, is_group_id
from orch_tui.domain.job import Job, JobState, StateSpan
from orch_tui.domain.node import NodeState
from orch_tui.domain.run_option import userdata_text
from orch_tui.domain.scope import Scope
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
    model_config = ConfigDict(extra="allow")

    environment: Text = None
    noop: Flag = None
    concurrency: Number = None
    target: Text = None
    scope: Any = None
    description: Text = None

    def run_options(self) -> dict[Option, bool | int | str]:
        """Those that we know, with values of a kind that can be sent again."""
        told = self.model_extra or {}
        return {option: told[option] for option in Option if _is_value(told.get(option))}


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
    userdata: Annotated[dict[str, Any] | None, tolerant] = None
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
            state=known(JobState, state_text),
            state_text=state_text,
            environment=options.environment or (self.environment and self.environment.name) or "",
            noop=options.noop,
            owner=(self.owner and (self.owner.login or self.owner.display_name)) or "",
            changed=self.timestamp,
            started=self.started_timestamp,
            finished=self.finished_timestamp,
            concurrency=options.concurrency,
            target=options.target or "",
            scope=Scope.of_keys(options.scope) or Scope.of_target(options.target or ""),
            options={**options.run_options(), **self._userdata()},
            description=options.description or self.description or "",
            node_count=self.node_count,
            node_states={plain(name): count for name, count in (self.node_states or {}).items()},
            history=history,
        )

    def _userdata(self) -> dict[Option, str]:
        """What whoever asked for the job has put to it; nobody wants to see an empty object."""
        try:
            return {Option.USERDATA: userdata_text(self.userdata)} if self.userdata else {}
        except RecursionError:
            return {}


def job_id(name: object, url: object = None) -> str:
    """The digits of a job's name, or those that end its URL: nothing else of either is ever used.

    Raises:
        ValueError: Neither is an id.
    """
    found = identifier(name) or identifier(str(url or "").rstrip("/").rpartition("/")[2])
    if found is None:
        raise ValueError("no job id")
    return found


class EnvironmentWire(Wire):
    """An item of `/environments`, and of the node classifier's list."""

    name: Name

    def to_domain(self) -> str:
        return self.name


class NodeGroupWire(Wire):
    """An item of the node classifier's list of groups; `rule` is null where it has none of its own."""

    id: Name
    name: Name
    rule: Any = None

    def to_domain(self) -> NodeGroup:
        """Raises ValueError where the id could not stand in a URL."""
        if not is_group_id(self.id):
            raise ValueError("no id of a group")
        return NodeGroup(self.id.lower(), self.name, has_rules=self.rule is not None)


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


class ConnectionWire(Wire):
    """An item of `/inventory`."""

    name: Name
    connected: Flag = None

    def to_domain(self) -> tuple[str, bool | None]:
        return self.name, self.connected


def next_start(value: object) -> int | None:
    """The cursor in a `next-events` object; None where there is none to read."""
    try:
        return _Link.model_validate(value).next_start()
    except ValueError:  # pydantic's ValidationError is one, and so is what urlsplit raises
        return None


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return plain(value) == value
    return isinstance(value, bool | int)


StateT = TypeVar("StateT", JobState, NodeState)


def known(states: type[StateT], word: str) -> StateT:
    """The state that `word` names, or `unknown`."""
    try:
        return states(word)
    except ValueError:
        return states("unknown")
