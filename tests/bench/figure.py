"""One figure beside its floor or peer, and the table of all."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `most` is the target, as a value or, with `by_ratio`, as a multiple of `peer`."""

    what: str
    value: float
    unit: str
    beside: str = ""
    peer: float | None = None
    most: float | None = None
    by_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer if self.peer else None

    @property
    def is_met(self) -> bool | None:
        if self.most is None:
            return None
        measured = self.ratio if self.by_ratio else self.value
        return None if measured is None else measured <= self.most

    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{number(self.ratio)}x"
        beside = self.beside if self.peer is None else f"{self.beside}: {number(self.peer)} {self.unit}"
        target = ""
        if self.most is not None:
            target = f"<= {number(self.most)}{'x' if self.by_ratio else ' ' + self.unit}"
        met = {None: "", True: "yes", False: "NO"}[self.is_met]
        return (self.what, f"{number(self.value)} {self.unit}", beside, ratio, target, met)


def number(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def part(values: Sequence[float], share: float) -> float:
    """The value below which so large a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def as_table(figures: Sequence[Figure]) -> str:
    """Markdown, aligned so that it can be read as it is."""
    titles = ("figure", "ours", "beside it", "ratio", "target", "met")
    rows = [titles, *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)
