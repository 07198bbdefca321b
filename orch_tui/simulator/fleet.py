"""A made-up fleet: environments, their nodes and their applications, all from one seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from random import Random

from orch_tui.simulator import hostile
from orch_tui.simulator.applications import FORGE, LAMP, WIKI, Application, Blueprint, assemble
from orch_tui.simulator.facts import Trait
from orch_tui.simulator.groups import NodeGroup, node_groups
from orch_tui.simulator.messages import CAUSES, COMMON_CAUSES, Cause
from orch_tui.simulator.node import Node
from orch_tui.simulator.settings import Settings

_SHARES = {"staging": 0.2, "development": 0.12, "openssl_update": 0.08}
"""Of all nodes; production has the rest."""
_ROLES = ("web", "web", "app", "lb", "db", "web", "app", "cache", "web", "app")
"""Ten nodes of every environment, over and over: a rollout shows all roles from its start."""
_APPLICATIONS: Mapping[str, tuple[tuple[Blueprint, tuple[str, ...]], ...]] = {
    "production": ((LAMP, ("shop", "intranet")), (FORGE, ("modules",)), (WIKI, ())),
    "staging": ((LAMP, ("shop", "intranet")), (FORGE, ("modules",))),
    "development": ((LAMP, ("shop",)),),
}


@dataclass(frozen=True, slots=True)
class Environment:
    name: str
    nodes: tuple[Node, ...] = ()
    applications: tuple[Application, ...] = ()
    cycle: tuple[str, ...] = ()
    """A dependency cycle in its application code."""

    def targets(self) -> frozenset[str]:
        """Every application type and instance: `Lamp`, `Lamp[shop]`."""
        names = [application.name for application in self.applications]
        for application in self.applications:
            names += (f"{application.name}[{instance.title}]" for instance in application.instances)
        return frozenset(names)


@dataclass(frozen=True, slots=True)
class Fleet:
    environments: Mapping[str, Environment]
    nodes: Mapping[str, Node]
    groups: Mapping[str, NodeGroup]
    """By id."""


def build_fleet(settings: Settings) -> Fleet:
    """`settings.nodes` nodes over four environments, one empty environment and one that cannot be deployed.

    The hostile scenario adds environments of its own, three nodes each.
    """
    sizes = {name: int(settings.nodes * share) for name, share in _SHARES.items()}
    sizes = {"production": settings.nodes - sum(sizes.values())} | sizes
    foundry = _Foundry(settings)
    nodes = {name: tuple(foundry.nodes(name, size)) for name, size in sizes.items()}
    has_applications = settings.dialect.has(Trait.APPLICATIONS)
    environments = [
        Environment(name, own, assemble(_APPLICATIONS.get(name, ()) if has_applications else (), own))
        for name, own in nodes.items()
    ]
    environments.append(Environment("retired"))
    environments.append(Environment("tangled", cycle=("Lamp[a]", "Db[a]", "Lamp[a]")))
    if settings.day.hostile:
        environments.extend(_hostile_environments(has_applications))
    return Fleet(
        {environment.name: environment for environment in environments},
        {node.name: node for environment in environments for node in environment.nodes},
        node_groups(settings),
    )


class _Foundry:
    """Makes nodes: certnames count up by role over the whole fleet, as they do in real ones."""

    def __init__(self, settings: Settings) -> None:
        self._day = settings.day
        self._rng = Random(f"{settings.seed}/fleet")
        self._width = max(3, len(str(settings.nodes)))
        self._numbers = {role: count(1) for role in _ROLES}

    def nodes(self, environment: str, how_many: int) -> Iterator[Node]:
        for place in range(how_many):
            role = _ROLES[place % len(_ROLES)]
            name = f"{role}-{next(self._numbers[role]):0{self._width}}.example.com"
            lot = self._rng.random()
            connected = lot >= self._day.disconnected
            fails = connected and lot < self._day.disconnected + self._day.failing
            yield Node(name, role, environment, connected, self._cause() if fails else None)

    def _cause(self) -> Cause:
        if self._day.few_causes and self._rng.random() < 0.85:
            return self._rng.choices(COMMON_CAUSES, weights=(5, 3, 2))[0]
        return self._rng.choice(CAUSES)


def _hostile_environments(has_applications: bool) -> Iterator[Environment]:
    for number, text in enumerate(hostile.TEXTS):
        cause = Cause(text, compiling=True)
        nodes = (
            Node(f"db-hostile-{number:02}.example.com", "db", text, cause=cause),
            Node(f"{text}.example.com", "web", text),
            Node(f"app-{number:02}-{text}", "app", text, cause=cause),
        )
        application = replace(LAMP, name=text)
        yield Environment(text, nodes, assemble([(application, (text,))] if has_applications else (), nodes))
