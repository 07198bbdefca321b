"""Bodies of the commands: JSON from outside, checked, becomes an order."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from orch_tui.simulator import errors
from orch_tui.simulator.dialect import Dialect, Keys
from orch_tui.simulator.errors import Invalid
from orch_tui.simulator.facts import Place, Trait
from orch_tui.simulator.order import Order
from orch_tui.simulator.settings import Settings

Body = Mapping[str, object]

_AGENT_COUNTS = (
    *("filetimeout", "http_connect_timeout", "http_keepalive_timeout", "http_read_timeout"),
    "timeout",
)
"""Seconds."""
_AGENT_TEXTS = ("ordering", "skip_tags", "tags")
_AGENT_FLAGS = ("use_cached_catalog", "usecacheonfailure")


def parse(raw: bytes) -> Body:
    try:
        body = json.loads(raw)
    except ValueError:
        raise errors.malformed_json() from None
    if not isinstance(body, dict):
        raise Invalid("body", "not a JSON object")
    return body


def node_names(body: Body) -> Sequence[str]:
    """The `nodes` of POST /inventory."""
    match body.get("nodes"):
        case list(names) if all(isinstance(name, str) for name in names):
            return names
    raise Invalid("nodes", "not a list of certnames")


class StopOrder(NamedTuple):
    """A valid body of POST /command/stop."""

    job: str
    force: bool


def stop_order(body: Body, settings: Settings) -> StopOrder:
    keys = _Keys(_known(body, Place.STOP, settings))
    name = keys.text("job")
    if not (name.isascii() and name.isdigit()):
        raise Invalid("job", f"{name!r} is not the name of a job")
    return StopOrder(name, keys.flag("force", False))


def deploy_order(body: Body, settings: Settings) -> Order:
    dialect = settings.dialect
    keys = _Keys(_known(body, Place.DEPLOY, settings))
    keys.check_agent_flags()
    order = Order(
        environment=keys.environment(),
        noop=keys.flag("noop", False),
        no_noop=keys.flag("no_noop", False),
        concurrency=keys.count("concurrency"),
        target=keys.text("target").strip() or None,
        scope=keys.scope(dialect[Place.SCOPE]),
        enforce_environment=keys.flag("enforce_environment", True),
        description=keys.text("description"),
        debug=keys.flag("debug", False),
        trace=keys.flag("trace", False),
        evaltrace=keys.flag("evaltrace", False),
        userdata=keys.table("userdata"),
    )
    if order.noop and order.no_noop:
        raise Invalid("no_noop", "not together with noop")
    if not order.environment:
        _check_blank_environment(order, dialect)
    elif settings.scope_needed and not order.scope and "target" not in dialect[Place.DEPLOY]:
        raise Invalid("scope", "missing")
    return order


def _known(body: Body, place: Place, settings: Settings) -> Body:
    """What of a body the release documents; what becomes of the rest is unknown on a real server."""
    unknown = [key for key in body if key not in settings.dialect[place]]
    if unknown and settings.unknown_keys == "refused":
        raise Invalid(unknown[0], "unknown key")
    return {key: value for key, value in body.items() if key not in unknown}


def _check_blank_environment(order: Order, dialect: Dialect) -> None:
    if not dialect.has(Trait.BLANK_ENVIRONMENT):
        raise Invalid("environment", "must not be empty")
    if order.enforce_environment:
        raise Invalid("enforce_environment", "must be false if environment is empty")
    if not order.scope or "whole_environment" in order.scope:
        raise Invalid("scope", "needed if environment is empty")


class _Keys:
    """The keys of a body, by type. JSON null is taken for an absent key (invented)."""

    def __init__(self, body: Body) -> None:
        self._body = {key: value for key, value in body.items() if value is not None}

    def environment(self) -> str:
        if "environment" not in self._body:
            raise Invalid("environment", "missing")
        return self.text("environment")

    def text(self, key: str) -> str:
        value = self._body.get(key, "")
        if not isinstance(value, str):
            raise Invalid(key, "not a string")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._body.get(key, default)
        if not isinstance(value, bool):
            raise Invalid(key, "not a boolean")
        return value

    def count(self, key: str) -> int | None:
        value = self._body.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise Invalid(key, "not a positive integer")
        return value

    def table(self, key: str) -> Mapping[str, object]:
        value = self._body.get(key, {})
        if not isinstance(value, Mapping):
            raise Invalid(key, "not an object")
        return value

    def check_agent_flags(self) -> None:
        """Keys that are passed on to the agent, and make no difference here."""
        for key in _AGENT_COUNTS:
            self.count(key)
        for key in _AGENT_TEXTS:
            self.text(key)
        for key in _AGENT_FLAGS:
            self.flag(key, False)

    def scope(self, known: Keys) -> Mapping[str, object]:
        scope = self.table("scope")
        if not scope:
            return {}
        if len(scope) != 1 or not scope.keys() <= set(known):
            raise Invalid("scope", f"must have exactly one of {', '.join(known)}")
        for kind, value in scope.items():
            _check_scope(kind, value)
        return scope


def _check_scope(kind: str, value: object) -> None:
    match kind, value:
        case "application" | "node_group", str():
            return
        case "nodes", list(names) if all(isinstance(name, str) for name in names):
            return
        case "query", str() | list():
            return
        case "whole_environment", True:
            return
    raise Invalid(f"scope.{kind}", f"{value!r} will not do")
