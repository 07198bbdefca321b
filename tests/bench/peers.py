"""What we are measured against, in a terminal: a bare Textual app, and Textual's own DataTable.

`python tests/bench/peers.py bare`, or `… table ROWS CHANGES_A_SECOND`.
"""

import random
import sys

from textual.app import App, ComposeResult
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Static

READY = "bench-ready"
_STATES = ("queued", "> running", "+ changed", ". unchanged", "X failed")


class Bare(App[None]):
    """The floor of the framework: one line of text."""

    def compose(self) -> ComposeResult:
        yield Static(READY)


class Table(App[None]):
    """As many rows as a job has nodes; once a second, what so many changes do to their cells."""

    def __init__(self, rows: int, rate: int) -> None:
        super().__init__()
        self._rows, self._rate = rows, rate
        self._chance = random.Random(1)

    def compose(self) -> ComposeResult:
        yield DataTable[str](cursor_type="row", show_header=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for width in (14, 7, 30, 40):
            table.add_column("", width=width)
        for row in range(self._rows):
            table.add_row("queued", "", f"web-{row:06}.example.com", READY)
        if self._rate:
            self.set_interval(1.0, self._change)

    def _change(self) -> None:
        table = self.query_one(DataTable)
        for row in self._chance.sample(range(self._rows), min(self._rate, self._rows)):
            table.update_cell_at(Coordinate(row, 0), self._chance.choice(_STATES))
            table.update_cell_at(Coordinate(row, 1), f"{self._chance.randrange(90)}s")


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        Bare().run()
    else:
        Table(int(sys.argv[2]), int(sys.argv[3])).run()
