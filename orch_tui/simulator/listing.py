"""GET /jobs and the list of a job's nodes: which, in which order, and the `pagination` that tells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import inf
from types import MappingProxyType
from typing import TypeVar

from orch_tui.simulator.dialect import Dialect, Keys
from orch_tui.simulator.errors import Invalid, Json
from orch_tui.simulator.facts import Place, Trait
from orch_tui.simulator.job import Job, Run

Item = TypeVar("Item")

_JOB_ORDERS: Mapping[str, Callable[[Job], tuple[object, ...]]] = MappingProxyType(
    {
        "owner": lambda job: (job.owner.login, job.number),
        "timestamp": lambda job: (job.changed, job.number),
        "environment": lambda job: (job.order.environment, job.number),
        "name": lambda job: (job.number,),  # as numbers: whether as text is unknown
        "state": lambda job: (job.state, job.number),
    }
)
_TYPES = (
    *("deploy", "task", "plan_task", "plan_script", "plan_upload", "plan_command", "plan_wait"),
    *("plan_apply", "plan_apply_prep"),
)
"""Of jobs. All that we have are the first."""
_FINISHED = ("min_finish_timestamp", "max_finish_timestamp")


def _duration(run: Run) -> float:
    return run.ended - run.started if run.started and run.ended else inf


_NODE_ORDERS: Mapping[str, Callable[[Run], tuple[object, ...]]] = MappingProxyType(
    {
        "name": lambda run: (run.node.name,),
        "duration": lambda run: (_duration(run), run.node.name),
        "state": lambda run: (run.state, run.node.name),
        "start_timestamp": lambda run: (run.started or inf, run.node.name),
        "finish_timestamp": lambda run: (run.ended or inf, run.node.name),
    }
)
_NO_ORDER = ""
_NODE_STATES = ("new", "ready", "running", "stopping", "stopped", "finished", "failed")
"""By which nodes can be asked for: two that do occur, errored and skipped, are not on the page."""


def whole_number(key: str, text: str) -> int:
    """A count or an id from a path or a query string."""
    if not (text.isascii() and text.isdigit()):
        raise Invalid(key, f"{text!r} is not an integer")
    return int(text)


@dataclass(frozen=True, slots=True)
class _Part:
    """Part of an ordered list; defaults are the documented ones where there are any."""

    limit: int | None
    """None = all: no default is documented."""
    offset: int
    order_by: str
    order: str

    @classmethod
    def asked(cls, query: Mapping[str, str], orders: Iterable[str], default: str) -> "_Part":
        """`query` holds only parameters that the release knows."""
        order_by, order = query.get("order_by", default), query.get("order", "asc")
        if order_by not in (*orders, default):
            raise Invalid("order_by", f"{order_by!r} is none of {', '.join(orders)}")
        if order not in ("asc", "desc"):
            raise Invalid("order", f"{order!r} is neither asc nor desc")
        limit = whole_number("limit", query["limit"]) if "limit" in query else None
        return cls(limit, whole_number("offset", query.get("offset", "0")), order_by, order)

    def of(self, ordered: Sequence[Item]) -> Sequence[Item]:
        """Of a list in ascending order."""
        ordered = ordered[::-1] if self.order == "desc" else ordered
        return ordered[self.offset : None if self.limit is None else self.offset + self.limit]


def _known(query: Mapping[str, str], known: Keys) -> Mapping[str, str]:
    """Parameters that a release does not know are ignored (invented)."""
    return {key: value for key, value in query.items() if key in known}


class JobPage:
    """What of all jobs was asked for."""

    def __init__(self, dialect: Dialect, query: Mapping[str, str]) -> None:
        query = _known(query, dialect[Place.JOBS_QUERY])
        self._dialect = dialect
        self._part = _Part.asked(query, _JOB_ORDERS, "timestamp")
        if "order" not in dialect[Place.JOBS_QUERY]:
            # "Only the most recent n": before `order` came, newest first.
            self._part = replace(self._part, order="desc")
        self._type = query.get("type", "")
        if self._type not in ("", *_TYPES):
            raise Invalid("type", f"{self._type!r} is none of {', '.join(_TYPES)}")
        if "task" in query and self._type == "deploy":
            raise Invalid("task", "not with type=deploy")
        self._no_deploys = "task" in query or self._type in _TYPES[1:]
        self._after, self._before = (_moment(key, query) for key in _FINISHED)

    def answer(self, jobs: Iterable[Job], told: Callable[[Job], Json]) -> Json:
        """All that GET /jobs answers."""
        meant = sorted(filter(self._means, jobs), key=_JOB_ORDERS[self._part.order_by])
        answer: Json = {"items": [told(job) for job in self._part.of(meant)]}
        if self._dialect[Place.PAGINATION]:
            answer["pagination"] = self._pagination(len(meant))
        return answer

    def _means(self, job: Job) -> bool:
        if self._no_deploys:
            return False
        if self._after is None and self._before is None:
            return True
        return job.has_ended and (self._after or 0) <= job.changed <= (self._before or inf)

    def _pagination(self, total: int) -> Json:
        whole: Json = {
            "limit": self._part.limit,
            "offset": self._part.offset,
            "total": None if not total and self._dialect.has(Trait.NULL_TOTAL) else total,
            "order": self._part.order,
            "order_by": self._part.order_by,
            "type": self._type,
        }
        return {key: whole[key] for key in self._dialect[Place.PAGINATION]}


def _moment(key: str, query: Mapping[str, str]) -> float | None:
    if key not in query:
        return None
    try:
        moment = datetime.fromisoformat(query[key])
    except ValueError:
        raise Invalid(key, f"{query[key]!r} is not a timestamp") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def node_page(dialect: Dialect, query: Mapping[str, str], job: Job) -> Sequence[Run]:
    """What of a job's nodes was asked for; in no order of theirs (invented) unless one was asked for."""
    query = _known(query, dialect[Place.NODES_QUERY])
    part = _Part.asked(query, _NODE_ORDERS, _NO_ORDER)
    runs = job.runs
    if part.order_by == "name":
        runs = job.runs_by_name
    elif part.order_by != _NO_ORDER:
        runs = tuple(sorted(runs, key=_NODE_ORDERS[part.order_by]))
    if "state" in query:
        if query["state"] not in _NODE_STATES:
            raise Invalid("state", f"{query['state']!r} is none of {', '.join(_NODE_STATES)}")
        runs = tuple(run for run in runs if run.state == query["state"])
    return part.of(runs)
