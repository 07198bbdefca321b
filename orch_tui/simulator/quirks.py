"""What is odd about this server until somebody changes it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Quirks:
    twins: int = 0
    """So many deploys from now on are also asked for by a colleague, a moment before."""
    description_limit: int | None = None
    """Characters after which descriptions are cut."""
    stops_last: float = 0.0
    """World seconds that a stop takes at least."""
