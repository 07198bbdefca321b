"""What of a job can be run again, and the deploy that does it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from orch_tui.domain.capabilities import Capabilities, Feature, Option
from orch_tui.domain.deploy import DeployDraft, Mode, scope_kinds
from orch_tui.domain.job import Job
from orch_tui.domain.node import Node, Outcome
from orch_tui.domain.run_option import is_default, option_text
from orch_tui.domain.scope import NodeNames, Scope, ScopeKind, is_node_name

_ENDS = (Outcome.FAILED, Outcome.ERRORED, Outcome.SKIPPED, Outcome.NEVER_RAN)
_UNDER_WAY = (Outcome.RUNNING, Outcome.QUEUED)


class Part(NamedTuple):
    """Some nodes of a job, by their places in its rollout.

    Attributes:
        name: Each part of a job has one of its own.
        about: What the name does not say of them.
    """

    name: str
    places: Collection[int]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of a job, and what became of each, by the same index; those that are `gone` do not count."""

    nodes: Sequence[Node]
    outcomes: Sequence[Outcome]
    gone: Collection[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rerun:
    """What of a job can be run again on a server.

    Attributes:
        parts: The nodes to choose from, what most want first; empty where the server takes no list of nodes.
        request: The scope of the job, where it can be told for sure and asked for again.
        under_way: How many nodes are running or queued: they are in no part but the last, of all nodes.
        unnamed: How many nodes are in no part, as theirs can be no node's name.
        options: The job's own, as they are typed; defaults are left to the server.
        unknown_options: Those that the server may not take: left out.
    """

    job: Job
    nodes: Nodes
    parts: tuple[Part, ...] = ()
    request: Scope | None = None
    under_way: int = 0
    unnamed: int = 0
    options: Mapping[Option, str] = field(default_factory=dict)
    unknown_options: tuple[Option, ...] = ()

    @classmethod
    def of(
        cls, job: Job, server: Capabilities, nodes: Nodes, cause: Part | None, marked: Collection[int]
    ) -> Self:
        """What of `job` can be run again on `server`.

        Args:
            job: The job.
            server: What its server can do.
            nodes: All its nodes.
            cause: Those that are looked at, as they went wrong for one reason.
            marked: Those that somebody has marked.
        """
        places = [place for place in range(len(nodes.nodes)) if place not in nodes.gone]
        named = [place for place in places if is_node_name(nodes.nodes[place].name)]
        by_outcome: dict[Outcome, list[int]] = {outcome: [] for outcome in Outcome}
        for place in named:
            by_outcome[nodes.outcomes[place]].append(place)
        parts = _parts(by_outcome, named, cause, marked) if server.has(Feature.SCOPES) else ()
        wanted = {option: value for option, value in job.options.items() if not is_default(option, value)}
        return cls(
            job,
            nodes,
            tuple(part for part in parts if part.places),
            job.scope if job.scope is not None and _can_repeat(job.scope, server) else None,
            sum(len(by_outcome[outcome]) for outcome in _UNDER_WAY),
            len(places) - len(named),
            {option: option_text(value) for option, value in wanted.items() if server.has(option)},
            tuple(option for option in wanted if not server.has(option)),
        )

    def draft(self, part: Part | None) -> DeployDraft:
        """The form for a deploy of `part`, or of the job's own request: all else is as the job had it."""
        job, scope = self.job, self.request
        if part is not None:
            names = dict.fromkeys(self.nodes.nodes[place].name for place in part.places)
            scope = Scope(ScopeKind.NODES, part.name, tuple(names))
        assert scope is not None, "only what is known can be asked for again"
        target, lists = scope.value, {}
        if scope.kind is ScopeKind.NODES:
            target = f"#{job.id} {scope.value or 'as asked for'}"
            lists = {target: NodeNames(scope.nodes)}
        return DeployDraft(
            environment=job.environment,
            mode=Mode.ENFORCE if job.noop is False else Mode.NOOP,
            concurrency="" if job.concurrency is None else str(job.concurrency),
            kind=scope.kind,
            target=target,
            description=" ".join(job.purpose.split()),
            options=self.options,
            lists=lists,
        )


def _parts(
    by_outcome: Mapping[Outcome, list[int]], named: list[int], cause: Part | None, marked: Collection[int]
) -> Iterator[Part]:
    chosen = set(named) if cause or marked else set()
    if cause:
        yield cause._replace(places=sorted(chosen.intersection(cause.places)))
    failed, errored = by_outcome[Outcome.FAILED], by_outcome[Outcome.ERRORED]
    if failed and errored:
        yield Part("all that went wrong", failed + errored)
    for outcome in _ENDS:
        yield Part(outcome.value, by_outcome[outcome])
    yield Part("marked", sorted(chosen.intersection(marked)))
    yield Part("whole job", named)


def _can_repeat(scope: Scope, server: Capabilities) -> bool:
    if scope.kind not in scope_kinds(server) or not scope.value.isprintable():
        return False
    return all(map(is_node_name, scope.nodes)) and (bool(scope.nodes) or scope.kind is not ScopeKind.NODES)
