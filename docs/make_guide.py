"""Draw anew the screens of the guide that changed: `python -m docs.make_guide` (with the test extra).

A screen is given half a minute to come up as it is written, then what is there is taken, with `…` for times,
ages and marks. What moves besides is for the author: write `…` over it. It stays as long as its line fits.
A new screen is a line of any text for each line to draw, with `…` for those between.
"""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.e2e.guide import GUIDE, is_shown, play, redrawn
from tests.e2e.terminal import Terminal


def current(screen: str, terminal: Terminal) -> str:
    """The screen as it should be in the guide."""
    try:
        terminal.reads_until(lambda: is_shown(screen, terminal.text), "it")
    except AssertionError:
        return redrawn(screen, terminal.text)
    return screen


def main() -> None:
    guide = GUIDE.read_text()
    with TemporaryDirectory() as folder, closing(play(guide, Path(folder))) as screens:
        parts, rest = [], guide
        for screen, terminal in screens:
            before, _, rest = rest.partition(f"```screen\n{screen}```\n")
            new = current(screen, terminal)
            parts.append(f"{before}```screen\n{new}```\n")
            if new != screen:
                print(f"Drawn anew, look at it:\n{new}")
    GUIDE.write_text("".join((*parts, rest)))


if __name__ == "__main__":
    main()
