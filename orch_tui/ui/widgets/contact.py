"""The line that tells how old the data is, and why it is not newer."""

from textual.content import Content

from orch_tui.session.feed import Reading
from orch_tui.ui.explain import in_one_line
from orch_tui.ui.text import MUTED, duration
from orch_tui.ui.widgets.line import Line


class ContactLine(Line):
    """The age of what is shown; while polls fail also since when, why, and when the next is due."""

    def tell(self, reading: Reading[object], now: float, note: str = "") -> None:
        """Show `reading` as of `now` (monotonic seconds); `note` stands at the right edge."""
        self.right = Content.styled(f"{note} ", MUTED) if note else Content("")
        age = duration(reading.age(now))
        if reading.problem is None:
            known = f" data {age} old" if reading.taken is not None else " connecting …"
            self.content = Content.styled(known, MUTED)
            return
        word = "NO CONTACT" if reading.problem.is_out_of_reach else "NOT UPDATED"
        lost = duration(now - reading.failing_since) if reading.failing_since is not None else ""
        next_try = (
            "" if reading.next_try is None else f" · again in {duration(max(0.0, reading.next_try - now))}"
        )
        old = f" · data {age} old" if reading.taken is not None else ""
        self.content = Content.assemble(
            (f" {word} {lost}", "bold $state-failed"),
            f"{old}{next_try} · {in_one_line(reading.problem)}",
        )
