"""Scenarios: what kind of day the simulated world is having."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Order = Mapping[str, object]
"""What the control path would take, see docs/rehearsals.md."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of day. Shares are fractions of nodes."""

    name: str
    line: str
    """What it does, in one line, for `--help`."""
    disconnected: float = 0.007
    """Share of nodes without a connection to the PCP broker: they end `errored`."""
    failing: float = 0.013
    """Share of nodes on which Puppet fails."""
    few_causes: bool = False
    """Most failures share a handful of causes, as after a bad merge."""
    faults: tuple[Order, ...] = ()
    """What requests meet; any number of them, unless it says otherwise."""
    changes: tuple[tuple[float, Order], ...] = ()
    """What happens to the world, and how many of its seconds after it began."""
    token_expires: bool = False
    hostile: bool = False


def _table(*scenarios: Scenario) -> Mapping[str, Scenario]:
    return MappingProxyType({scenario.name: scenario for scenario in scenarios})


SCENARIOS = _table(
    Scenario("calm", "an ordinary day: about 2 % of the nodes fail"),
    Scenario("failures", "about 25 % of the nodes fail, most for a few causes", 0.05, 0.20, few_causes=True),
    Scenario(
        "flaky",
        "about 15 % of all GETs meet a 503 or a broken connection",
        faults=(
            {"fault": "unavailable", "share": 0.04},
            {"fault": "unavailable", "retry_after": "5", "share": 0.04},
            {"fault": "drop", "share": 0.04},
            {"fault": "cut-body", "share": 0.04},
        ),
    ),
    Scenario(
        "bad-network",
        "answers take 0 to 4 s, 10 % are lost, and every two minutes there is none for 20 s",
        faults=(
            {"fault": "hang", "method": "*", "every": 120, "lasts": 20},
            {"fault": "reset", "share": 0.05},
            {"fault": "cut-body", "reset": True, "share": 0.05},
            {"fault": "delay", "method": "*", "seconds": 2, "spread": 2},
        ),
    ),
    Scenario(
        "restarts",
        "the server restarts every minute: for 5 s it is busy, for 10 s connections break",
        faults=(
            {"fault": "drop", "method": "*", "every": 60, "lasts": 10},
            {"fault": "unavailable", "method": "*", "retry_after": "5", "every": 60, "lasts": 15},
        ),
    ),
    Scenario(
        "busy",
        "answers take 1 to 5 s, and a third of the GETs are asked to come back in 20 s",
        faults=(
            {"fault": "unavailable", "retry_after": "20", "share": 0.33},
            {"fault": "delay", "method": "*", "seconds": 3, "spread": 2},
        ),
    ),
    Scenario(
        "restored",
        "90 s after start the last three jobs are forgotten, and another user takes two of their numbers",
        changes=((90.0, {"change": "restore", "jobs": 3, "others": 2}),),
    ),
    Scenario(
        "expired-token",
        "the token expires 60 s after the first deploy, or 90 s after start",
        token_expires=True,
    ),
    Scenario("hostile", "names and messages full of markup, escape sequences and line breaks", hostile=True),
    Scenario("slow", "every answer takes 1.5 s", faults=({"fault": "delay", "method": "*", "seconds": 1.5},)),
)
