"""Environments, and the applications in them."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from orch_tui.domain.problem import Problem
from orch_tui.domain.scope import Scope, ScopeKind

_DEPLOYABLE = re.compile(r"[A-Za-z0-9_]+")
# An application, or one instance of it: `Lamp`, `Lamp[shop]`, `Forge::Site['production']`.
_TARGET = re.compile(r"[A-Za-z][A-Za-z0-9_]*(::[A-Za-z0-9_]+)*(\[[^\[\]]{1,200}\])?")

_GROUP_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_environment_name(name: str) -> bool:
    """Whether Puppet allows `name` for an environment: anything else is shown, but never sent."""
    return _DEPLOYABLE.fullmatch(name) is not None


def is_group_id(text: str) -> bool:
    """Whether `text` reads as the id of a node group, which is a UUID."""
    return _GROUP_ID.fullmatch(text) is not None


def is_target_name(name: str) -> bool:
    """Whether `name` reads as an application (`Lamp`) or an application instance (`Lamp[shop]`)."""
    return name.isprintable() and _TARGET.fullmatch(name) is not None


class EnvironmentSource(StrEnum):
    """Where a list of environments came from; not every orchestrator lists them itself."""

    ORCHESTRATOR = "orchestrator"
    CLASSIFIER = "node classifier"
    PUPPETDB = "PuppetDB"
    HISTORY = "past jobs"


@dataclass(frozen=True, slots=True)
class EnvironmentList:
    """The names of all known environments, sorted, and who told them; `denied` is why nobody better did."""

    names: tuple[str, ...]
    source: EnvironmentSource
    denied: Problem | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of an application: what a deploy can have as its target."""

    application: str
    title: str
    nodes: tuple[str, ...]

    @property
    def name(self) -> str:
        """As the deploy command wants it: `Lamp[shop]`."""
        return f"{self.application}[{self.title}]"


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """A node group of the classifier; without rules of its own no job can be run on it."""

    id: str
    name: str
    has_rules: bool = True


@dataclass(frozen=True, slots=True)
class Targets:
    """What of one environment can be deployed by itself, and the node groups, which belong to none."""

    applications: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()
    groups: tuple[NodeGroup, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Applications and their instances, each application before its own instances."""
        rows = [(name, "") for name in self.applications]
        rows += [(instance.application, instance.name) for instance in self.instances]
        return tuple(instance or application for application, instance in sorted(set(rows)))

    @property
    def group_names(self) -> tuple[str, ...]:
        """Of the groups that a job can be run on: the name, or the id where several have one name."""
        able = [group for group in self.groups if group.has_rules]
        count = Counter(group.name for group in self.groups)
        return tuple(sorted(group.name if count[group.name] == 1 else group.id for group in able))

    def group_id(self, text: str) -> str | None:
        """The id of the group that `text` names; None where it is neither an id nor the name of just one."""
        if is_group_id(text):
            return text.lower()
        found = [group.id for group in self.groups if group.name == text]
        return found[0] if len(found) == 1 else None

    def nodes_of(self, scope: Scope) -> frozenset[str] | None:
        """The nodes that `scope` names, or None where nobody here can tell."""
        if scope.kind is ScopeKind.NODES:
            return frozenset(scope.nodes)
        if scope.kind is not ScopeKind.APPLICATION:
            return None
        chosen = [i.nodes for i in self.instances if scope.value in (i.name, i.application)]
        return frozenset(name for nodes in chosen for name in nodes) if chosen else None
