"""Terminals that send anything, take nothing, change their size, or are hardly terminals at all."""

import os
import pty
import select
import signal
import sys
import threading
import tty
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste
from textual.message import Message

from orch_tui.ui.terminal.keyboard import Keyboard, TolerantParser
from orch_tui.ui.terminal.output import Output
from tests.e2e.terminal import Terminal
from tests.faults.conftest import Trial, often

ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"


def events(*chunks: bytes) -> list[Message]:
    """What Textual is told of what a terminal sent."""
    keyboard, parser = Keyboard(), TolerantParser()
    texts = [text for chunk in chunks if (text := keyboard.text(chunk))]
    return [event for text in texts for event in parser.feed(text)]


def keys(*chunks: bytes) -> list[str]:
    return [event.key for event in events(*chunks) if isinstance(event, Key)]


# Whole bytes, and the beginnings of what terminals really send.
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [b"\x1b[M", b"\x1b[<", b"\x1b[200~", b"\x1b[201~", b"\x1b[48;", b"\x1b]11;", b"\xe2\x82"]
    ),
    st.from_regex(rb"\x1b\[[0-9:;?<]{0,12}[a-zA-Z~$]", fullmatch=True),
)


@given(st.lists(PIECES, max_size=12))
def test_no_bytes_end_the_input(chunks: list[bytes]) -> None:
    for event in events(*chunks):
        if isinstance(event, Key) and event.character:
            event.character.encode()  # no half of a character, which nobody could write down


@given(st.text(st.characters(max_codepoint=0x7F, min_codepoint=0x20)), st.data())
def test_bytes_beyond_ascii_press_no_key(typed: str, data: st.DataObject) -> None:
    sent = bytearray()
    for character in typed:
        sent += bytes(data.draw(st.lists(st.integers(0x80, 0xFF), max_size=3))) + character.encode()
    assert [key for key in keys(bytes(sent)) if key.isascii() and len(key) == 1] == [
        key for key in keys(typed.encode()) if key.isascii() and len(key) == 1
    ]


@given(st.binary(min_size=3, max_size=3).map(lambda raw: bytes(b | 0x20 for b in raw)), st.integers(0, 6))
def test_an_old_mouse_report_is_dropped_whole_however_it_is_cut(place: bytes, cut: int) -> None:
    report = b"\x1b[M" + place
    assert keys(report[:cut], report[cut:], b"j") == ["j"]


@pytest.mark.parametrize(
    "report",
    [b"\x1b[?62;1;6c", b"\x1b[97:65;2u", b"\x1b[99999999999u", b"\x1b[55296u", b"\x1b[1;2;3;4y", b"\x1b[0n"],
)
def test_what_a_terminal_reports_presses_no_key(report: bytes) -> None:
    assert keys(report, b"j") == ["j"]


@pytest.mark.parametrize(
    "stowaway", [b"\x1b[31mred\r", b"\x1b", b"\x1b[M", b"\x1bOP" + 40 * b"x", b"\x1b[201"]
)
def test_U4_escapes_within_a_paste_press_no_key(stowaway: bytes) -> None:
    told = events(b"\x1b[200~a", stowaway, b"d\r", b"\x1b[201~", b"j")
    assert [type(event) for event in told] == [Paste, Key]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        (b"\x1b[A", "up"),
        (b"\x1b[[A", "f1"),
        (b"\x1bOP", "f1"),
        (b"\x1b[97;5u", "ctrl+a"),
        ("é".encode(), "é"),
    ],
)
def test_keys_are_still_keys(sent: bytes, key: str) -> None:
    assert keys(*(bytes([byte]) for byte in sent)) == [key]


def test_bytes_that_no_keyboard_sends_end_nothing(trial: Trial, home: dict[str, str]) -> None:
    with trial.terminal(environment=home) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press(b"\xff\xfe\x80\xe9\x1b[M\x20\xff\xff\x1b[97:65;2u\x1b[?62;6c\x1b[48;0;0;0;0t")
        terminal.press("?")
        terminal.shows("Ctrl-C  Leave")
        terminal.press("\x03\x03")


@pytest.fixture
def stalled() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal, raw; nobody reads from the first."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, slave
    os.close(master)
    os.close(slave)


def read_all(master: int) -> bytes:
    raw = b""
    while select.select([master], [], [], 0.3)[0]:
        raw += os.read(master, 65536)
    return raw


PICTURE = "x" * 8000
SWITCH = "\x1b[?7l"


def test_P7_what_a_stalled_terminal_does_not_take_is_dropped_but_not_the_switches(
    stalled: tuple[int, int],
) -> None:
    master, slave = stalled
    recovered = threading.Event()
    output = Output(slave, recovered.set)
    for _ in range(500):
        output.write(PICTURE)
        output.write(SWITCH)
    assert not recovered.is_set()
    raw = read_all(master)
    assert recovered.wait(10)
    assert raw.count(SWITCH.encode()) == 500
    assert raw.count(PICTURE.encode()) < 100
    output.write("the truth")
    output.close(patience=10)
    assert read_all(master) == b"the truth"


