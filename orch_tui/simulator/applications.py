"""Applications of the orchestration language: instances whose components must run in order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orch_tui.simulator.node import Node


@dataclass(frozen=True, slots=True)
class Tier:
    """A layer of an application: so many nodes of a role, each of which produces a capability."""

    role: str
    component: str
    capability: str
    width: int


@dataclass(frozen=True, slots=True)
class Blueprint:
    name: str
    file: str
    parameters: Mapping[str, str | None]
    """Default values; None where there is none."""
    tiers: tuple[Tier, ...]
    """Each consumes all that the one before it produces. Roles are always listed in the same order,
    so that instances which share an environment can never wait for each other in a circle."""


@dataclass(frozen=True, slots=True)
class Component:
    node: Node
    type: str
    title: str
    produces: tuple[str, ...]
    consumes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    title: str
    components: tuple[Component, ...]
    """In topological order."""


@dataclass(frozen=True, slots=True)
class Application:
    blueprint: Blueprint
    instances: tuple[Instance, ...] = ()

    @property
    def name(self) -> str:
        return self.blueprint.name


LAMP = Blueprint(
    "Lamp",
    "modules/lamp/manifests/init.pp",
    {"db_user": None, "db_password": None, "web_count": "3"},
    (
        Tier("db", "Lamp::Db", "Sql", 1),
        Tier("web", "Lamp::Web", "Http", 3),
        Tier("lb", "Lamp::Lb", "Http", 1),
    ),
)
FORGE = Blueprint(
    "Forge",
    "modules/forge/manifests/init.pp",
    {"db_user": None, "db_password": None, "api_count": "2"},
    (
        Tier("db", "Forge::Db", "Sql", 1),
        Tier("cache", "Forge::Cache", "Cache", 1),
        Tier("app", "Forge::Api", "Http", 2),
    ),
)
WIKI = Blueprint("Wiki", "modules/wiki/manifests/init.pp", {"title": None}, ())
"""Defined and never instantiated: a target without nodes."""


def assemble(
    plan: Iterable[tuple[Blueprint, tuple[str, ...]]], nodes: Iterable[Node]
) -> tuple[Application, ...]:
    """An environment's applications: instances of these titles; no node is in two of them."""
    spare: dict[str, list[Node]] = {}
    for node in nodes:
        spare.setdefault(node.role, []).append(node)
    for free in spare.values():
        free.reverse()  # pop() then hands out the lowest numbers first
    return tuple(
        Application(blueprint, tuple(_instances(blueprint, titles, spare))) for blueprint, titles in plan
    )


def _instances(
    blueprint: Blueprint, titles: tuple[str, ...], spare: Mapping[str, list[Node]]
) -> Iterator[Instance]:
    for title in titles:
        components = tuple(_components(blueprint, title, spare))
        if components:
            yield Instance(title, components)


def _components(blueprint: Blueprint, title: str, spare: Mapping[str, list[Node]]) -> Iterator[Component]:
    upstream: tuple[str, ...] = ()
    for tier in blueprint.tiers:
        free = spare.get(tier.role, [])
        chosen = [free.pop() for _ in range(min(tier.width, len(free)))]
        made: list[str] = []
        for number, node in enumerate(chosen):
            name = title if tier.width == 1 else f"{title}-{number}"
            capability = f"{tier.capability}[{tier.role}-{name}]"
            made.append(capability)
            yield Component(node, tier.component, name, (capability,), upstream)
        upstream = tuple(made) or upstream  # a tier for which no node is left is left out
