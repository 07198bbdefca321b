"""What runs beside the orchestrator in Puppet Enterprise and takes its token: node classifier, PuppetDB."""

import asyncio
import json
from typing import Any

from orch_tui.api import wire
from orch_tui.api.exchange import Exchange, not_understood
from orch_tui.api.fields import read_items
from orch_tui.domain.environment import NodeGroup, is_group_id
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.domain.scope import is_array
from orch_tui.plain import plain


class Classifier:
    """The node classifier, under `https://CONSOLE:4433/classifier-api`.

    Every method raises `OrchestratorError`, and nothing else, when the call does not work.
    """

    def __init__(self, exchange: Exchange, url: str) -> None:
        self._call = exchange.call
        self._root = url.rstrip("/") + "/v1"

    async def environments(self) -> tuple[str, ...]:
        """All environments' names (`GET /v1/environments`: a bare array)."""
        return read_items(
            _array(await self._call("GET", self._root + "/environments")), wire.EnvironmentWire
        )[0]

    async def groups(self) -> tuple[NodeGroup, ...]:
        """All node groups that the user may see (`GET /v1/groups`: a bare array)."""
        body = await self._call("GET", self._root + "/groups")
        return read_items(_array(body), wire.NodeGroupWire)[0]

    async def condition(self, group: str) -> object:
        """Which nodes a group has, as a condition of PuppetDB on `nodes` (`GET /v1/groups/:id/rules`).

        None for a group without rules.
        """
        if not is_group_id(group):
            raise OrchestratorError(Problem(ProblemKind.OTHER, f"{plain(group)} is not the id of a group"))
        body = await self._call("GET", f"{self._root}/groups/{group}/rules")
        match body:
            case {"rule": None}:
                return None
            case {"translated": {"nodes_query_format": [*condition]}}:
                return condition
        not_understood("the answer has no rules as a query")


class PuppetDb:
    """PuppetDB's queries (v4), under `https://PUPPETDB:8081`.

    Every method raises `OrchestratorError`, and nothing else, when the call does not work; what PuppetDB has
    against a query is its problem's message.
    """

    def __init__(self, exchange: Exchange, url: str) -> None:
        self._call = exchange.call
        self._root = url.rstrip("/") + "/pdb/query/v4"

    async def environments(self) -> tuple[str, ...]:
        """The names of the environments that have data (`GET /environments`: a bare array)."""
        return read_items(
            _array(await self._call("GET", self._root + "/environments")), wire.EnvironmentWire
        )[0]

    async def nodes_with(self, condition: object) -> frozenset[str]:
        """The names of the active nodes that meet a condition, as PuppetDB's AST has them."""
        return await self._certnames(["from", "nodes", ["extract", ["certname"], condition]])

    async def nodes_of(self, query: str) -> frozenset[str]:
        """The names that a query tells as `certname`: PQL, or AST, of which a bare condition is on nodes."""
        if not is_array(query):
            return await self._certnames(query)
        tree = json.loads(query)
        return await (self._certnames(tree) if tree[:1] == ["from"] else self.nodes_with(tree))

    async def _certnames(self, query: object) -> frozenset[str]:
        rows = _array(await self._call("POST", self._root, body=json.dumps({"query": query})))
        # In a thread: of a hundred thousand it takes longer than a key should wait.
        names = await asyncio.to_thread(_names, rows)
        if rows and not names:
            not_understood("the query tells no certname")
        return names


def _names(rows: list[Any]) -> frozenset[str]:
    found = [row.get("certname") for row in rows if isinstance(row, dict)]
    return frozenset(plain(name) for name in found if isinstance(name, str))


def _array(body: object) -> list[Any]:
    if not isinstance(body, list):
        not_understood("the answer is no list")
    return body
