"""From an order to the nodes it means, and to the order in which applications want them run."""

from collections.abc import Iterable, Iterator, Mapping

from orch_tui.simulator import errors
from orch_tui.simulator.facts import Trait
from orch_tui.simulator.fleet import Environment, Fleet
from orch_tui.simulator.job import Run
from orch_tui.simulator.node import Node
from orch_tui.simulator.order import Order
from orch_tui.simulator.query import QueryError, compile_query
from orch_tui.simulator.settings import Settings


class Targets:
    """Finds the nodes of an order or refuses it, with the errors documented for /command/deploy."""

    def __init__(self, settings: Settings, fleet: Fleet) -> None:
        self._settings = settings
        self._fleet = fleet

    def nodes(self, order: Order) -> tuple[Node, ...]:
        environment = self._environment(order)
        match dict(order.scope):
            case {"nodes": list(names)}:
                kind, nodes = "nodes", self._named(order, names)
            case {"query": query}:
                kind, nodes = "query", self._queried(query)
            case {"node_group": group}:
                kind, nodes = "node_group", self._grouped(group)
            case {"application": str(target)}:
                kind, nodes = target, self._application(environment, target)
            case _ if order.target:
                kind, nodes = order.target, self._application(environment, order.target)
            case _:
                return environment.nodes
        if not nodes:
            raise errors.empty_target(order.environment, kind)
        return nodes

    def _environment(self, order: Order) -> Environment:
        if not order.environment:
            return Environment("")
        environment = self._fleet.environments.get(order.environment)
        if environment is None:
            raise errors.unknown_environment(order.environment)
        if environment.cycle and self._settings.dialect.has(Trait.REFUSES_CYCLES):
            raise errors.dependency_cycle(environment.name, environment.cycle)
        if not environment.nodes and not environment.applications:
            raise errors.empty_environment(environment.name)
        return environment

    def _named(self, order: Order, names: Iterable[str]) -> tuple[Node, ...]:
        """A node nobody knows is no error: its run ends `errored` (recorded)."""
        known = self._fleet.nodes
        return tuple(
            known.get(name) or Node(name, "", order.environment, connected=False)
            for name in dict.fromkeys(names)
        )

    def _queried(self, query: object) -> tuple[Node, ...]:
        self._need_puppetdb()
        if isinstance(query, list) and query[:1] != ["from"]:
            query = ["from", "nodes", query]  # the page shows both
        try:
            compiled = compile_query(query)
            if "certname" not in compiled.fields:
                raise QueryError("The query must give certnames")
        except QueryError as error:
            raise errors.query_error(str(error)) from None
        return tuple(node for node in self._fleet.nodes.values() if compiled.matches(node))

    def _grouped(self, group: object) -> tuple[Node, ...]:
        """A group that nobody knows is as empty as one without rules (invented)."""
        self._need_puppetdb()
        found = self._fleet.groups.get(str(group))
        return found.nodes(self._fleet.nodes) if found else ()

    def _need_puppetdb(self) -> None:
        if self._settings.puppetdb_down:
            raise errors.puppetdb_error()

    def _application(self, environment: Environment, target: str) -> tuple[Node, ...]:
        """`Lamp` means all its instances, `Lamp[shop]` one; upstream nodes come first."""
        if target not in environment.targets() and self._settings.unknown_target:
            raise errors.unknown_target(environment.name, target)
        return tuple(
            component.node
            for app in environment.applications
            for instance in app.instances
            if target in (app.name, f"{app.name}[{instance.title}]")
            for component in instance.components
        )


def dependencies(environment: Environment, runs: Mapping[Node, Run]) -> Iterator[tuple[Run, Run]]:
    """(upstream, downstream) for all runs whose nodes are bound by an application of the environment."""
    for application in environment.applications:
        for instance in application.instances:
            producers: dict[str, Run] = {}
            for component in instance.components:
                if component.node not in runs:
                    continue
                run = runs[component.node]
                yield from ((producers[need], run) for need in component.consumes if need in producers)
                producers |= dict.fromkeys(component.produces, run)
