"""Jobs as JSON: for every key a dialect can name, what to put there. Shapes are documented or recorded."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType

from orch_tui.simulator import messages
from orch_tui.simulator.clock import timestamp
from orch_tui.simulator.dialect import Keys
from orch_tui.simulator.errors import Json
from orch_tui.simulator.job import Event, Job, Run
from orch_tui.simulator.order import Order, Owner
from orch_tui.simulator.settings import Settings

_CONSOLE = "https://console.example.com"
_SIX_STATES = ("new", "running", "failed", "errored", "skipped", "finished")
"""The node states that the documented answer to stop counts."""


class Answers:
    """What one request is told about jobs: `root` is its own base URL up to /v1, `now` the world's time."""

    def __init__(self, settings: Settings, root: str, now: float) -> None:
        self._settings = settings
        self._dialect = settings.dialect
        self._root = root
        self._now = now

    def url(self, job: Job, *parts: str) -> str:
        return "/".join((self._root, "jobs", str(job.number), *parts))

    def reference(self, job: Job) -> Json:
        """`id` and `name`, as the answer to deploy has them: the name is a string of digits."""
        return {"id": self.url(job), "name": str(job.number)}

    def stopped(self, job: Job) -> Json:
        counts = {state: job.counts[state] for state in _SIX_STATES}
        if not self._settings.zero_counts:
            counts = {state: number for state, number in counts.items() if number}
        return {"job": self.reference(job) | {"nodes": counts}}

    # Jobs

    def job(self, job: Job) -> Json:
        return self._job(job, self._dialect.job)

    def job_in_list(self, job: Job) -> Json:
        return self._job(job, self._dialect.job_in_list)

    def _job(self, job: Job, keys: Keys) -> Json:
        return {key: _JOB[key](self, job) for key in keys}

    def options(self, job: Job) -> Json:
        order = job.order
        whole = {
            "concurrency": order.concurrency,
            "noop": order.noop,
            "trace": order.trace,
            "debug": order.debug,
            "scope": dict(order.scope),
            "enforce_environment": order.enforce_environment,
            "environment": order.environment,
            "evaltrace": order.evaltrace,
            "target": self._target(order),
            "description": order.description,
        }
        options: Json = {key: whole[key] for key in self._dialect.options}
        if order.no_noop:
            options["no_noop"] = True  # invented: the documented sample has no such job
        return options

    def _target(self, order: Order) -> str | None:
        """Early releases name whatever was meant; later ones repeat `target`, the rest is in `scope`."""
        if order.target or self._dialect.no_target is None:
            return order.target
        return "nodes" if "nodes" in order.scope else self._dialect.no_target

    def status(self, job: Job) -> list[Json]:
        """The job's states so far; the one it is in has no `exit_time` (recorded)."""
        exits = [timestamp(entered) for _, entered in job.history[1:]]
        return [
            {"state": state, "enter_time": timestamp(entered), "exit_time": left}
            for (state, entered), left in zip(job.history, [*exits, None], strict=True)
        ]

    # Nodes

    def nodes(self, job: Job) -> Json:
        items = [self._node(job, run) for run in job.runs]
        if not self._dialect.nodes_link_events:
            return {"items": items}
        start = job.next_event
        link = {"id": self.url(job, f"events?start={start}"), "event": str(start)}
        return {"next-events": link, "items": items}

    def _node(self, job: Job, run: Run) -> Json:
        item = {key: _NODE[key](self, job, run) for key in self._dialect.node}
        if self._dialect.message_beside_details and run.state in ("running", "finished", "failed"):
            item["message"] = _message(run)
        return item

    def node_duration(self, run: Run) -> float | None:
        """Seconds; so far, if it is still running."""
        if run.started is None:
            return None
        return round((self._now if run.ended is None else run.ended) - run.started, 3)

    def node_details(self, job: Job, run: Run) -> Json:
        message: Json = {} if self._dialect.message_beside_details else {"message": _message(run)}
        if run.state == "new":
            return {}
        if run.state == "running":
            return {"run-time": int(self.node_duration(run) or 0)} | message
        if run.state in ("finished", "failed"):
            report = self._report(job, run) | message
            return {key: report[key] for key in self._dialect.details_of_report}
        return {"message": _message(run)}

    def node_result(self, job: Job, run: Run) -> Json | None:
        """What the run's last event says of it; a link to the report goes in the details (documented)."""
        if run.state in ("new", "running", "skipped"):
            return None
        result = self._ending(job, run)
        result.pop("report-url", None)
        if "noop" in result and self._dialect.noop_in_result:
            result["noop"] = {"noop": job.order.noop, "no_noop": job.order.no_noop}
        return result

    def _ending(self, job: Job, run: Run) -> Json:
        outcome = run.outcome
        if outcome is None or outcome.metrics is None:
            # As documented for a task that could not be run; for Puppet runs unknown.
            kind = "puppetlabs.orchestrator/execution-failure"
            return {"msg": _message(run), "kind": kind, "details": {"node": run.node.name}}
        return self._report(job, run)

    def _report(self, job: Job, run: Run) -> Json:
        digest = self._digest(job, run)
        metrics = run.outcome.metrics if run.outcome else None
        counts = metrics._asdict() if metrics else {}
        return {
            "hash": digest,
            "noop": job.order.noop,
            "status": run.outcome.status if run.outcome else "failed",
            "metrics": {key: counts.get(key, 0) for key in self._dialect.metrics},
            "report-url": f"{_CONSOLE}/#/cm/report/{digest}",
            "environment": run.environment,
            "configuration_version": str(int(run.started or job.created)),
        }

    def _digest(self, job: Job, run: Run) -> str:
        """Made up on demand: nothing of the kind need be kept for every node."""
        return hashlib.sha1(f"{self._settings.seed}/{job.number}/{run.node.name}".encode()).hexdigest()

    def transaction_uuid(self, job: Job, run: Run) -> str | None:
        if run.started is None or run.state in ("errored", "skipped"):
            return None
        return str(uuid.UUID(self._digest(job, run)[:32]))

    # Events

    def events(self, job: Job, start: int | None) -> Json:
        """From event `start`, inclusive. An empty page points back to where it was asked from (unknown)."""
        events = job.events_from(start or 0, self._settings.events_per_page)
        following = events[-1].id + 1 if events else start if start is not None else job.next_event
        link = {"id": self.url(job, f"events?start={following}"), "event": str(following)}
        return {
            "next-events": {key: link[key] for key in self._dialect.next_events},
            "items": [self._event(job, event) for event in events],
        }

    def _event(self, job: Job, event: Event) -> Json:
        if event.run is None:
            # Documented to hold the final state; key and text are invented.
            state = job.state if event.type == "job_finished" else "stopping"
            details: Json = {"state": state}
            message = f"Job {job.number} is {state}"
        else:
            details = {"node": event.run.node.name, "detail": self._event_detail(job, event, event.run)}
            message = messages.started(event.run.node.name) if _is_start(event) else _message(event.run)
        return {
            "id": str(event.id),
            "type": event.type,
            "timestamp": timestamp(event.at),
            "details": details,
            "message": message,
        }

    def _event_detail(self, job: Job, event: Event, run: Run) -> Json:
        if _is_start(event):
            return {"noop": job.order.noop}
        return {} if run.state == "skipped" else self._ending(job, run)


