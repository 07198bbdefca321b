"""The lines of a check-up."""

from orch_tui.cli.output import put
from orch_tui.cli.waiting import Waiting
from orch_tui.plain import plain

_WIDTH = 12


class Report:
    """Prints each finding as soon as it is known: `ok` is well, `--` needs no mending, `!!` does."""

    def __init__(self) -> None:
        self._bad = 0
        self._waiting = Waiting()

    def begin(self, what: str) -> None:
        """A check begins that may take its time: say so, if it does."""
        self._waiting.begin(what)

    def good(self, what: str, words: str) -> None:
        """It works."""
        self._line("ok", what, words)

    def note(self, what: str, words: str) -> None:
        """Nothing is wrong with it, or it could not be checked."""
        self._line("--", what, words)

    def bad(self, what: str, words: str, advice: str) -> None:
        """It does not work; `advice` mends it."""
        self._bad += 1
        self._line("!!", what, words)
        self._line("", "", f"-> {advice}")

    def close(self, exit_unwell: int) -> int:
        """Sum up; the exit code."""
        self._waiting.end()
        put("All is well.\n" if not self._bad else f"{self._bad} to mend: see !!\n")
        return exit_unwell if self._bad else 0

    def _line(self, mark: str, what: str, words: str) -> None:
        self._waiting.end()
        put(f"{mark:<2}  {what:<{_WIDTH}}  {plain(words)}\n")
