"""Changes of the world on demand: what other people and accidents do to it. All of them are invented."""

from dataclasses import dataclass, replace

from orch_tui.simulator.errors import Invalid
from orch_tui.simulator.job import Job
from orch_tui.simulator.named import table
from orch_tui.simulator.order import TWIN
from orch_tui.simulator.world import World


@dataclass(frozen=True, slots=True)
class ForgetJob:
    """The job vanishes: every question about it is answered with 404."""

    job: str

    def apply(self, world: World) -> None:
        world.forget(_job(world, self.job))


@dataclass(frozen=True, slots=True)
class Restore:
    """The list goes back by so many jobs; another user's take `others` of the numbers that are free again."""

    jobs: int
    others: int = 0

    def apply(self, world: World) -> None:
        lost = list(world.jobs.values())[-self.jobs :]
        if self.jobs < 1 or not lost:
            raise Invalid("jobs", "there is nothing to forget")
        world.restore(lost[0])
        for job in lost[: self.others]:
            order = replace(job.order, noop=not job.order.noop, no_noop=False, description="a later one")
            world.deploy(order, TWIN)


@dataclass(frozen=True, slots=True)
class SetState:
    """The job is in another state: `paused`, which no document knows, or `running` though it had finished."""

    job: str
    state: str

    def apply(self, world: World) -> None:
        world.put(_job(world, self.job), self.state)


@dataclass(frozen=True, slots=True)
class Resize:
    """The job has so many nodes from now on: others join it, or some that have not started leave."""

    job: str
    nodes: int

    def apply(self, world: World) -> None:
        world.resize(_job(world, self.job), self.nodes)


@dataclass(frozen=True, slots=True)
class SetNode:
    """A node of the job is in another state, and no event tells of it."""

    job: str
    node: str
    state: str

    def apply(self, world: World) -> None:
        job = _job(world, self.job)
        for run in job.runs:
            if run.node.name == self.node:
                job.move(run, self.state)
                run.told = None
                return
        raise Invalid("node", f"{self.node!r} is no node of job {self.job}")


@dataclass(frozen=True, slots=True)
class Twin:
    """A colleague asks for the same as each of the next `times` deploys, in the same second."""

    times: int = 1

    def apply(self, world: World) -> None:
        world.quirks.twins = self.times


@dataclass(frozen=True, slots=True)
class CutDescriptions:
    """Descriptions of new jobs are cut after so many characters."""

    length: int = 64

    def apply(self, world: World) -> None:
        world.quirks.description_limit = self.length


@dataclass(frozen=True, slots=True)
class HoldStops:
    """A job that is stopped stays `stopping` for so many seconds of the world."""

    seconds: float = 600.0

    def apply(self, world: World) -> None:
        world.quirks.stops_last = self.seconds


CHANGES = table(ForgetJob, Restore, SetState, Resize, SetNode, Twin, CutDescriptions, HoldStops)
"""Every change by name."""


def _job(world: World, name: str) -> Job:
    for job in world.jobs.values():
        if str(job.number) == name:
            return job
    raise Invalid("job", f"there is no job {name!r}")
