"""What there is to tell of a watched job to those who read lines and not a screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from orch_tui.domain.job import JobState
from orch_tui.domain.node import Node, Outcome
from orch_tui.domain.problem import Problem, ProblemKind
from orch_tui.session.feed import Reading
from orch_tui.session.rollout import Rollout

_AT_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class JobNews:
    """The job is first seen, or has another state than before."""

    rollout: Rollout


@dataclass(frozen=True, slots=True)
class NodeNews:
    """Something else became of a node than was told before. A queued one is worth no word.

    `seen` is when this was read, by the server's clock.
    """

    node: Node
    outcome: Outcome
    seen: datetime

    @property
    def when(self) -> datetime | None:
        """When it happened, by the server's clock; None where that does not tell."""
        return self.node.finished if self.node.state.is_over else self.node.started


@dataclass(frozen=True, slots=True)
class ContactNews:
    """The server cannot be read any more, for this problem; None: it can be again."""

    problem: Problem | None


@dataclass(frozen=True, slots=True)
class EndNews:
    """The job is over, and all is told."""

    rollout: Rollout

    @property
    def exit_status(self) -> int:
        """3 if the job was stopped, 1 if anything went wrong or nobody knows whether it did, else 0."""
        job, counts = self.rollout.job, self.rollout.counts
        if job.state is JobState.STOPPED:
            return 3
        is_bad = job.state is JobState.FAILED or any(counts.get(o) for o in Outcome if o.is_trouble)
        return 1 if is_bad or self.rollout.unreadable else 0


News = JobNews | NodeNews | ContactNews | EndNews


class Reader:
    """Turns the readings of a job's feed into news; remembers what it has told, so as not to repeat it."""

    def __init__(self) -> None:
        self._state = ""
        self._outcomes: dict[int, Outcome] = {}
        self._trouble = ""

    def news(self, reading: Reading[Rollout]) -> Iterator[News]:
        """What `reading` has that was not told; the last is `EndNews`, when the job is over.

        A list that is still being read is worth no word: its sums are wrong, and would be told again.
        """
        if reading.problem is not None:
            if not reading.is_hiccup:
                yield from self._lost(reading.problem)
            return
        rollout = reading.value
        if rollout is None or not rollout.is_whole:
            return
        if self._trouble:
            self._trouble = ""
            yield ContactNews(None)
        # Nodes of a job that is over may lag behind it: what they are is known when it is complete.
        if rollout.job.state.is_over and not rollout.is_complete:
            return
        yield from self._changes(rollout)

    def _lost(self, problem: Problem) -> Iterator[News]:
        """Once for as long as it lasts; but what a person has to mend is another matter than what passes."""
        trouble = "token" if problem.needs_sign_in else "contact"
        if trouble != self._trouble:
            self._trouble = trouble
            yield ContactNews(problem)

    def _changes(self, rollout: Rollout) -> Iterator[News]:
        state = rollout.job.state_word
        # The last state comes with the end, behind the nodes.
        if not self._state or (state != self._state and not rollout.is_complete):
            self._state = state
            yield JobNews(rollout)
        news = [
            NodeNews(rollout.nodes[place], outcome, rollout.server_time)
            for place, outcome in enumerate(rollout.outcomes)
            if outcome is not self._outcomes.get(place, Outcome.QUEUED) and place not in rollout.gone
        ]
        self._outcomes = dict(enumerate(rollout.outcomes))
        yield from sorted(news, key=lambda each: each.when or _AT_LAST)
        if rollout.is_complete:
            yield EndNews(rollout)


def is_hopeless(problem: Problem, *, can_be_renewed: bool) -> bool:
    """Whether no time heals `problem`: to wait for the end of the job would be to wait for ever.

    Args:
        can_be_renewed: Whether another token can come while we run.
    """
    is_gone = problem.kind in (ProblemKind.UNKNOWN_JOB, ProblemKind.ANOTHER_JOB)
    return is_gone or problem.is_untrusted or (problem.needs_sign_in and not can_be_renewed)
