"""What a rollout tells when it is looked at as a whole: why nodes failed, and what all come to in sum."""

from collections.abc import Iterator
from datetime import timedelta

from orch_tui.domain.causes import Causes
from orch_tui.domain.summary import Summary, summing
from orch_tui.session.rollout import Rollout

_SUM_AFTER = timedelta(seconds=5)


class Study:
    """Follows the pictures of one rollout, in steps between which others can have their turn.

    Attributes:
        rollout: The latest picture.
        causes: Why nodes went wrong; of the latest picture once `studying` has ended.
        summary: What all come to, at most some seconds behind.
    """

    def __init__(self, causes: Causes) -> None:
        self.rollout: Rollout | None = None
        self.causes = causes
        self.summary = Summary()
        self._summed: Rollout | None = None
        # Nodes that are to be looked at; None: all.
        self._changed: set[int] | None = set()
        self._steps: Iterator[None] | None = None

    def take(self, rollout: Rollout) -> None:
        """Have a new picture."""
        self.rollout = rollout
        if rollout.changed is None:
            self._changed = None
        elif self._changed is not None:
            self._changed |= rollout.changed

    def studying(self) -> Iterator[None]:
        """Come up to the latest picture, and on to those that come meanwhile.

        Where somebody gave up on the way, the next one goes on from there.
        """
        if self._steps is None:
            self._steps = self._studying()
        for _ in self._steps:  # no `yield from`: that would end it together with us
            yield
        self._steps = None

    def _studying(self) -> Iterator[None]:
        while self.rollout is not None and self._changed != set():
            rollout, changed = self.rollout, self._changed
            self._changed = set()
            yield from self.causes.taking(
                rollout.nodes,
                rollout.outcomes,
                range(len(rollout.nodes)) if changed is None else changed,
                rollout.gone,
                rollout.server_time,
            )
        if self.rollout is not None and self._is_sum_due(self.rollout):
            self._summed = self.rollout
            self.summary = yield from summing(self.rollout.nodes, self.rollout.gone)

    def _is_sum_due(self, rollout: Rollout) -> bool:
        before = self._summed
        if before is None or (rollout.is_complete and not before.is_complete):
            return True
        return rollout.nodes is not before.nodes and not (
            timedelta(0) <= rollout.server_time - before.server_time < _SUM_AFTER
        )
