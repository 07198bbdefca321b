"""Write `promises.md` from the tests that hold them: `python docs/make_promises.py` (a test says when to).

Three faults of the matrix have no row: T9 (there are no client keys), C15 (no file of preferences is written)
and U11 (nothing is sent yet for rows that were marked).
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests"
PAGE = HERE / "promises.md"

_ROWS = re.compile(r"test_((?:[A-Z]\d+_(?:to_)?)+)(\w+)")
_WORDS = {
    "N": "The network",
    "T": "TLS",
    "H": "HTTP",
    "S": "Answers and their meaning",
    "J": "The life of a job",
    "U": "The person at the keys",
    "P": "Terminal and process",
    "C": "Files of the user",
}

_HEAD = """# What orch-tui promises, and the tests that hold it to that

1. **It never does what you did not ask.** One confirmed deploy is at most one request, whatever becomes of
   the answer. Nothing that was sent is ever sent again by the program; of a deploy whose answer was lost it
   looks for the job, and leaves it to a person where it finds none. Read-only profiles send no command.
2. **It never lies.** What is on the screen is what the server said, with its age; a job that is gone, another
   one's number, or a server that went back in time is called that.
3. **It never gets in the way.** No fault of a server, a network, a terminal or a file ends the program,
   freezes it, or leaves the terminal in disorder.

Under every fault below the same eight rules are checked (`tests/faults/conftest.py`), where they apply:

| | |
| --- | --- |
| R1 | No deploy is sent that was not confirmed |
| R2 | The token is shown nowhere |
| R3 | No control character of anybody's text reaches the terminal |
| R4 | The terminal is put right, and the exit code is true |
| R5 | Old data is never shown without its age |
| R6 | The program goes on |
| R7 | The stop works as soon as the fault is gone |
| R8 | Keys are answered all the while |

Two experiments go beyond single faults. `python -m tests.faults.submit_experiment` sends hundreds of deploys
through every fault there is, and kills the program in the middle of hundreds more. `python -m
tests.faults.soak` plays ten hours of rollouts under faults at random. Both are part of the tests in small.
"""


class Row(NamedTuple):
    """One fault, and a test that plays it."""

    letter: str
    number: int
    words: str
    file: str


def rows() -> Iterator[Row]:
    """All faults that a test is named after."""
    for file in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            named = _ROWS.fullmatch(getattr(node, "name", "") or "")
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and named:
                for letter, number in _numbers(named[1]):
                    yield Row(letter, number, named[2].replace("_", " "), f"{file.relative_to(TESTS)}")


def _numbers(names: str) -> Iterator[tuple[str, int]]:
    """`T1_T2_` are two, `T2_to_T5_` are four."""
    for first, last in re.findall(r"([A-Z]\d+)_(?:to_([A-Z]\d+)_)?", names):
        for number in range(int(first[1:]), int((last or first)[1:]) + 1):
            yield first[0], number


def page() -> str:
    """The whole of `promises.md`."""
    parts = [_HEAD]
    found = sorted(rows())
    for letter, title in _WORDS.items():
        parts.append(f"\n## {title}\n\n| fault | what happens | held by |\n| --- | --- | --- |\n")
        told: dict[int, list[Row]] = defaultdict(list)
        for row in found:
            if row.letter == letter:
                told[row.number].append(row)
        for number, same in sorted(told.items()):
            words = "; ".join(dict.fromkeys(row.words for row in same))
            files = ", ".join(dict.fromkeys(f"`{row.file}`" for row in same))
            parts.append(f"| {letter}{number} | {words} | {files} |\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
