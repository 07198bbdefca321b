"""The line that tells how old the data is, and why it is not newer."""

from textual.content import Content

from orch_tui.session.feed import LONGEST_ASKED_WAIT, Reading
from orch_tui.ui.explain import in_one_line
from orch_tui.ui.text import MUTED, duration, lost_word
from orch_tui.ui.widgets.key_line import key_for
from orch_tui.ui.widgets.line import Line

_SLOW = 1.0
"""Seconds after which an answer is called slow."""

_LONG = 3.0
"""Seconds after which it is told how long the first answer has been waited for."""


class ContactLine(Line):
    """The age of what is shown; while polls fail also since when, why, and when the next is due."""

    _since: float | None = None

    def tell(self, reading: Reading[object], now: float, note: str = "", frozen: str = "") -> None:
        """Show `reading` as of `now` (monotonic seconds).

        Args:
            note: Stands at the right edge, where there is room.
            frozen: That rows are not as new as `reading`; stands first.
        """
        self.right = Content.styled(f"{note} ", MUTED) if note else Content("")
        age = duration(reading.age(now))
        if reading.problem is None or reading.is_hiccup:
            known = f" data {age} old" if reading.taken is not None else self._connecting(now)
            slow = f" · slow: {reading.took:.1f} s" if reading.took >= _SLOW else ""
            self.content = Content.assemble(_loud(frozen), (known + slow, MUTED))
            return
        word = lost_word(reading.problem)
        lost = duration(now - reading.failing_since) if reading.failing_since is not None else ""
        old = f" · data {age} old" if reading.taken is not None else ""
        self.content = Content.assemble(
            _loud(frozen),
            (f" {word} {lost}", "bold $state-failed"),
            f"{old} · {self._way_on(reading, now)}{in_one_line(reading.problem)}",
        )

    def _connecting(self, now: float) -> str:
        """The first words are those of the first frame; who waits longer sees that something goes on."""
        self._since = now if self._since is None else self._since
        waited = now - self._since
        return f" connecting … {duration(waited)}" if waited >= _LONG else " connecting …"

    def _way_on(self, reading: Reading[object], now: float) -> str:
        assert reading.problem is not None
        if reading.problem.needs_sign_in:
            return self._key("sign_in", "signs in")
        if reading.next_try is None:
            return self._key("refresh", "tries again")
        asked = reading.problem.retry_after or 0.0
        longer = f" (it asked for {duration(asked)})" if asked > LONGEST_ASKED_WAIT else ""
        return f"again in {duration(max(0.0, reading.next_try - now))}{longer} · "

    def _key(self, action: str, does: str) -> str:
        key = key_for(self.screen, action)
        return f"{key} {does} · " if key else ""


def _loud(words: str) -> tuple[str, str]:
    return f" {words} " if words else "", "bold reverse"
