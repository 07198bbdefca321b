"""A node of the fleet, as it is whatever job runs on it."""

from dataclasses import dataclass

from orch_tui.simulator.messages import Cause


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    name: str
    """Its certname."""
    role: str
    environment: str
    """Where it runs unless a job enforces another."""
    connected: bool = True
    """To the PCP broker. If not, no job can run on it."""
    cause: Cause | None = None
    """What goes wrong when Puppet runs here, if anything."""
