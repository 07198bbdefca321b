"""How one run on one node turns out: decided by seed, job and node alone, not by when it is asked."""

import math
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from orch_tui.simulator import messages
from orch_tui.simulator.messages import Cause
from orch_tui.simulator.node import Node
from orch_tui.simulator.order import Order

TYPICAL = 45.0
"""Seconds that a run takes."""
_SHORTEST, _LONGEST = 20.0, 180.0


class Metrics(NamedTuple):
    """Resource counts of a report, named as on the wire."""

    total: int = 0
    failed: int = 0
    changed: int = 0
    skipped: int = 0
    restarted: int = 0
    scheduled: int = 0
    out_of_sync: int = 0
    failed_to_restart: int = 0
    corrective_change: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    state: str
    """finished, failed, errored or skipped."""
    message: str
    metrics: Metrics | None = None
    """None: Puppet never reported."""
    seconds: float = 0.0

    @property
    def status(self) -> str:
        """The report's own verdict. A noop run changes nothing."""
        if self.state == "failed":
            return "failed"
        return "changed" if self.metrics and self.metrics.changed else "unchanged"


def disconnected(node: str) -> Outcome:
    return Outcome("errored", messages.went_wrong(node, messages.not_connected(node)))


def cut_off(node: str) -> Outcome:
    return Outcome("errored", messages.went_wrong(node, messages.FORCED))


def decide(seed: int, job: int, order: Order, environment: str, node: Node) -> Outcome:
    """The outcome of a run that starts; `seconds` is how long it takes, 45 or so (lognormal)."""
    rng = Random(f"{seed}/{job}/{node.name}")
    seconds = min(_LONGEST, max(_SHORTEST, rng.lognormvariate(math.log(TYPICAL), 0.4)))
    cause = node.cause
    if cause and (cause.compiling or not order.noop) and rng.random() < cause.chance:
        message = messages.went_wrong(node.name, cause.on(node.name, environment))
        return Outcome(cause.state, message, _failed_metrics(rng, cause), seconds)
    return Outcome("finished", messages.finished(node.name), _metrics(rng, order.noop), seconds)


def _metrics(rng: Random, noop: bool) -> Metrics:
    total = rng.randint(180, 640)
    drift = 1 + int(rng.expovariate(0.25)) if rng.random() < 0.4 else 0
    if noop:
        return Metrics(total, out_of_sync=drift)
    corrective = rng.randint(0, drift) if rng.random() < 0.2 else 0
    return Metrics(
        total, changed=drift, out_of_sync=drift, restarted=int(drift > 2), corrective_change=corrective
    )


def _failed_metrics(rng: Random, cause: Cause) -> Metrics | None:
    if cause.state == "errored":
        return None
    if cause.compiling:
        return Metrics()  # no catalog, no resources
    failed, changed = rng.randint(1, 2), rng.randint(0, 4)
    return Metrics(
        rng.randint(180, 640),
        failed=failed,
        changed=changed,
        skipped=rng.randint(0, 12),
        out_of_sync=failed + changed,
    )
