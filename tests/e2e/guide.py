"""The guide, played: its commands run and its keys pressed in a real terminal, its screens to compare."""

import os
import re
import socket
import sys
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.terminal import Terminal

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"

ANY = "…"
"""In a screen of the guide: anything, to the end of a word or of many; alone on a line, any lines."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A fenced block: its kind and its text."""

_KEYS = {
    "Enter": "\r",
    "Esc": "\x1b",
    "Tab": "\t",
    "Space": " ",
    "←": "\x1b[D",
    "→": "\x1b[C",
    "Ctrl-C": "\x03",
}
_MOVES = re.compile(
    r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b|\b\d\d:\d\d:\d\d\b"  # times
    r"|\b\d+[dhms](?:\d\d[hms])?\b"  # ages, durations
    r"|\b[0-9a-f]{12}\b"  # marks
    r"|(?<=127\.0\.0\.1:)\d+\b"
    r"|(?<=version {6})\d{10}\b"
)
"""What is another at each run, wherever it stands."""


def play(guide: str, folder: Path) -> Generator[tuple[str, Terminal], None, None]:
    """Each screen of the guide, with the terminal that should come to show it.

    Each block `sh` opens a terminal of its own, `keys` are for the last one. Time passes three times as fast
    as for readers, who need some to read. Close the generator to end all.
    """
    port = _free_port()
    with ExitStack() as windows:
        terminal: Terminal | None = None
        for kind, text in _BLOCK.findall(guide):
            if kind == "sh":
                script = text.replace("8143", port).replace("--speed 10", "--speed 30")
                terminal = windows.enter_context(_window(script, folder))
                continue
            assert terminal is not None, "the guide starts with a command"
            if kind == "keys":
                terminal.press("".join(_KEYS.get(key, key) for key in text.split()))
            elif kind == "screen":
                yield text, terminal
            else:
                raise ValueError(f"the guide has a block of kind {kind}; there are sh, keys and screen")


def is_shown(screen: str, text: str) -> bool:
    """Whether a terminal with that text shows a screen of the guide, however wide the blanks."""
    wanted, gap = _lines(screen), _gap(screen)
    shown = _without_middle(_lines(text), wanted, gap)
    return len(shown) == len(wanted) and all(map(_fits, wanted, shown))


def redrawn(screen: str, text: str) -> str:
    """A screen of the guide as it should be: what still fits stays as it is, with all its `…`."""
    wanted, gap = _lines(screen), _gap(screen)
    shown = _without_middle(_lines(text), wanted, gap)
    old = wanted if len(shown) == len(wanted) else [""] * len(shown)
    lines = (was if _fits(was, now) else _masked(now) for was, now in zip(old, shown, strict=True))
    return "".join(f"{line}\n" for line in lines)


def _window(script: str, folder: Path) -> Terminal:
    """A shell with nobody's settings that runs `script`, and knows the `orch-tui` that is tested."""
    homes = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return Terminal(program=("sh", "-c", script), environment={**homes, "PATH": path}, folder=folder)


def _free_port() -> str:
    """One for the simulator of the guide, whose own may be taken."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


def _lines(text: str) -> list[str]:
    """Without the empty ones above and below."""
    lines = [line.rstrip() for line in text.splitlines()]
    filled = [place for place, line in enumerate(lines) if line]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _gap(screen: str) -> int | None:
    """Which line stands for any lines."""
    lines = _lines(screen)
    return lines.index(ANY) if ANY in lines else None


def _without_middle(shown: list[str], wanted: list[str], gap: int | None) -> list[str]:
    """As many lines as there should be, with those that the guide leaves out as one `…`."""
    if gap is None or len(shown) < len(wanted) - 1:
        return shown
    below = len(wanted) - gap - 1
    return [*shown[:gap], ANY, *shown[len(shown) - below :]]


def _fits(wanted: str, shown: str) -> bool:
    parts = re.split(rf"\s*{ANY}\s*", wanted.strip())
    pattern = ".*".join(r"\s+".join(map(re.escape, part.split())) for part in parts)
    return re.fullmatch(pattern, shown.strip()) is not None


def _masked(line: str) -> str:
    """With `…` in place of what moves, and as wide."""
    return _MOVES.sub(lambda found: ANY.ljust(len(found[0])), line).rstrip()
