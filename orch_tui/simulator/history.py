"""What happened before anybody looked: past jobs, played with the very machinery that plays new ones."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from orch_tui.simulator import hostile
from orch_tui.simulator.dialect import Dialect
from orch_tui.simulator.facts import Place
from orch_tui.simulator.fleet import Environment, Fleet
from orch_tui.simulator.order import Order, Owner
from orch_tui.simulator.settings import Settings

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_PAST = 8 * _DAY
_BETWEEN = 2 * _MINUTE
"""Seconds between two of the small jobs that may be older still."""

_ALICE = Owner("alice", "751a8f7e-b53a-4ccd-9f4f-e93db6aa38ec", "Alice Adams", in_full=True)
_BRIAN = Owner("brian", "3c1c2b0e-5f0d-4e57-b0a5-7f6fb2f7d8a1")
_CARLA = Owner("carla", "a3a0c1de-9a6b-4c43-8e3c-2f1b8c0c5e77", "Carla Cruz", in_full=True)
_NIGHTLY = Owner("nightly-ci", "0e9f5c44-1f7b-4bb3-b7a0-2d0f3b9b1c11")

_PLAIN = Order("")
"""As one is asked for that says nothing."""
_TOO_MANY, _SOME = 1500, 200
"""Larger environments are deployed in part only: nobody waits long for a made-up past."""


@dataclass(frozen=True, slots=True)
class Deed:
    ago: float
    """Seconds before the world's epoch."""
    owner: Owner
    order: Order
    stopped_after: float | None = None


_DEEDS = (
    Deed(
        7.1 * _DAY, _ALICE, Order("production", noop=True, description="OpenSSL 1.0.2k-26: what would change")
    ),
    Deed(6.9 * _DAY, _ALICE, Order("production", target="Lamp[shop]", description="OpenSSL: the shop first")),
    Deed(5.2 * _DAY, _BRIAN, Order("development")),
    Deed(4.5 * _DAY, _NIGHTLY, Order("staging", noop=True)),
    Deed(4.1 * _DAY, _BRIAN, Order("staging", concurrency=5), stopped_after=40),
    Deed(3.5 * _DAY, _NIGHTLY, Order("staging", noop=True)),
    Deed(2.2 * _DAY, _CARLA, Order("openssl_update", description="try the new branch")),
    Deed(
        1.9 * _DAY,
        _CARLA,
        Order("production", scope={"nodes": ["db-004.example.com", "db-old-01.example.com"]}, debug=True),
    ),
    Deed(1.5 * _DAY, _NIGHTLY, Order("staging", noop=True, userdata={"pipeline": 4711, "branch": "main"})),
    Deed(1.1 * _DAY, _ALICE, Order("production", concurrency=10, description="weekly"), stopped_after=150),
    Deed(5 * _HOUR, _BRIAN, Order("development", target="Lamp", noop=True)),
    Deed(2 * _HOUR, _CARLA, Order("production", target="Forge[modules]")),
    Deed(_MINUTE, _BRIAN, Order("staging", concurrency=4, description="staging follows production")),
)
"""Oldest first; the last is still running when the world begins."""


def begins(settings: Settings) -> float:
    """Seconds of history."""
    return _PAST + settings.past_jobs * _BETWEEN


def past(fleet: Fleet, settings: Settings) -> Iterator[Deed]:
    """The deeds that this fleet and this release allow: a small fleet may lack an application."""
    big = (*_DEEDS, *_hostile_deeds()) if settings.day.hostile else _DEEDS
    for deed in (*_small_deeds(fleet, settings), *big):
        environment = fleet.environments[deed.order.environment]
        if environment.nodes and (order := _possible(deed.order, environment, settings.dialect)):
            yield replace(deed, order=order)


def _possible(order: Order, environment: Environment, dialect: Dialect) -> Order | None:
    """What one could ask for in its place, so that it means much the same; None if nothing does."""
    names = [node.name for node in environment.nodes]
    if len(names) > _TOO_MANY and not order.target and not order.scope:
        order = replace(order, scope={"nodes": names[:_SOME]})
    if order.scope and "scope" not in dialect[Place.DEPLOY]:
        # Only applications could be deployed by themselves.
        target = next(iter(sorted(environment.targets())), None)
        if target is None:
            return None
        order = replace(order, target=target, scope={})
    if order.target and order.target not in environment.targets():
        return None
    if order.target and "target" not in dialect[Place.DEPLOY]:
        order = replace(order, target=None, scope={"application": order.target})
    unknown = [key for key in fields(Order) if key.name not in dialect[Place.DEPLOY]]
    return replace(order, **{key.name: getattr(_PLAIN, key.name) for key in unknown})


def _small_deeds(fleet: Fleet, settings: Settings) -> Iterator[Deed]:
    """On one node each, or on one application; owners, environments, modes and endings take turns."""
    can_be_one_node = "nodes" in settings.dialect[Place.SCOPE]
    environments = [
        environment
        for environment in fleet.environments.values()
        if environment.nodes and (can_be_one_node or environment.targets())
    ]
    for number in range(settings.past_jobs):
        environment = environments[number % len(environments)]
        node = environment.nodes[number % len(environment.nodes)]
        order = Order(
            environment.name,
            noop=number % 3 == 0,
            scope={"nodes": [node.name]},
            description=f"ticket {number + 1}",
        )
        owner = (_ALICE, _BRIAN, _CARLA)[number // len(environments) % 3]
        ago = _PAST + (settings.past_jobs - number) * _BETWEEN
        yield Deed(ago, owner, order, stopped_after=0.1 if number % 10 == 9 else None)


def _hostile_deeds() -> Iterator[Deed]:
    for number, text in enumerate(hostile.TEXTS):
        owner = Owner(text, f"00000000-0000-4000-8000-{number:012}", text, in_full=True)
        order = Order(text, target=f"{text}[{text}]", description=text)
        yield Deed((number + 2) * 10 * _MINUTE, owner, order)
