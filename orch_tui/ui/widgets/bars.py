"""The rollout in bars: one stacked bar of the whole, and a bar and a count for every outcome."""

from collections.abc import Mapping
from itertools import zip_longest

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from orch_tui.domain.node import Outcome, done
from orch_tui.ui.text import MUTED, Sign, outcome_sign, percent

_FULL, _RUNNING, _EMPTY = "█", "▒", "░"
_PARTS = " ▏▎▍▌▋▊▉"

_LEFT = (Outcome.FAILED, Outcome.ERRORED, Outcome.RUNNING, Outcome.QUEUED)
_NOOP_RIGHT = (Outcome.WOULD_CHANGE, Outcome.UNCHANGED, Outcome.SKIPPED, Outcome.NEVER_RAN)
_RIGHT = (Outcome.CHANGED, *_NOOP_RIGHT[1:])
# Shown only where a node has them: no metrics came with the run, or a state that nobody has heard of.
_RARE = (Outcome.FINISHED, Outcome.UNKNOWN)

# In the stacked bar what is done comes first, the good before the bad, as a reader of progress expects.
_STACK = (
    Outcome.UNCHANGED,
    Outcome.FINISHED,
    Outcome.CHANGED,
    Outcome.WOULD_CHANGE,
    Outcome.SKIPPED,
    Outcome.NEVER_RAN,
    Outcome.FAILED,
    Outcome.ERRORED,
    Outcome.UNKNOWN,
    Outcome.RUNNING,
)


class StackedBar(Widget):
    """How much of the rollout is done, and how it went, in one line that ends in numbers."""

    DEFAULT_CSS = """
    StackedBar { height: 1; }
    """

    counts: reactive[Mapping[Outcome, int] | None] = reactive[Mapping[Outcome, int] | None](None)
    """None before anything is known: then there is no number, for none was told."""
    total: reactive[int | None] = reactive[int | None](None)
    """How many nodes there are, counted or not; without it nobody can tell how much is done."""

    def render(self) -> Content:
        counts = self.counts or {}
        ended, total = done(counts), self.total or 0
        share = f"/{total:,} {percent(ended, total):>4}" if self.total is not None else ""
        numbers = "" if self.counts is None else f" {ended:,}{share}"
        room = max(0, self.size.width - len(numbers))
        shares = cells_for([counts.get(outcome, 0) for outcome in _STACK], total, room)
        parts = [
            ((_RUNNING if outcome is Outcome.RUNNING else _FULL) * cells, outcome_sign(outcome).look)
            for outcome, cells in zip(_STACK, shares, strict=True)
        ]
        rest = _EMPTY * (room - sum(shares))
        return Content.assemble(*parts, (rest, MUTED), (numbers, "bold"))


class OutcomeBars(Widget):
    """A bar and a count for every outcome, in fixed places: nothing moves but the bars."""

    DEFAULT_CSS = """
    OutcomeBars { height: auto; }
    """

    counts: reactive[Mapping[Outcome, int] | None] = reactive[Mapping[Outcome, int] | None](None)
    """None before anything is known: then there is no number, not even 0."""
    noop: reactive[bool] = reactive(False)

    _height = 0

    def _rows(self) -> list[tuple[Outcome | None, Outcome | None]]:
        right = _NOOP_RIGHT if self.noop else _RIGHT
        rows = list(zip_longest(_LEFT, right))
        counts = self.counts or {}
        rare = [outcome for outcome in _RARE if counts.get(outcome)]
        other = Outcome.CHANGED if self.noop else Outcome.WOULD_CHANGE
        rare += [other] if counts.get(other) else []
        rows += [(rare[i], rare[i + 1] if i + 1 < len(rare) else None) for i in range(0, len(rare), 2)]
        return rows

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self._rows())

    def _check_height(self) -> None:
        if len(self._rows()) != self._height:
            self._height = len(self._rows())
            self.refresh(layout=True)

    def watch_counts(self) -> None:
        self._check_height()

    def watch_noop(self) -> None:
        self._check_height()

    def render(self) -> Content:
        total = sum(self.counts.values()) if self.counts else 0
        column = max(20, (self.size.width - 2) // 2)
        lines = []
        for row in self._rows():
            cells = [self._bar(outcome, total, column) for outcome in row if outcome is not None]
            lines.append(Content("  ").join(cells))
        return Content("\n").join(lines)

    def _bar(self, outcome: Outcome, total: int, width: int) -> Content:
        sign: Sign = outcome_sign(outcome)
        count = self.counts.get(outcome, 0) if self.counts else 0
        label, number = f"{sign.label:<14}", f"{'' if self.counts is None else f'{count:,}':>7} "
        room = max(0, width - len(label) - len(number))
        bar = smooth_bar(count, total, room)
        look = sign.look if count else MUTED
        return Content.assemble((label, look), (number, look), (bar, sign.look), " " * (room - len(bar)))


def cells_for(counts: list[int], total: int, room: int) -> list[int]:
    """Share cells of `room` out by `counts`, which are parts of `total`.

    Nobody with a count gets none, for a single failed node among thousands must be seen; the longest part
    pays for it, and gets what rounding left over, so that a bar is full when all of `total` is counted.
    """
    if not total or not room:
        return [0] * len(counts)
    shares = [max(1, count * room // total) if count else 0 for count in counts]
    owed = sum(counts) * room // total - sum(shares)
    while owed:
        step = 1 if owed > 0 else -1
        shares[shares.index(max(shares))] += step
        owed -= step
    return shares


def smooth_bar(count: int, total: int, room: int) -> str:
    """A bar of at most `room` cells, in eighths of a cell; never empty for a count above zero."""
    if not (count and total and room):
        return ""
    eighths = max(1, count * room * 8 // total)
    return _FULL * (eighths // 8) + _PARTS[eighths % 8].strip()
