"""Which nodes a deploy is for."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_CERTNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,254}")
_COMMENT = re.compile(r"#.*")
_BETWEEN = re.compile(r"[\s,]+")


class ScopeKind(StrEnum):
    """The ways to choose nodes, in the order of the form."""

    ENVIRONMENT = "whole environment"
    APPLICATION = "application"
    NODES = "nodes"
    QUERY = "query"
    NODE_GROUP = "node group"


_KEYS = {
    "application": ScopeKind.APPLICATION,
    "query": ScopeKind.QUERY,
    "node_group": ScopeKind.NODE_GROUP,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The nodes of a deploy, as the server is told of them.

    Attributes:
        value: An application (`Lamp`) or an instance of one (`Lamp[shop]`), a query in PQL or as an array of
            PuppetDB's AST, or the id of a node group.
        nodes: Their names, where `kind` is NODES.
    """

    kind: ScopeKind = ScopeKind.ENVIRONMENT
    value: str = ""
    nodes: tuple[str, ...] = ()

    def keys(self) -> dict[str, object]:
        """The `scope` of a deploy; empty for the whole environment, which is told by sending none."""
        match self.kind:
            case ScopeKind.ENVIRONMENT:
                return {}
            case ScopeKind.NODES:
                return {"nodes": list(self.nodes)}
            case ScopeKind.QUERY if is_array(self.value):
                return {"query": json.loads(self.value)}
        return {key: self.value for key, kind in _KEYS.items() if kind is self.kind}

    @classmethod
    def of_keys(cls, keys: object) -> Self | None:
        """What a `scope` that a server tells of stands for; None where that is not understood."""
        match keys:
            case {"whole_environment": True}:
                return cls()
            case {"nodes": [*names]} if all(isinstance(name, str) for name in names):
                return cls(ScopeKind.NODES, nodes=tuple(str(name) for name in names))
            case {"query": [*query]}:
                return cls(ScopeKind.QUERY, json.dumps(query))
            case {**rest}:
                for key, kind in _KEYS.items():
                    value = rest.get(key)
                    if isinstance(value, str) and value:
                        return cls(kind, value)
        return None

    @classmethod
    def of_target(cls, target: str) -> Self | None:
        """What the target of a job stands for, where no scope is told; the words are recorded."""
        match target:
            case "" | "nodes" | "query":
                return None
            case "whole environment":
                return cls()
        return cls(ScopeKind.APPLICATION, target)


def is_node_name(name: str) -> bool:
    """Whether Puppet allows `name` for a node: anything else is shown, but never sent."""
    return _CERTNAME.fullmatch(name) is not None


def is_array(query: str) -> bool:
    """Whether `query` is PuppetDB's AST and not PQL, which never begins with a bracket."""
    return query.lstrip().startswith("[")


@dataclass(frozen=True, slots=True)
class NodeNames:
    """The names in a list that somebody has written.

    Attributes:
        names: Each once, in the order of the list.
        repeated: How many more there were that had been named before.
        bad: Those that cannot be a node's.
    """

    names: tuple[str, ...] = ()
    repeated: int = 0
    bad: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Names between commas and white space; what follows a `#` on its line is a comment."""
        counts = Counter(filter(None, _BETWEEN.split(_COMMENT.sub("", text))))
        names = tuple(word for word in counts if is_node_name(word))
        good = set(names)
        bad = tuple(word for word in counts if word not in good)
        return cls(names, sum(counts[name] for name in names) - len(names), bad)

    @property
    def fault(self) -> str:
        """What is wrong with the list, in words; empty when nothing is."""
        if self.bad:
            more = f", and {len(self.bad) - 1:,} more like it" if len(self.bad) > 1 else ""
            return f"{self.bad[0][:60]!r} is no name of a node{more}"
        return "" if self.names else "it names no node"
