"""The made-up world: a fleet, the jobs that run on it, and time. No HTTP."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from random import Random
from threading import RLock

from orch_tui.simulator import messages
from orch_tui.simulator.clock import Clock
from orch_tui.simulator.dispatcher import Dispatcher
from orch_tui.simulator.facts import Place, Trait
from orch_tui.simulator.fleet import build_fleet
from orch_tui.simulator.history import Deed, begins, past
from orch_tui.simulator.job import Event, Job, Run
from orch_tui.simulator.order import CALLER, TWIN, Order, Owner
from orch_tui.simulator.outcome import Outcome, cut_off, decide, disconnected
from orch_tui.simulator.pace import Pace
from orch_tui.simulator.quirks import Quirks
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.targets import Targets, dependencies
from orch_tui.simulator.timeline import Timeline

_FIRST_JOB, _EVENTS_BEFORE = 1801, 12670
"""A server that has been in use for a while."""


class World:
    """Deterministic from settings, clock and commands: it makes no difference when or how often one looks.

    Whoever looks calls `advance` first. Hold `lock` while looking at more than one thing.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.lock = RLock()
        self.fleet = build_fleet(settings)
        self.jobs: dict[int, Job] = {}
        """By number, oldest first."""
        self.quirks = Quirks()
        self._clock = clock
        self.epoch = (settings.epoch or datetime.now(UTC)).timestamp()
        """When the world began for those outside; its history is older."""
        self._clock_at_epoch = clock()
        self._timeline = Timeline(self.epoch - begins(settings))
        self._targets = Targets(settings, self.fleet)
        self._dispatcher = Dispatcher(settings.slot_count)
        self._next_job = _FIRST_JOB
        self._last_event = _EVENTS_BEFORE
        self._event_gaps = Random(f"{settings.seed}/events")
        if settings.history:
            for deed in past(self.fleet, settings):
                self._timeline.at(self.epoch - deed.ago, partial(self._relive, deed))
        self.advance()

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self._timeline.now

    @property
    def idle_for(self) -> float:
        """World seconds until something happens by itself."""
        with self.lock:
            return self._timeline.idle_for

    def advance(self) -> None:
        """Play everything that is due by the clock."""
        with self.lock:
            self._timeline.play(self.epoch + self._clock() - self._clock_at_epoch)

    def later(self, seconds: float, happening: Callable[[], None]) -> None:
        """Let something happen so many world seconds from now."""
        with self.lock:
            self._timeline.after(seconds, happening)

    def deploy(self, order: Order, owner: Owner = CALLER) -> Job:
        """Create a job, or raise Refusal."""
        with self.lock:
            order = replace(order, description=order.description[: self.quirks.description_limit])
            if self.quirks.twins:
                self.quirks.twins -= 1
                self._create(order, TWIN)
            return self._create(order, owner)

    def forget(self, *jobs: Job) -> None:
        """Know these jobs no longer; what they have begun goes on, and nobody hears of it."""
        with self.lock:
            for job in jobs:
                self._dispatcher.dismiss(job)
                job.enter("forgotten", self.now)
                del self.jobs[job.number]

    def restore(self, job: Job) -> None:
        """Be as a backup from before `job`: it and later ones are forgotten, their numbers free again."""
        with self.lock:
            self.forget(*[each for each in self.jobs.values() if each.number >= job.number])
            self._next_job = job.number

    def put(self, job: Job, state: str) -> None:
        """Let the job be in any state, also in one that nobody knows; it goes on from there, if it can."""
        with self.lock:
            job.enter(state, self.now)
            self._fill()

    def resize(self, job: Job, nodes: int) -> None:
        """Let the job have so many nodes: new ones of the fleet, or fewer of those that have not started."""
        with self.lock:
            known = {run.node for run in job.runs}
            others = [node for node in self.fleet.nodes.values() if node not in known]
            more = [Run(node, job.order.environment) for node in others[: max(0, nodes - len(job.runs))]]
            fewer = [run for run in job.runs if run.state == "new"][: max(0, len(job.runs) - nodes)]
            job.change_runs(more, fewer)
            self._fill()

    def stop(self, job: Job, force: bool = False) -> None:
        """Start no further node. Any number of times, at any time (documented as idempotent).

        By force also end what is running. Nodes then end `errored`: unknown on a real server.
        """
        with self.lock:
            if job.has_ended or (job.state == "stopping" and not force):
                return
            if job.state == "running":
                self._dispatcher.dismiss(job)
                job.enter("stopping", self.now)
                self._announce(job, "job_stopping")
            job.waiting.clear()
            if self.settings.stopped_nodes == "skipped":
                for run in job.runs:
                    if run.state == "new":
                        self._end(job, run, Outcome("skipped", messages.never_started(run.node.name)))
            if force:
                for run in job.runs:
                    if run.state == "running":
                        self._end(job, run, cut_off(run.node.name))
            elif job.state == "stopping":
                job.stopping_until = self.now + self.quirks.stops_last
                self._timeline.at(job.stopping_until, partial(self._conclude, job))
            if not job.counts["running"] and (force or not self.quirks.stops_last):
                self._close(job, "stopped")

    def _create(self, order: Order, owner: Owner) -> Job:
        nodes = self._targets.nodes(order)
        runs = {
            node: Run(node, order.environment if order.enforce_environment else node.environment)
            for node in nodes
        }
        job = Job(self._next_job, order, owner, runs.values(), self.now)
        if job.at_once is None and self.settings.dialect.has(Trait.EIGHT_AT_ONCE):
            job.at_once = 8
        self._next_job += 1
        job.next_event = self._last_event + 1
        self.jobs[job.number] = job
        environment = self.fleet.environments.get(order.environment)
        if environment:
            for upstream, downstream in dependencies(environment, runs):
                job.put_in_order(upstream, downstream)
        self._schedule(job)
        return job

    def _relive(self, deed: Deed) -> None:
        job = self.deploy(deed.order, deed.owner)
        if deed.stopped_after is not None:
            self._timeline.after(deed.stopped_after, partial(self.stop, job))

    def _schedule(self, job: Job) -> None:
        """A second or so in `new`, another in `ready`."""
        rng = Random(f"{self.settings.seed}/{job.number}")
        ready = rng.uniform(0.5, 1.5)
        self._timeline.after(ready, partial(self._make_ready, job))
        self._timeline.after(ready + rng.uniform(0.5, 1.5), partial(self._start, job))

    def _make_ready(self, job: Job) -> None:
        if job.state == "new":
            job.enter("ready", self.now)

    def _start(self, job: Job) -> None:
        if job.state != "ready":
            return
        job.enter("running", self.now)
        if self.settings.rate is not None and self.now >= self.epoch:
            job.waiting.extend(run for run in job.runs if not run.waits_for)
            self._beat(job, Pace(job, self.settings.rate, self.settings.slot_count))
            return
        self._dispatcher.admit(job)
        for run in job.runs:
            if not run.node.connected and run.state == "new":
                self._end(job, run, disconnected(run.node.name))
        job.waiting.extend(run for run in job.runs if run.state == "new" and not run.waits_for)
        self._conclude(job)
        self._fill()

    def _fill(self) -> None:
        while taken := self._dispatcher.take():
            job, run = taken
            outcome = self._launch(job, run)
            self._timeline.after(outcome.seconds, partial(self._finish, job, run, outcome))

    def _beat(self, job: Job, pace: Pace) -> None:
        """One change, and the next a beat later: the rate holds whatever the change is."""
        if job.has_ended:
            return  # by force
        if run := pace.to_start():
            if run.node.connected:
                pace.started(run, self.now, self._launch(job, run).seconds)
            else:
                self._end(job, run, disconnected(run.node.name))
        elif (run := pace.to_end()) and run.outcome:
            self._end(job, run, run.outcome)
        self._conclude(job)
        if not job.has_ended:
            self._timeline.after(pace.beat, partial(self._beat, job, pace))

    def _launch(self, job: Job, run: Run) -> Outcome:
        run.started = self.now
        run.outcome = decide(self.settings.seed, job.number, job.order, run.environment, run.node)
        job.move(run, "running")
        self._record(job, "node_running", run)
        return run.outcome

    def _finish(self, job: Job, run: Run, outcome: Outcome) -> None:
        self._dispatcher.give_back()
        if run.ended is None:  # else its job was stopped by force
            self._end(job, run, outcome)
            self._conclude(job)
        self._fill()

    def _end(self, job: Job, run: Run, outcome: Outcome) -> None:
        run.ended = self.now
        run.outcome = outcome
        job.move(run, outcome.state)
        self._record(job, f"node_{outcome.state}", run)
        if job.state == "stopping" or job.has_ended:
            return  # what was downstream will never start, whatever came of this run
        for dependant in job.downstream.get(run, ()):
            dependant.waits_for -= 1
            if dependant.state != "new":
                continue
            if outcome.state != "finished":
                message = messages.skipped(dependant.node.name, run.node.name)
                self._end(job, dependant, Outcome("skipped", message))
            elif not dependant.waits_for:
                job.waiting.append(dependant)

    def _conclude(self, job: Job) -> None:
        if job.state == "stopping" and not job.counts["running"] and self.now >= job.stopping_until:
            self._close(job, "stopped")
        elif job.state == "running" and job.all_done:
            self._dispatcher.dismiss(job)
            self._close(job, "failed" if job.counts["failed"] or job.counts["errored"] else "finished")

    def _close(self, job: Job, state: str) -> None:
        job.enter(state, self.now)
        self._announce(job, "job_finished")

    def _announce(self, job: Job, event: str) -> None:
        if event in self.settings.dialect[Place.EVENT]:
            self._record(job, event)

    def _record(self, job: Job, event: str, run: Run | None = None) -> None:
        # Ids are shared by all jobs and skip some numbers, as they do on real servers.
        self._last_event += self._event_gaps.choice((1, 1, 1, 2, 3))
        job.record(Event(self._last_event, event, self.now, run))
