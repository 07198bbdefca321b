"""One run on one node as JSON: an item of the node list, its events. Shapes are documented or recorded."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import MappingProxyType

from orch_tui.simulator import messages
from orch_tui.simulator.clock import timestamp
from orch_tui.simulator.errors import Json
from orch_tui.simulator.facts import Place, Trait
from orch_tui.simulator.job import Event, Job, Run
from orch_tui.simulator.node import Node
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.wire import encode

_CONSOLE = "https://console.example.com"
_MARK = "\0"
"""Stands for a certname; encoded it is found nowhere else."""
_TOGETHER = 20
"""Events encoded in one go."""


class RunAnswers:
    """What is told at the moment `now` of the runs of one job."""

    def __init__(self, settings: Settings, job: Job, now: float) -> None:
        dialect = settings.dialect
        self._keys = dialect[Place.NODE]
        self._reported = dialect[Place.REPORTED]
        self._metrics = dialect[Place.METRICS]
        self._counts = attrgetter(*self._metrics)
        self._message_beside = dialect.has(Trait.MESSAGE_BESIDE_DETAILS)
        self._seed = settings.seed
        self._job = job
        self._now = now
        self._timestamps: dict[int, str] = {}
        """By second: among thousands of nodes many share one."""

    def nodes(self, runs: Iterable[Run]) -> Iterator[bytes]:
        """Items of the node list, encoded, all as of `now` however late they are drawn."""
        before, after = self._of_a_new_node()
        for run in runs:
            if run.told is not None and run.ended is not None and run.ended <= self._now:
                yield run.told
                continue
            then = run.as_of(self._now)
            if then.state == "new":
                yield before + encode(then.node.name) + after
                continue
            item = encode(self.node(then))
            if then.ended is not None:
                run.told = item  # an ended run changes no more
            yield item

    def _of_a_new_node(self) -> tuple[bytes, bytes]:
        """All nodes that have not started are told alike; these go before and after the name."""
        item = encode(self.node(Run(Node(_MARK, "", ""), "")))
        before, after = item.split(encode(_MARK))
        return before, after

    def node(self, run: Run) -> Json:
        ending = {} if run.state in ("new", "running", "skipped") else self._ending(run)
        item = {key: _NODE[key](self, run, ending) for key in self._keys}
        if self._message_beside and run.state in ("running", "finished", "failed"):
            item["message"] = _message(run)
        return item

    def last_activity(self, run: Run) -> str:
        return self._timestamp(run.ended or run.started or self._job.created)

    def start(self, run: Run) -> str | None:
        return None if run.started is None else self._timestamp(run.started)

    def finish(self, run: Run) -> str | None:
        return None if run.ended is None or run.state == "skipped" else self._timestamp(run.ended)

    def duration(self, run: Run) -> float | None:
        """Seconds; so far, if it is still running."""
        if run.started is None:
            return None
        return round((self._now if run.ended is None else run.ended) - run.started, 3)

    def transaction_uuid(self, run: Run) -> str | None:
        if run.started is None or run.state in ("errored", "skipped"):
            return None
        digest = self._digest(run)
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))

    def details(self, run: Run, ending: Json) -> Json:
        if run.state == "new":
            return {}
        message: Json = {} if self._message_beside else {"message": _message(run)}
        if run.state == "running":
            return {"run-time": int(self.duration(run) or 0)} | message
        if run.state in ("finished", "failed"):
            report = ending | message
            return {key: report[key] for key in self._reported}
        return {"message": _message(run)}

    def result(self, ending: Json) -> Json | None:
        """What the run's last event says of it; a link to the report goes in the details (documented)."""
        if not ending:
            return None
        result = {key: value for key, value in ending.items() if key != "report-url"}
        if "noop" in result:
            result["noop"] = {"noop": self._job.order.noop, "no_noop": self._job.order.no_noop}
        return result

    def _ending(self, run: Run) -> Json:
        """What is told of a run that ended, unless it was skipped."""
        outcome = run.outcome
        if outcome is None or outcome.metrics is None:
            # As documented for a task that could not be run; for Puppet runs unknown.
            kind = "puppetlabs.orchestrator/execution-failure"
            return {"msg": _message(run), "kind": kind, "details": {"node": run.node.name}}
        digest = self._digest(run)
        return {
            "hash": digest,
            "noop": self._job.order.noop,
            "status": outcome.status,
            "metrics": dict(zip(self._metrics, self._counts(outcome.metrics), strict=True)),
            "report-url": f"{_CONSOLE}/#/cm/report/{digest}",
            "environment": run.environment,
            "configuration_version": str(int(run.started or self._job.created)),
        }

    def _digest(self, run: Run) -> str:
        """Made up on demand: nothing of the kind need be kept for every node."""
        return hashlib.sha1(f"{self._seed}/{self._job.number}/{run.node.name}".encode()).hexdigest()

    def _timestamp(self, seconds: float) -> str:
        second = int(seconds)
        if second not in self._timestamps:
            self._timestamps[second] = timestamp(second)
        return self._timestamps[second]

    # Events

    def events(self, events: Sequence[Event]) -> Iterator[bytes]:
        """Encoded, some at a time: that is cheaper. What an event says was settled when it happened."""
        for first in range(0, len(events), _TOGETHER):
            some = [self.event(event) for event in events[first : first + _TOGETHER]]
            yield encode(some).removeprefix(b"[").removesuffix(b"]")

    def event(self, event: Event) -> Json:
        if event.run is None:
            # Documented to hold the final state; key and text are invented.
            state = self._job.state if event.type == "job_finished" else "stopping"
            details: Json = {"state": state}
            message = f"Job {self._job.number} is {state}"
        else:
            details = {"node": event.run.node.name, "detail": self._event_detail(event, event.run)}
            message = messages.started(event.run.node.name) if _is_start(event) else _message(event.run)
        return {
            "id": str(event.id),
            "type": event.type,
            "timestamp": self._timestamp(event.at),
            "details": details,
            "message": message,
        }

    def _event_detail(self, event: Event, run: Run) -> Json:
        if _is_start(event):
            return {"noop": self._job.order.noop}
        return {} if run.state == "skipped" else self._ending(run)


def _is_start(event: Event) -> bool:
    return event.type == "node_running"


def _message(run: Run) -> str:
    if run.state == "running" or run.outcome is None:
        return messages.started(run.node.name)
    return run.outcome.message


_NODE: Mapping[str, Callable[[RunAnswers, Run, Json], object]] = MappingProxyType(
    {
        "timestamp": lambda answers, run, _: answers.last_activity(run),
        "start_timestamp": lambda answers, run, _: answers.start(run),
        "finish_timestamp": lambda answers, run, _: answers.finish(run),
        "duration": lambda answers, run, _: answers.duration(run),
        "state": lambda _answers, run, _: run.state,
        "transaction_uuid": lambda answers, run, _: answers.transaction_uuid(run),
        "name": lambda _answers, run, _: run.node.name,
        "details": lambda answers, run, ending: answers.details(run, ending),
        "result": lambda answers, _, ending: answers.result(ending),
        "transport": lambda *_: "pcp",
        "latest-event-id": lambda _answers, run, _: run.events[-1] if run.events else None,
    }
)
"""By key; the last argument is what is told of the ending, empty if there is nothing yet."""
