"""What was asked for: a deploy as ordered, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Order:
    """A valid body of POST /command/deploy; defaults are the documented ones."""

    environment: str
    noop: bool = False
    no_noop: bool = False
    concurrency: int | None = None
    """Nodes at once. None: the release's default; the server's own slots limit it too."""
    target: str | None = None
    """`Lamp` or `Lamp[shop]`."""
    scope: Mapping[str, object] = field(default_factory=dict)
    """At most one key: application, nodes, query, node_group, whole_environment."""
    enforce_environment: bool = True
    description: str = ""
    debug: bool = False
    trace: bool = False
    evaltrace: bool = False
    userdata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who asked. Both ways of showing an owner are recorded, even from one release."""

    login: str
    id: str
    display_name: str = ""
    in_full: bool = False


CALLER = Owner("operator", "1cadd0e0-5887-4d0e-9d1d-0a5d3b7e0b2c", "Operator", in_full=True)
"""Whoever holds the token."""
TWIN = Owner("colleague", "5f1f3a52-9c52-4c8e-8d52-6f6b2f0f4f7e", "A colleague", in_full=True)
"""Who asks for the very same thing in the very same second."""
