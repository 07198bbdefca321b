"""Scenarios: what kind of day the simulated world is having."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of day. Shares are fractions of nodes or requests, delays are real seconds."""

    name: str
    line: str
    """What it does, in one line, for `--help`."""
    disconnected: float = 0.007
    """Share of nodes without a connection to the PCP broker: they end `errored`."""
    failing: float = 0.013
    """Share of nodes on which Puppet fails."""
    few_causes: bool = False
    """Most failures share a handful of causes, as after a bad merge."""
    flaky: float = 0.0
    """Share of GETs that meet a 503 or a broken connection. Never a POST."""
    delay: float = 0.0
    """Every answer comes this much later."""
    token_expires: bool = False
    hostile: bool = False
    lists_environments: bool = True


def _table(*scenarios: Scenario) -> Mapping[str, Scenario]:
    return MappingProxyType({scenario.name: scenario for scenario in scenarios})


SCENARIOS = _table(
    Scenario("calm", "an ordinary day: about 2 % of the nodes fail"),
    Scenario("failures", "about 25 % of the nodes fail, most for a few causes", 0.05, 0.20, few_causes=True),
    Scenario("flaky", "about 15 % of all GETs meet a 503 or a broken connection", flaky=0.15),
    Scenario(
        "expired-token",
        "the token expires 60 s after the first deploy, or 90 s after start",
        token_expires=True,
    ),
    Scenario("hostile", "names and messages full of markup, escape sequences and line breaks", hostile=True),
    Scenario("slow", "every answer takes 1.5 s", delay=1.5),
    Scenario(
        "no-environments", "/environments answers 404, as it may on newer releases", lists_environments=False
    ),
)
