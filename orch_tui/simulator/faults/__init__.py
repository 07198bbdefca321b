"""Faults on demand: what networks, proxies, tired servers and other people do to a request."""

from orch_tui.simulator.faults.connection import (
    CutBody,
    Delay,
    Drip,
    Drop,
    DropAfter,
    Hang,
    HangAfter,
    Late,
    Reset,
    ResetAfter,
    Throttle,
)
from orch_tui.simulator.faults.contents import Rewrite, SkewDate, WrongShape
from orch_tui.simulator.faults.fault import Fault
from orch_tui.simulator.faults.pages import (
    BadJson,
    Empty,
    GzipBomb,
    HostileReason,
    Huge,
    HugeHeader,
    LoginPage,
    Missing,
    OwnAnswer,
    Redirect,
    SetCookie,
    Unavailable,
)
from orch_tui.simulator.faults.plan import Faults, Meeting
from orch_tui.simulator.named import table

FAULTS = table(
    *(Drop, DropAfter, Reset, ResetAfter, CutBody, Hang, HangAfter, Drip, Delay, Throttle, Late),
    *(Unavailable, LoginPage, Redirect, Missing, OwnAnswer, Empty, BadJson, GzipBomb, Huge, HugeHeader),
    *(HostileReason, SetCookie, WrongShape, Rewrite, SkewDate),
)
"""Every fault by the name that the control path and the scenarios know it by."""

__all__ = [
    "FAULTS",
    "BadJson",
    "CutBody",
    "Delay",
    "Drip",
    "Drop",
    "DropAfter",
    "Empty",
    "Fault",
    "Faults",
    "GzipBomb",
    "Hang",
    "HangAfter",
    "HostileReason",
    "Huge",
    "HugeHeader",
    "Late",
    "LoginPage",
    "Meeting",
    "Missing",
    "OwnAnswer",
    "Redirect",
    "Reset",
    "ResetAfter",
    "Rewrite",
    "SetCookie",
    "SkewDate",
    "Throttle",
    "Unavailable",
    "WrongShape",
]
