"""A made-up orchestrator on a real port: for rehearsals, tests, and anyone who writes a client.

It shares no code with the client, so that the two can disagree. Importing this package is cheap and needs
no web server; the first look at `Simulator`, `Tls` or a fault brings in starlette and uvicorn.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from orch_tui.simulator.clock import Clock, ManualClock
from orch_tui.simulator.dialect import DIALECTS, Dialect
from orch_tui.simulator.facts import RELEASES, UNDOCUMENTED
from orch_tui.simulator.scenario import SCENARIOS, Scenario
from orch_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from orch_tui.simulator.exchange import Answer, Request
    from orch_tui.simulator.faults import CutBody, Delay, Drip, Drop, DropAfter, Hang
    from orch_tui.simulator.serve import Tls
    from orch_tui.simulator.simulator import Simulator
    from orch_tui.simulator.world import World

__all__ = [
    "DIALECTS",
    "RELEASES",
    "SCENARIOS",
    "UNDOCUMENTED",
    "Answer",
    "Clock",
    "CutBody",
    "Delay",
    "Dialect",
    "Drip",
    "Drop",
    "DropAfter",
    "Hang",
    "ManualClock",
    "Request",
    "Scenario",
    "Settings",
    "Simulator",
    "Tls",
    "World",
]


_HOMES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("Answer", "Request"), "exchange"),
        **dict.fromkeys(("CutBody", "Delay", "Drip", "Drop", "DropAfter", "Hang"), "faults"),
        **{"Simulator": "simulator", "Tls": "serve", "World": "world"},
    }
)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
