"""What the terminal can do, as far as it tells."""

import os
import sys

from orch_tui.cli.characters import environment_at_start, speaks_utf8
from orch_tui.cli.doctor.report import Report
from orch_tui.ui.terminal.escape import Surroundings

_LEAST_COLUMNS, _LEAST_LINES = 60, 15
_NO_SCREEN = ("", "dumb", "unknown")


def check_terminal(report: Report) -> None:
    """Its kind, size, colours, signs and clipboard; without one, that it is none."""
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        report.note("terminal", "none here: run doctor without pipes where the cockpit is to run")
        return
    kind = os.environ.get("TERM", "")
    if kind in _NO_SCREEN:
        report.bad(
            "terminal", f"TERM={kind or '(unset)'} cannot draw a screen", "try: export TERM=xterm-256color"
        )
        return
    report.good("terminal", f"TERM={kind}, {_colours(kind)}, {_links()}")
    columns, lines = os.get_terminal_size(sys.stderr.fileno())
    if columns >= _LEAST_COLUMNS and lines >= _LEAST_LINES:
        report.good("size", f"{columns}x{lines}")
    else:
        report.bad("size", f"{columns}x{lines}", f"make it {_LEAST_COLUMNS}x{_LEAST_LINES} or larger")
    if speaks_utf8(environment_at_start()):
        report.good("characters", "UTF-8")
    else:
        report.note(
            "characters", "ASCII: the locale is not UTF-8; `export LC_ALL=C.UTF-8`, if the terminal is"
        )
    report.note("clipboard", _clipboard())


def _colours(kind: str) -> str:
    if "NO_COLOR" in os.environ:
        return "no colours (NO_COLOR)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "all colours"
    return "256 colours" if "256color" in kind else "16 colours"


def _links() -> str:
    has_links = Surroundings.of(os.environ).has_links
    return "links can be clicked" if has_links else "links are plain text"


def _clipboard() -> str:
    sent = "`y` sends OSC 52; no terminal tells whether it takes it"
    if "TMUX" in os.environ:
        return f"{sent}. Inside tmux: tmux set -g set-clipboard on, or set -g allow-passthrough on"
    return sent
