"""What is told of a watched job to those who look elsewhere: the terminal's title, and when to call them."""

from orch_tui.domain.node import Outcome
from orch_tui.session.feed import Reading
from orch_tui.session.rollout import Rollout
from orch_tui.ui.explain import in_one_line
from orch_tui.ui.text import joined, lost_word, percent


def title_words(reading: Reading[Rollout]) -> str:
    """One job in the title of a terminal: `production job 42 63% 3 failed`; empty where nothing is known."""
    rollout = reading.value
    if rollout is None:
        return ""
    job, total = rollout.job, rollout.total
    done = job.state_word if job.state.is_over else percent(rollout.done, total) if total else ""
    words = [job.environment, f"job {job.id}", done, _failed_words(rollout), _lost_word(reading)]
    return " ".join(word for word in words if word)


class Calls:
    """Decides when one watched job is worth calling somebody: at its first failure, at its end, and when its
    server was out of reach for longer than until the first retry. What was so when the job was opened is no
    news."""

    def __init__(self) -> None:
        self._is_known = False
        self._has_failed = False
        self._is_over = False
        self._is_lost = False

    def news(self, reading: Reading[Rollout]) -> str:
        """Why to call somebody after this reading, in words; empty: not at all."""
        rollout = reading.value
        if rollout is None:
            return ""
        was_lost, self._is_lost = self._is_lost, bool(_lost_word(reading))
        if reading.problem is not None:
            is_call = self._is_lost and not was_lost and not self._is_over
            return _call(rollout, in_one_line(reading.problem)) if is_call else ""
        return self._ended_or_failed(rollout) if rollout.is_whole else ""

    def _ended_or_failed(self, rollout: Rollout) -> str:
        was_known, had_failed, was_over = self._is_known, self._has_failed, self._is_over
        failed = _failed_words(rollout)
        self._has_failed = bool(failed)
        # The last pictures of a job that had ended when it was opened are no end that anybody waited for.
        is_no_news = rollout.job.state.is_over and (was_over or not was_known)
        self._is_over = rollout.is_complete or is_no_news
        self._is_known = True
        if not was_known:
            return ""
        if self._is_over and not was_over:
            return _call(rollout, joined([rollout.job.state_word, failed or "no node failed"]))
        return _call(rollout, "the first failure") if failed and not had_failed else ""


def _call(rollout: Rollout, words: str) -> str:
    return f"job {rollout.job.id} ({rollout.job.environment}): {words}"


def _failed_words(rollout: Rollout) -> str:
    failed = sum(rollout.counts.get(outcome, 0) for outcome in (Outcome.FAILED, Outcome.ERRORED))
    return f"{failed:,} failed" if failed else ""


def _lost_word(reading: Reading[Rollout]) -> str:
    """That polls go on failing: not after the first, which the next may mend, if there is to be one."""
    if reading.problem is None or (reading.failures == 1 and reading.next_try is not None):
        return ""
    return lost_word(reading.problem)
