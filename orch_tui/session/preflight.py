"""Finds out, before a deploy is sent, what can be told of it: quickly, or not at all."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.services import Classifier, PuppetDb
from orch_tui.domain.capabilities import Capabilities, Feature
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets
from orch_tui.domain.job import Job
from orch_tui.domain.preflight import (
    Connections,
    Limit,
    Preflight,
    Reach,
    Source,
    latest_whole,
    overlapping,
)
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.domain.scope import ScopeKind

PATIENCE = 8.0
"""Seconds that each question may take: somebody waits before Enter."""

_NAMES_IN_A_QUESTION = 1_000
_MOST_NAMES = 20_000
"""Of more nodes nobody is asked whether they are connected: it would not be quick."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the session knows already.

    Attributes:
        jobs: All known jobs.
        running: Those under way, the newest first.
        token_ends: When the token ends, by the server's clock, where somebody tells.
    """

    server: Capabilities
    targets: Targets
    jobs: Sequence[Job]
    running: Sequence[Job]
    token_ends: datetime | None


class Scout:
    """Asks about one deploy.

    Args:
        client: Whom to ask; it only reads.
        request: The deploy, as it would be sent.
        patience: Seconds that each question may take.
    """

    def __init__(
        self, client: OrchestratorClient, request: DeployRequest, known: Known, patience: float = PATIENCE
    ) -> None:
        self._client = client
        self._request = request
        self._known = known
        self._patience = patience

    async def __call__(self) -> AsyncGenerator[Preflight, None]:
        """What is known at once, and then again with each answer; nothing is ever raised."""
        known, request = self._known, self._request
        at_once = request.concurrency or Limit.of_server(known.server)
        left = known.token_ends - self._client.server_now() if known.token_ends else None
        overlaps = overlapping(request, None, known.running, known.targets)
        picture = Preflight(at_once, overlaps, left)
        if request.scope.kind not in (ScopeKind.NODES, ScopeKind.APPLICATION):
            yield picture
        reach = await self._reach()
        overlaps = overlapping(request, reach.names, known.running, known.targets)
        picture = replace(picture, reach=reach, overlaps=overlaps)
        if reach.names and known.server.has(Feature.INVENTORY):
            yield replace(picture, asking_for_connections=True)
            picture = replace(picture, connections=await self._connections(reach.names))
        yield picture

    async def _reach(self) -> Reach:
        scope = self._request.scope
        puppetdb, classifier = self._client.puppetdb, self._client.classifier
        match scope.kind:
            case ScopeKind.NODES:
                return Reach(Source.REQUEST, frozenset(scope.nodes))
            case ScopeKind.APPLICATION:
                names = self._known.targets.nodes_of(scope)
                return Reach() if names is None else Reach(Source.INSTANCES, names)
            case ScopeKind.ENVIRONMENT:
                return await self._reach_of_environment()
            case ScopeKind.QUERY if puppetdb is not None:
                return await self._asked(_of_query(puppetdb, scope.value))
            case ScopeKind.NODE_GROUP if puppetdb is not None and classifier is not None:
                return await self._asked(_of_group(classifier, puppetdb, scope.value))
            case ScopeKind.NODE_GROUP if puppetdb is not None:
                return Reach(needs="classifier-url")
        return Reach(needs="puppetdb-url")

    async def _reach_of_environment(self) -> Reach:
        environment = self._request.environment
        reach = Reach(needs="puppetdb-url")
        if self._client.puppetdb is not None:
            reach = await self._asked(_of_catalogs(self._client.puppetdb, environment))
        past = latest_whole(environment, self._known.jobs)
        # A PuppetDB that knows no node of it tells less than a job that had some.
        if reach.count or past is None:
            return reach
        return replace(reach, source=Source.PAST, names=None, past=past)

    async def _asked(self, asking: Awaitable[Reach]) -> Reach:
        try:
            async with asyncio.timeout(self._patience):
                return await asking
        except OrchestratorError as error:
            return Reach(problem=error.problem)
        except TimeoutError:
            return Reach(problem=Problem(ProblemKind.NO_ANSWER, f"no answer within {self._patience:g} s"))

    async def _connections(self, nodes: frozenset[str]) -> Connections:
        if len(nodes) > _MOST_NAMES:
            return Connections(len(nodes), fault=f"more than {_MOST_NAMES:,} nodes are not asked for")
        names = sorted(nodes)
        told: dict[str, bool] = {}
        fault = ""
        try:
            async with asyncio.timeout(self._patience):
                for first in range(0, len(names), _NAMES_IN_A_QUESTION):
                    told |= await self._client.connected(names[first : first + _NAMES_IN_A_QUESTION])
        except OrchestratorError as error:
            fault = error.problem.message
        except TimeoutError:
            fault = f"no answer within {self._patience:g} s"
        of_ours = {name: told[name] for name in names if name in told}
        absent = tuple(name for name, is_connected in of_ours.items() if not is_connected)
        return Connections(len(names), len(of_ours), absent, fault)


async def _of_query(puppetdb: PuppetDb, query: str) -> Reach:
    return Reach(Source.PUPPETDB, await puppetdb.nodes_of(query))


async def _of_group(classifier: Classifier, puppetdb: PuppetDb, group: str) -> Reach:
    condition = await classifier.condition(group)
    if condition is None:
        return Reach(Source.RULES, frozenset())
    return Reach(Source.PUPPETDB, await puppetdb.nodes_with(condition))


async def _of_catalogs(puppetdb: PuppetDb, environment: str) -> Reach:
    return Reach(Source.CATALOGS, await puppetdb.nodes_with(["=", "catalog_environment", environment]))