def test_P7_what_was_copied_is_not_dropped_and_comes_before_the_words_that_say_so(
    stalled: tuple[int, int],
) -> None:
    master, slave = stalled
    recovered = threading.Event()
    output = Output(slave, recovered.set)
    for written in (PICTURE, "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\", PICTURE):
        for _ in range(1 if "]52;" in written else 100):
            output.write(written)
    assert not recovered.is_set()
    assert read_all(master).count(b"]52;c;eA==") == 1
    assert recovered.wait(10), "until then nothing is drawn that could say so"
    output.close(patience=10)


def test_P7_closed_while_stalled_it_still_gives_the_terminal_back(stalled: tuple[int, int]) -> None:
    master, slave = stalled
    output = Output(slave, lambda: None)
    for _ in range(100):
        output.write(PICTURE)
    output.write("\x1b[?1049l")
    output.close(patience=0.2)
    assert "terminal output" not in {thread.name for thread in threading.enumerate()}
    assert read_all(master).endswith(b"\x1b[?1049l")


def test_P7_a_link_that_was_cut_short_is_not_left_open(stalled: tuple[int, int]) -> None:
    master, slave = stalled
    output = Output(slave, lambda: None)
    for _ in range(30):
        output.write(f"\x1b]8;;https://pe.example.com\x1b\\{PICTURE}\x1b]8;;\x1b\\")
    output.write("\x1b[?1049l")
    output.close(patience=0.2)
    assert read_all(master).endswith(b"\x18\x1b]8;;\x1b\\\x1b[?1049l")


def fill(trial: Trial, terminal: Terminal) -> None:
    """Do not read while much is drawn; each time the program shows by a poll that it goes on."""
    for _ in range(12):
        asked = trial.polls()
        terminal.press("t")
        terminal.waits_until(lambda asked=asked: trial.polls() > asked, "a poll")  # type: ignore[misc]


def test_P7_a_stalled_terminal_stops_neither_polls_nor_answers(trial: Trial, home: dict[str, str]) -> None:
    often(home)
    trial.confirmed = 1
    with trial.terminal(environment=home, size=(300, 100)) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("d")
        terminal.shows("Concurrency")
        terminal.press("\r")
        terminal.shows("Enter sends it, once.")
        terminal.press("\r")
        terminal.waits_until(lambda: bool(trial.server.posts("deploy")), "the deploy")
        fill(trial, terminal)
        trial.server.clock.advance(7200)
        asked = trial.polls()
        terminal.waits_until(lambda: trial.polls() > asked + 2, "the last polls")
        terminal.shows("complete", "job 1814")
        terminal.press("qq")


def test_P7_P3_a_stalled_terminal_does_not_hold_up_the_end(trial: Trial, home: dict[str, str]) -> None:
    often(home)
    with Terminal(environment=home, size=(300, 100)) as terminal:
        terminal.shows("production", "q Quit")
        fill(trial, terminal)
        terminal.process.send_signal(signal.SIGTERM)
        terminal.waits_until(lambda: terminal.process.poll() is not None, "the end")
        assert terminal.ends() == 128 + signal.SIGTERM
        assert LEFT in terminal.raw
        assert terminal.modes() == terminal.modes_before


def test_P8_any_size_is_lived_with(trial: Trial, home: dict[str, str]) -> None:
    with trial.terminal(environment=home) as terminal:
        terminal.shows("production", "q Quit")
        for size in ((1, 1), (2, 300), (500, 200), (65535, 65535), (3, 1)) * 20:
            terminal.resize(*size)
        for size in ((20, 5), (59, 40), (140, 14)):
            terminal.resize(*size)
            terminal.shows("needs 60x15")  # a key that comes before the new size is known is for the old one
            terminal.press("d\r\rq")
            terminal.all_is_taken()  # and one that comes after the next size is for that one
            terminal.shows("needs 60x15", "Ctrl-C leaves")
        terminal.resize(60, 15)
        terminal.shows("production", "r Refresh")
        assert "Concurrency" not in terminal.text
        terminal.press("q")


def test_P8_small_from_the_start_it_tells_the_essentials(trial: Trial, home: dict[str, str]) -> None:
    with trial.terminal(environment=home, size=(30, 6)) as terminal:
        terminal.shows("1 jobs run", "needs 60x15", "Ctrl-C leaves")
        terminal.press("d\r\rqx")
        terminal.all_is_taken()
        terminal.resize(30, 3)
        terminal.reads_until(lambda: "Ctrl-C leaves" not in terminal.text, "a smaller summary")
        terminal.press("\x03")


@pytest.mark.parametrize("kind", ["dumb", "", "unknown"])
def test_P9_a_terminal_that_cannot_draw_is_told_so(home: dict[str, str], kind: str) -> None:
    with Terminal(environment={**home, "TERM": kind}) as terminal:
        assert terminal.ends() == 2
        assert ENTERED not in terminal.raw
        assert terminal.text.strip().startswith("orch-tui: the cockpit needs a terminal that can move")


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "</dev/null", "2>/dev/null"])
def test_P9_without_input_or_output_nothing_is_drawn(home: dict[str, str], closed: str) -> None:
    program = ("sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-P", "-m", "orch_tui")
    with Terminal(environment=home, program=program) as terminal:
        assert terminal.ends() == 2
        assert ENTERED not in terminal.raw


def test_P9_a_closed_stdout_is_missed_by_nobody(trial: Trial, home: dict[str, str]) -> None:
    program = ("sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-P", "-m", "orch_tui")
    with trial.terminal(environment=home, program=program) as terminal:
        terminal.shows("production", "q Quit")
        terminal.press("q")