def _is_start(event: Event) -> bool:
    return event.type == "node_running"


def _message(run: Run) -> str:
    if run.state == "running" or run.outcome is None:
        return messages.started(run.node.name)
    return run.outcome.message


def _owner(owner: Owner) -> Json:
    if not owner.in_full:
        return {"id": owner.id, "login": owner.login}
    return {
        "email": f"{owner.login}@example.com",
        "is_revoked": False,
        "last_login": "2016-11-03T09:12:44.123Z",
        "is_remote": False,
        "login": owner.login,
        "inherited_role_ids": [],
        "group_ids": [],
        "is_superuser": False,
        "id": owner.id,
        "role_ids": [2],
        "display_name": owner.display_name,
        "is_group": False,
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else timestamp(seconds)


def _last_activity(job: Job, run: Run) -> str:
    return timestamp(run.ended or run.started or job.created)


_JOB: Mapping[str, Callable[[Answers, Job], object]] = MappingProxyType(
    {
        "id": lambda answers, job: answers.url(job),
        "name": lambda _, job: str(job.number),
        "state": lambda _, job: job.state,
        "command": lambda *_: "deploy",
        "options": lambda answers, job: answers.options(job),
        "owner": lambda _, job: _owner(job.owner),
        "description": lambda _, job: job.order.description,
        # 2016.2 calls it the time of creation; its recordings agree with later pages.
        "timestamp": lambda _, job: timestamp(job.changed),
        "environment": lambda _, job: {"name": job.order.environment},
        "node_count": lambda _, job: len(job.runs),
        "node_states": lambda _, job: (
            {state: number for state, number in job.counts.items() if number} or None
        ),
        "nodes": lambda answers, job: {"id": answers.url(job, "nodes")},
        "report": lambda answers, job: {"id": answers.url(job, "report")},
        "events": lambda answers, job: {"id": answers.url(job, "events")},
        "status": lambda answers, job: answers.status(job),
    }
)

_NODE: Mapping[str, Callable[[Answers, Job, Run], object]] = MappingProxyType(
    {
        "timestamp": lambda _, job, run: _last_activity(job, run),
        "start_timestamp": lambda _, job, run: _time(run.started),
        "finish_timestamp": lambda _, job, run: None if run.state == "skipped" else _time(run.ended),
        "duration": lambda answers, _, run: answers.node_duration(run),
        "state": lambda _, job, run: run.state,
        "transaction_uuid": lambda answers, job, run: answers.transaction_uuid(job, run),
        "name": lambda _, job, run: run.node.name,
        "details": lambda answers, job, run: answers.node_details(job, run),
        "result": lambda answers, job, run: answers.node_result(job, run),
    }
)
