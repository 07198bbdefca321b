"""Node groups of the classifier: named rules over nodes, for deploys and for those who must find them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from uuid import UUID

from orch_tui.simulator import hostile
from orch_tui.simulator.errors import Json
from orch_tui.simulator.node import Node
from orch_tui.simulator.query import compile_query
from orch_tui.simulator.settings import Settings

ROOT = "00000000-0000-4000-8000-000000000000"
"""The id that All Nodes has everywhere (documented)."""

Rule = list[object]
_EVERYTHING: Rule = ["and", ["~", "name", ".*"]]


@dataclass(frozen=True, slots=True)
class NodeGroup:
    id: str
    name: str
    description: str
    environment: str = "production"
    rule: Rule | None = None
    """None: the group has no rules of its own, and so no job can be run on it (documented)."""

    def nodes(self, fleet: Mapping[str, Node]) -> tuple[Node, ...]:
        """Its members among the nodes of the fleet."""
        if self.rule is None:
            return ()
        matches = compile_query(["from", "nodes", self.query()]).matches
        return tuple(node for node in fleet.values() if matches(node))

    def inherited_rule(self) -> Rule:
        """What a node must meet: all groups are children of All Nodes here."""
        own = self.rule or []
        return own if self.id == ROOT or not own else ["and", own, _EVERYTHING]

    def query(self) -> object:
        """The inherited rule as PuppetDB's AST."""
        return _translated(self.inherited_rule())

    def json(self) -> Json:
        """An item of the classifier's list (documented)."""
        return {
            "name": self.name,
            "id": self.id,
            "description": self.description,
            "environment": self.environment,
            "environment_trumps": False,
            "parent": ROOT,
            "rule": self.rule,
            "classes": {},
            "config_data": {},
            "variables": {},
            "last_edited": "2018-02-20T02:36:17.776Z",
            "serial_number": 1,
        }

    def rules(self) -> Json:
        """GET /v1/groups/:id/rules (documented; for a group without rules unknown, here all null)."""
        query = self.query() if self.rule else None
        return {
            "rule": self.rule,
            "rule_with_inherited": self.inherited_rule() or None,
            "translated": {"nodes_query_format": query, "inventory_query_format": query},
        }


def node_groups(settings: Settings) -> Mapping[str, NodeGroup]:
    """By id: the root, one group for each environment and some roles, one pinned, one without rules."""
    groups = [NodeGroup(ROOT, "All Nodes", "Every node there is", rule=_EVERYTHING), *_groups(settings)]
    return {group.id: group for group in groups}


def _groups(settings: Settings) -> Iterator[NodeGroup]:
    def group(name: str, description: str, rule: Rule | None, environment: str = "production") -> NodeGroup:
        number = Random(f"{settings.seed}/group/{name}").getrandbits(128)
        return NodeGroup(str(UUID(int=number, version=4)), name, description, environment, rule)

    for environment in ("production", "staging", "development"):
        rule: Rule = ["=", ["fact", "agent_specified_environment"], environment]
        yield group(f"{environment.title()} environment", f"Runs in {environment}", rule, environment)
    yield group("Webservers", "All that face the web", ["~", "name", "^web-"])
    yield group("Databases", "", ["=", ["trusted", "extensions", "pp_role"], "db"])
    pinned: Rule = ["or", ["=", "name", "web-001.example.com"], ["=", "name", "db-001.example.com"]]
    yield group("Canaries", "Pinned by hand; a change goes here first", pinned)
    yield group("Retired", "Nothing is left of it", ["=", "name", "gone.example.com"])
    yield group("PE Infrastructure", "Has only child groups", None)
    if settings.day.hostile:
        for text in hostile.TEXTS:
            yield group(text, text, ["~", "name", "hostile"], text)


def _translated(rule: object) -> object:
    match rule:
        case ["and" | "or" | "not" as operator, *operands]:
            return [operator, *map(_translated, operands)]
        case [operator, "name", value]:
            return [operator, "certname", value]
    return rule
