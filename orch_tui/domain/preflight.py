"""What can be told of a deploy before it is sent: its nodes, who of them is there, what is in its way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum, auto

from orch_tui.domain.capabilities import Capabilities, Feature
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets
from orch_tui.domain.job import Job
from orch_tui.domain.problem import Problem
from orch_tui.domain.scope import ScopeKind


class Source(Enum):
    """Who tells which nodes a deploy reaches."""

    REQUEST = auto()
    """They are named in it."""
    INSTANCES = auto()
    """The server's list of instances."""
    PUPPETDB = auto()
    CATALOGS = auto()
    """PuppetDB, as those whose latest catalog is from the environment."""
    RULES = auto()
    """The node classifier: the group has no rules of its own, and so no nodes."""
    PAST = auto()
    """An earlier job."""
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Reach:
    """Which nodes a deploy reaches, as far as somebody tells.

    Attributes:
        names: None where only their count is told, or nothing.
        past: The job that tells their count, where `source` is PAST.
        problem: Why PuppetDB or the node classifier did not tell.
        needs: The keys of the configuration that would let somebody tell.
    """

    source: Source = Source.NOBODY
    names: frozenset[str] | None = None
    past: Job | None = None
    problem: Problem | None = None
    needs: str = ""

    @property
    def count(self) -> int | None:
        """How many they are; None where nobody tells."""
        if self.names is not None:
            return len(self.names)
        return node_count(self.past) if self.past else None

    @property
    def is_nothing(self) -> bool:
        """Whether it is certain that the server would have nothing to run."""
        return self.count == 0 and self.source is Source.INSTANCES


@dataclass(frozen=True, slots=True)
class Connections:
    """Which of the nodes are connected to the server: the others end errored.

    Attributes:
        asked: How many nodes there are.
        told: Of how many of them the server tells.
        absent: Those that are not connected, sorted.
        fault: Why it does not tell of all, in words; empty where nobody knows.
    """

    asked: int
    told: int = 0
    absent: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Overlap:
    """A job under way in the same environment, and how many nodes both have; None where nobody can tell."""

    job: Job
    common: int | None


class Limit(StrEnum):
    """How many nodes run at once in a deploy that does not say."""

    COMPILES = "the server's global_concurrent_compiles, 8 as shipped"
    NONE = "all"
    UNKNOWN = "the server's own limit"

    @classmethod
    def of_server(cls, server: Capabilities) -> "Limit":
        """The limit of a server, where it is certain."""
        if server.has(Feature.LIMITED):
            return cls.COMPILES
        return cls.UNKNOWN if server.may_have(Feature.LIMITED) else cls.NONE


@dataclass(frozen=True, slots=True)
class Preflight:
    """What is known so far.

    Attributes:
        at_once: How many nodes run at once.
        overlaps: The jobs under way in the same environment.
        token_left: How long the token is still good; None where nobody tells.
        reach: None while it is being found out.
        connections: None where nobody is asked, or not yet.
    """

    at_once: Limit | int
    overlaps: tuple[Overlap, ...] = ()
    token_left: timedelta | None = None
    reach: Reach | None = None
    connections: Connections | None = None
    asking_for_connections: bool = False

    @property
    def reaches_nothing(self) -> bool:
        """Whether it is certain that there is nothing to send."""
        return self.reach is not None and self.reach.is_nothing


def latest_whole(environment: str, jobs: Iterable[Job]) -> Job | None:
    """The newest job on all of an environment that tells how many nodes it had."""
    whole = (
        job
        for job in jobs
        if job.environment == environment and job.is_of_whole_environment and node_count(job)
    )
    return max(whole, key=lambda job: int(job.id), default=None)


def node_count(job: Job) -> int | None:
    """How many nodes a job has, from whichever field its release tells it in."""
    return job.node_count if job.node_count is not None else job.progress and job.progress[1]


def overlapping(
    request: DeployRequest, names: frozenset[str] | None, running: Iterable[Job], targets: Targets
) -> tuple[Overlap, ...]:
    """What `request` has in common with the jobs under way in its environment.

    `names` are its nodes, where they are known; `targets` is what the environment offers.
    """
    here = (job for job in running if job.environment == request.environment)
    return tuple(Overlap(job, _in_both(request, names, job, targets)) for job in here)


def _in_both(request: DeployRequest, ours: frozenset[str] | None, job: Job, targets: Targets) -> int | None:
    theirs = targets.nodes_of(job.scope) if job.scope else None
    # Of a whole environment PuppetDB's list is a guess; a job on nodes of it is in both whatever that says.
    if request.scope.kind is ScopeKind.ENVIRONMENT and theirs is not None:
        return len(theirs)
    # A query or a node group reaches beyond the environment.
    if request.scope.kind is ScopeKind.ENVIRONMENT and _is_within_environment(job):
        return node_count(job)
    if ours is not None and theirs is not None:
        return len(ours & theirs)
    return len(ours) if ours is not None and job.is_of_whole_environment else None


def _is_within_environment(job: Job) -> bool:
    is_application = job.scope is not None and job.scope.kind is ScopeKind.APPLICATION
    return is_application or job.is_of_whole_environment
