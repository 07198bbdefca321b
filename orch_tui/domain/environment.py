"""Environments, and the applications in them."""

import re
from dataclasses import dataclass
from enum import StrEnum

from orch_tui.domain.problem import Problem

_DEPLOYABLE = re.compile(r"[A-Za-z0-9_]+")
# An application, or one instance of it: `Lamp`, `Lamp[shop]`, `Forge::Site['production']`.
_TARGET = re.compile(r"[A-Za-z][A-Za-z0-9_]*(::[A-Za-z0-9_]+)*(\[[^\[\]]{1,200}\])?")


def is_environment_name(name: str) -> bool:
    """Whether Puppet allows `name` for an environment: anything else is shown, but never sent."""
    return _DEPLOYABLE.fullmatch(name) is not None


def is_target_name(name: str) -> bool:
    """Whether `name` reads as an application (`Lamp`) or an application instance (`Lamp[shop]`)."""
    return name.isprintable() and _TARGET.fullmatch(name) is not None


class EnvironmentSource(StrEnum):
    """Where a list of environments came from; not every orchestrator lists them itself."""

    ORCHESTRATOR = "orchestrator"
    CLASSIFIER = "node classifier"
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
class Targets:
    """What of one environment can be deployed by itself."""

    applications: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Applications and their instances, each application before its own instances."""
        rows = [(name, "") for name in self.applications]
        rows += [(instance.application, instance.name) for instance in self.instances]
        return tuple(instance or application for application, instance in sorted(set(rows)))

    def nodes_of(self, target: str) -> frozenset[str] | None:
        """The nodes that `target` names, or None where the server did not tell."""
        chosen = [i.nodes for i in self.instances if target in (i.name, i.application)]
        return frozenset(name for nodes in chosen for name in nodes) if chosen else None
