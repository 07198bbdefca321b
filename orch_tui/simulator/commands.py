"""Bodies of the commands: JSON from outside, checked, becomes an order."""

import json
from collections.abc import Mapping

from orch_tui.simulator import errors
from orch_tui.simulator.dialect import Dialect
from orch_tui.simulator.errors import Invalid
from orch_tui.simulator.order import Order

Body = Mapping[str, object]


def parse(raw: bytes) -> Body:
    try:
        body = json.loads(raw)
    except ValueError:
        raise errors.malformed_json() from None
    if not isinstance(body, dict):
        raise Invalid("body", "not a JSON object")
    return body


def job_name(body: Body) -> str:
    """The `job` of POST /command/stop: a string of digits (documented)."""
    name = body.get("job")
    if not (isinstance(name, str) and name.isascii() and name.isdigit()):
        raise Invalid("job", f"{name!r} is not the name of a job")
    return name


def deploy_order(body: Body, dialect: Dialect) -> Order:
    # Invented: keys that the release does not know are ignored, `scope` on 2016.2 among them.
    keys = _Keys({key: value for key, value in body.items() if key in dialect.deploy})
    order = Order(
        environment=keys.environment(),
        noop=keys.flag("noop", False),
        no_noop=keys.flag("no_noop", False),
        concurrency=keys.concurrency(),
        target=keys.text("target").strip() or None,
        scope=keys.scope(dialect),
        enforce_environment=keys.flag("enforce_environment", True),
        description=keys.text("description"),
        debug=keys.flag("debug", False),
        trace=keys.flag("trace", False),
        evaltrace=keys.flag("evaltrace", False),
    )
    if order.noop and order.no_noop:
        raise Invalid("no_noop", "not together with noop")
    if not order.environment:
        _check_blank_environment(order, dialect)
    return order


def _check_blank_environment(order: Order, dialect: Dialect) -> None:
    if not dialect.blank_environment:
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

    def concurrency(self) -> int | None:
        value = self._body.get("concurrency")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise Invalid("concurrency", "not a positive integer")
        return value

    def scope(self, dialect: Dialect) -> Mapping[str, object]:
        scope = self._body.get("scope", {})
        if not isinstance(scope, Mapping):
            raise Invalid("scope", "not an object")
        if not scope:
            return {}
        if len(scope) != 1 or not scope.keys() <= set(dialect.scopes):
            raise Invalid("scope", f"must have exactly one of {', '.join(dialect.scopes)}")
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
