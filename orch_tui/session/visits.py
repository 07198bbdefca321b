"""The jobs that somebody looked at, for whoever takes over when the program ends."""

from dataclasses import replace

from orch_tui.session.rollout import Rollout
from orch_tui.session.study import Study


class Visits:
    """The job that was looked at last, in full; of those before it, what they came to.

    Attributes:
        last: Follows the job that is, or was, on the screen.
        earlier: Jobs as they were when another was looked at, the last one at the end; without their nodes,
            of which there may be a hundred thousand each.
    """

    def __init__(self) -> None:
        self.last: Study | None = None
        self.earlier: dict[str, Rollout] = {}

    def look_at(self, study: Study) -> None:
        """From now on this one is looked at."""
        before = self.last.rollout if self.last is not None and self.last is not study else None
        if before is not None:
            self.earlier.pop(before.job.id, None)
            self.earlier[before.job.id] = replace(before, nodes=(), gone=frozenset(), outcomes=(), events=())
        self.last = study
