"""Terminals with few colours, none, or no signs beyond ASCII: everything is told on each."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from orch_tui.ui.terminal.ascii_signs import in_ascii
from tests.e2e.terminal import Terminal
from tests.faults.conftest import Trial


def to_rollout(trial: Trial, terminal: Terminal) -> None:
    """From home over form and Review to a rollout with states of all kinds."""
    terminal.shows("production", "q Quit")
    terminal.press("d")
    terminal.shows("Concurrency", "6 known")
    terminal.press("\r")
    terminal.shows("Enter sends it")
    trial.confirmed += 1
    terminal.press("\r")
    terminal.shows("Nodes", "queued")
    trial.server.clock.advance(240)
    terminal.press("r")
    terminal.shows("X failed ", "> running ", "! errored ")


def walk(trial: Trial, terminal: Terminal) -> None:
    """Over all screens and the dialogs that have signs of their own."""
    terminal.shows("production", "q Quit")
    terminal.press("?")
    terminal.shows("Ctrl-C  Leave")
    terminal.press("\x1b")
    terminal.reads_until(lambda: "Ctrl-C  Leave" not in terminal.text, "the help to go")
    terminal.press(":")
    terminal.shows("Search for a command, environment, job or theme")
    terminal.press("\x1b")
    terminal.reads_until(lambda: "Search for" not in terminal.text, "the palette to go")
    to_rollout(trial, terminal)
    terminal.press("/")
    terminal.shows("words  /regex/")
    terminal.press("h\u00e9\u6f22\u5b57")
    terminal.shows("h?????")
    terminal.press("\x1b")
    terminal.shows("x STOP", "app-0")
    for key, words in (("4", "History"), ("3", "EVENT"), ("2", "CAUSE"), ("t", "Theme: ")):
        terminal.press(key)
        terminal.shows(words)
    terminal.press("x")
    terminal.shows("Stop job", "Enter Choose this")
    terminal.press("\x1b")
    terminal.shows("x STOP")
    terminal.resize(30, 6)
    terminal.shows("needs 60x15")
    terminal.resize(140, 40)
    terminal.shows("x STOP")
    terminal.press("\x03\x03")


@pytest.mark.parametrize(
    "locale",
    [
        {"LANG": "C"},
        {"LANG": "", "LC_CTYPE": "de_DE.ISO-8859-1"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    ],
    ids=["C", "latin", "ascii"],
)
def test_P11_other_locales_get_ascii(trial: Trial, home: dict[str, str], locale: dict[str, str]) -> None:
    with trial.terminal(environment={**home, **locale}) as terminal:
        walk(trial, terminal)
    assert terminal.raw.isascii()
    assert b"\\u" not in terminal.raw


@pytest.mark.parametrize(("configured", "locale"), [(True, "C.UTF-8"), (False, "C")])
def test_P11_the_configuration_goes_before_the_locale(
    trial: Trial, home: dict[str, str], configured: bool, locale: str
) -> None:
    config = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    config.write_text(f"ascii = {str(configured).lower()}\n{config.read_text()}")
    with trial.terminal(environment={**home, "LANG": locale}) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("d")
        terminal.shows("Concurrency", "> production" if configured else "▸ production")
        terminal.press("\x03\x03")
    assert terminal.raw.isascii() == configured


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_P11_what_is_no_ascii_keeps_its_cells(text: str) -> None:
    shown = in_ascii(text)
    assert shown.isascii()
    assert len(shown) == cell_len(text)


@pytest.mark.parametrize("kind", ["linux", "screen", "vt100"])
def test_P10_old_terminals_tell_states_in_words(trial: Trial, home: dict[str, str], kind: str) -> None:
    with trial.terminal(environment={**home, "TERM": kind, "NO_COLOR": "1"}) as terminal:
        terminal.shows("> running", "X failed", "q Quit")
        terminal.press("q")


_LOOKS = re.compile(rb"\x1b\[([0-9;]*)m")
_ATTRIBUTES = {b"", b"0", b"1", b"2", b"3", b"4", b"7", b"9"}


def looks(terminal: Terminal) -> set[bytes]:
    """The numbers of each look that was put on."""
    return set(_LOOKS.findall(terminal.raw))


@pytest.mark.parametrize("theme", ["terminal", "dark"])
def test_P10_without_colours_none_is_sent_and_the_cursor_is_seen(
    trial: Trial, home: dict[str, str], theme: str
) -> None:
    with trial.terminal(f"--theme={theme}", environment={**home, "NO_COLOR": "1"}) as terminal:
        to_rollout(trial, terminal)
        terminal.press("j")
        terminal.is_painted()
        (cursor,) = [line for line in terminal.cells[8:] if line[10].reverse]
        assert "".join(cell.data for cell in cursor).strip().startswith("X failed")
        terminal.press("\x03\x03")
    assert {number for look in looks(terminal) for number in look.split(b";")} <= _ATTRIBUTES


@pytest.mark.parametrize(
    ("theme", "kind", "depth"),
    [
        ("dark", "xterm-256color", rb"[34]8;2;"),
        ("light", "xterm", rb"[34]8;"),
        ("contrast", "linux", rb"[34]8;"),
    ],
)
def test_P10_no_terminal_gets_more_colours_than_it_has(
    trial: Trial, home: dict[str, str], theme: str, kind: str, depth: bytes
) -> None:
    environment = {**home, "TERM": kind, "COLORTERM": ""}
    with trial.terminal(f"--theme={theme}", environment=environment) as terminal:
        to_rollout(trial, terminal)
        terminal.press("j")
        terminal.is_painted()
        for cell in (cell for line in terminal.cells for cell in line if cell.data.strip()):
            assert cell.fg != cell.bg, cell
        terminal.press("\x03\x03")
    assert not [look for look in looks(terminal) if re.search(depth, look)]
