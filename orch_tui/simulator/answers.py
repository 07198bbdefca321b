"""Jobs as JSON: for every key a dialect can name, what to put there. Shapes are documented or recorded."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from orch_tui.simulator.clock import timestamp
from orch_tui.simulator.dialect import Keys
from orch_tui.simulator.errors import Json
from orch_tui.simulator.facts import Place, Trait
from orch_tui.simulator.job import Job, Run
from orch_tui.simulator.order import Order, Owner
from orch_tui.simulator.run_answers import RunAnswers
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.wire import Roll

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
        return self._job(job, self._dialect[Place.JOB])

    def job_in_list(self, job: Job) -> Json:
        return self._job(job, self._dialect[Place.JOB_IN_LIST])

    def _job(self, job: Job, keys: Keys) -> Json:
        return {key: _JOB[key](self, job) for key in keys}

    def options(self, job: Job) -> Json:
        order = job.order
        whole = {
            "concurrency": order.concurrency,
            "noop": order.noop,
            "trace": order.trace,
            "debug": order.debug,
            "scope": self._scope(order),
            "enforce_environment": order.enforce_environment,
            "environment": order.environment,
            "evaltrace": order.evaltrace,
            "target": self._target(order),
            "description": order.description,
        }
        options: Json = {key: whole[key] for key in self._dialect[Place.OPTIONS]}
        if order.no_noop:
            options["no_noop"] = True  # invented: the documented sample has no such job
        return options

    def _scope(self, order: Order) -> Json:
        """As asked for; without any it was the whole environment, which early releases say (recorded)."""
        if order.scope or order.target or "whole_environment" not in self._dialect[Place.SCOPE]:
            return dict(order.scope)
        return {"whole_environment": True}

    def _target(self, order: Order) -> str | None:
        """Early releases name whatever was meant; later ones repeat `target`, the rest is in `scope`."""
        if order.target or not self._dialect.has(Trait.NAMES_NO_TARGET):
            return order.target
        match dict(order.scope):
            case {"application": str(name)}:
                return name
            case {"nodes": _}:
                return "nodes"
            case {"query": _}:
                return "query"  # inferred from the details of `empty-target`
        return "whole environment"

    def status(self, job: Job) -> list[Json]:
        """The job's states so far; the one it is in has no `exit_time` (recorded)."""
        exits = [timestamp(entered) for _, entered in job.history[1:]]
        return [
            {"state": state, "enter_time": timestamp(entered), "exit_time": left}
            for (state, entered), left in zip(job.history, [*exits, None], strict=True)
        ]

    # Nodes and events

    def nodes(self, job: Job, runs: Sequence[Run]) -> Roll:
        """Some runs of the job, all unless the client asked for a part."""
        start = job.next_event
        whole: Json = {"next-events": {"id": self.url(job, f"events?start={start}"), "event": str(start)}}
        head = {key: whole[key] for key in self._dialect[Place.NODES]}
        return Roll(head, len(runs), self._runs(job).nodes(runs))

    def events(self, job: Job, start: int | None) -> Roll:
        """From event `start`, inclusive. An empty page points back to where it was asked from (unknown)."""
        events = job.events_from(start or 0, self._settings.events_per_page)
        following = events[-1].id + 1 if events else start if start is not None else job.next_event
        link = {"id": self.url(job, f"events?start={following}"), "event": str(following)}
        head: Json = {"next-events": {key: link[key] for key in self._dialect[Place.NEXT_EVENTS]}}
        return Roll(head, len(events), self._runs(job).events(events))

    def duration(self, job: Job) -> str | None:
        """Seconds, as text (documented); so far, if it is still running."""
        if job.began is None:
            return None
        return str(round((job.changed if job.has_ended else self._now) - job.began, 1))

    def _runs(self, job: Job) -> RunAnswers:
        return RunAnswers(self._settings, job, self._now)


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
        "type": lambda *_: "deploy",
        "started_timestamp": lambda _, job: timestamp(job.began) if job.began else None,
        "finished_timestamp": lambda _, job: timestamp(job.changed) if job.has_ended else None,
        "duration": lambda answers, job: answers.duration(job),
        "userdata": lambda _, job: dict(job.order.userdata),
    }
)
