"""orch-tui: a terminal cockpit for rolling out Puppet changes."""

__version__ = "0.1.0"
