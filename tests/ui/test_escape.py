"""What goes to the terminal besides pictures, byte by byte."""

import re
from base64 import b64decode

import pytest

from orch_tui.ui.terminal.escape import Surroundings

BARE = Surroundings.of({"TERM": "xterm-256color"})
TMUX = Surroundings.of({"TERM": "screen-256color", "TMUX": "/tmp/tmux,1,0"})
SCREEN = Surroundings.of({"TERM": "screen", "STY": "1.pts"})
TEXT = "naïve\n" * 200


def unwrapped_by_tmux(sent: str) -> str:
    """What tmux passes on of a command for another terminal."""
    wrapped = re.fullmatch("\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\\\", sent)
    assert wrapped is not None
    return wrapped[1].replace("\x1b\x1b", "\x1b")


def unwrapped_by_screen(sent: str) -> str:
    """What GNU screen passes on; each piece is as short as its old releases want it."""
    assert re.fullmatch("(?:\x1bP.{1,250}?\x1b\\\\)+", sent, re.DOTALL)
    return "".join(re.findall("\x1bP(.*?)\x1b\\\\", sent, re.DOTALL))


def copied(command: str) -> str:
    """The text that a terminal takes from OSC 52."""
    told = re.fullmatch("\x1b\\]52;c;([A-Za-z0-9+/=]*)\x07", command)
    assert told is not None
    return b64decode(told[1]).decode()


def test_each_between_us_and_the_terminal_passes_the_clipboard_on() -> None:
    command = BARE.clipboard(TEXT)
    assert copied(command) == TEXT
    assert unwrapped_by_screen(SCREEN.clipboard(TEXT)) == command
    for_tmux = TMUX.clipboard(TEXT)
    assert for_tmux.startswith(command), "tmux itself takes it where it is told to"
    assert unwrapped_by_tmux(for_tmux.removeprefix(command)) == command


def test_a_tmux_at_the_other_end_of_a_connection_is_known_by_its_terminal() -> None:
    assert Surroundings.of({"TERM": "tmux-256color"}).clipboard("x") == TMUX.clipboard("x")


@pytest.mark.parametrize(("length", "fits"), [(56_244, True), (56_247, False)])
def test_what_some_terminals_would_cut_is_too_much(length: int, fits: bool) -> None:
    assert BARE.fits_clipboard("x" * length) is fits


@pytest.mark.parametrize("kind", ["linux", "vt100", "ansi"])
def test_terminals_that_would_print_it_are_sent_nothing_but_a_bell(kind: str) -> None:
    simple = Surroundings.of({"TERM": kind})
    assert not simple.fits_clipboard("x")
    assert not simple.has_titles
    assert simple.call("osc9", "job 7") == "\x07"


def test_half_a_character_ends_nothing() -> None:
    assert copied(BARE.clipboard("a\ud800")) == "a?"


def test_titles_and_calls_carry_no_control_character_and_are_short() -> None:
    hostile = "job\x1b]52;c;AAAA\x07\x9c; 7 " + "x" * 500
    title = BARE.title(hostile)
    assert re.fullmatch("\x1b]2;[^\x00-\x1f\x7f-\x9f]{80}\x07", title)
    assert re.fullmatch("\x1b]9;[^\x00-\x1f\x7f-\x9f]{200}\x07", BARE.call("osc9", hostile))
    told = BARE.call("osc777", hostile).removeprefix("\x1b]777;notify;orch-tui;")
    assert re.fullmatch("[^;\x00-\x1f\x7f-\x9f]{200}\x07", told), "a semicolon would end it"
    assert unwrapped_by_tmux(TMUX.call("osc9", "job 7")) == "\x1b]9;job 7\x07"
    assert (TMUX.call("bell", "job 7"), TMUX.call("off", "job 7")) == ("\x07", "")


@pytest.mark.parametrize(
    "variables",
    [
        {"TERM": "xterm-kitty"},
        {"TERM": "foot-extra"},
        {"TERM": "alacritty"},
        {"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"},
        {"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"},
        {"TERM": "xterm-256color", "VTE_VERSION": "7006"},
        {"TERM": "xterm-256color", "WT_SESSION": "1"},
        {"TERM": "tmux-256color", "TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"},
        {"TERM": "screen", "TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "next-3.10"},
    ],
)
def test_terminals_that_know_links(variables: dict[str, str]) -> None:
    assert Surroundings.of(variables).has_links


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"TERM": "xterm-256color"},
        {"TERM": "xterm", "TERM_PROGRAM": "Apple_Terminal"},
        {"TERM": "xterm", "VTE_VERSION": "4602"},
        {"TERM": "linux", "WT_SESSION": "1"},
        {"TERM": "screen-256color", "LC_TERMINAL": "iTerm2"},
        {"TERM": "xterm-kitty", "STY": "1.pts"},
        {"TERM": "tmux-256color", "TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"},
        {"TERM": "tmux-256color", "TMUX": "x", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "master"},
        {"TERM": "tmux-256color", "TMUX": "x", "TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20240203"},
        {"TERM": "tmux-256color", "LC_TERMINAL": "iTerm2", "VTE_VERSION": "7006"},
    ],
)
def test_terminals_of_which_nobody_knows_that_they_do(variables: dict[str, str]) -> None:
    assert not Surroundings.of(variables).has_links
