"""The main job from end to end, in a real terminal, on real HTTP between real processes."""

import re
import signal

import pytest

from tests.e2e.terminal import Terminal

LEFT = b"\x1b[?1049l"
"""What leaves the alternate screen."""


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
def test_deploy_watch_stop_and_quit(size: tuple[int, int]) -> None:
    with Terminal("demo", "--nodes=1000", "--speed=30", size=size) as terminal:
        terminal.shows("production", "staging", "Jobs of production")
        terminal.press("d")
        terminal.shows("Concurrency", "▸whole environment◂")
        terminal.press("\r")
        terminal.shows("N O O P", '{"environment": "production", "noop": true,', "Enter sends it, once.")
        terminal.press("\r")
        terminal.shows("job 1814", "> running")
        terminal.shows("+ would change", "reso")
        terminal.press("x")
        terminal.shows("Stop job 1814?", "Cancel")
        terminal.shows("Enter Choose this")
        terminal.press("\x1b[C")
        terminal.press("\r")
        terminal.shows("- stopped", "complete", "never ran")
        terminal.press("q")
        terminal.shows("Jobs of production", "1814")
        terminal.press("q")
        assert terminal.ends() == 0
        assert LEFT in terminal.raw
        assert terminal.modes() == terminal.modes_before
        # What a colleague would need, were this no simulator.
        assert re.search(r"^job 1814  - stopped  NOOP *$", terminal.text, re.MULTILINE)
        assert "The simulator has ended, and its jobs with it." in terminal.text


def test_keys_typed_ahead_in_one_burst_deploy_nothing() -> None:
    with Terminal("demo", "--nodes=20") as terminal:
        terminal.shows("Jobs of production")
        terminal.press("d")
        terminal.shows("Concurrency", "6 known")
        terminal.press("\r\r\r\ry\r\r")
        terminal.shows("Enter sends it, once.")
        assert "job 1814" not in terminal.text
        terminal.press("\x1b")
        terminal.shows("Concurrency")
        terminal.press("\x03")
        terminal.shows("Leave?")
        terminal.press("\x03")
        assert terminal.ends() == 0
        assert terminal.modes() == terminal.modes_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal_and_tells_its_number(number: signal.Signals) -> None:
    with Terminal("demo", "--nodes=20") as terminal:
        terminal.shows("Jobs of production")
        terminal.process.send_signal(number)
        assert terminal.ends() == 128 + number
        assert LEFT in terminal.raw
        assert terminal.modes() == terminal.modes_before


def test_nothing_but_our_own_sequences_reaches_the_terminal() -> None:
    with Terminal("demo", "--nodes=20", "--scenario=hostile", size=(140, 40)) as terminal:
        terminal.shows("[red]x[/red]", "<U+202E>gnp.exe", "two␊lines")
        terminal.press("\r")
        terminal.shows("complete")
        terminal.press("q")
        terminal.shows("16 environments")
        terminal.press("q")
        assert terminal.ends() == 0
        for stowaway in (b"\x1b]52", b"\x1b]0;title", b"\x1b[2J\x1b[31mred", b"\xc2\x9b", b"\xe2\x80\xae"):
            assert stowaway not in terminal.raw
        written = terminal.raw.replace(b"\x1b]22;default\x07", b"")  # Textual's own, for the pointer's shape
        assert re.search(rb"[\x00-\x07\x0b\x0c\x0e-\x1a]", written) is None


def but_for_its_age(terminal: Terminal) -> object:
    """The picture without the line that tells how old it is."""
    return terminal.cells[:-2] + terminal.cells[-1:]


def test_what_was_sent_bit_by_bit_is_what_is_drawn_anew() -> None:
    with Terminal("demo", "--nodes=40", "--scenario=hostile", "--theme=dark", size=(140, 60)) as terminal:
        terminal.shows("Jobs of", "16 environments")
        terminal.press("\r")
        terminal.shows("complete", ".example.com")
        terminal.press("jj")
        terminal.press("\r")
        terminal.shows("Copy all")
        terminal.press("\x1b")
        terminal.shows("complete")
        terminal.press("N")
        terminal.shows("by name")
        terminal.press("?")
        terminal.shows("Draw anew")
        terminal.settles()
        before = but_for_its_age(terminal)
        terminal.wipe()
        terminal.press("\x0c")
        terminal.becomes(but_for_its_age, before)
        terminal.press("\x1b")
        terminal.reads_until(lambda: "Draw anew" not in terminal.text, "the help to close")
        terminal.shows("by name", "Esc Back")
        terminal.settles()
        before = but_for_its_age(terminal)
        terminal.wipe()
        terminal.process.send_signal(signal.SIGWINCH)  # of a size that is what it was
        terminal.becomes(but_for_its_age, before)


def test_a_simulator_that_cannot_start_is_one_line() -> None:
    with Terminal("demo", "--scenario=nonsense") as terminal:
        assert terminal.ends() == 2
        assert terminal.text.startswith("orch-tui: --scenario: must be one of calm")
        assert terminal.modes() == terminal.modes_before


@pytest.mark.parametrize(("kind", "links"), [("xterm-kitty", 1), ("xterm", 0)])
def test_links_can_be_opened_where_the_terminal_is_known_to_have_them(kind: str, links: int) -> None:
    others = dict.fromkeys(("TMUX", "STY", "LC_TERMINAL", "TERM_PROGRAM", "VTE_VERSION", "WT_SESSION"), "")
    with Terminal("demo", "--nodes=20", size=(80, 40), environment={"TERM": kind, **others}) as terminal:
        terminal.shows("Jobs of production")
        terminal.press("\t\r")
        terminal.shows("complete", "Esc Back")
        terminal.press("4")
        terminal.shows("/orchestrator/v1/jobs/")
        address = re.findall(r"http://127\.0\.0\.1:\d+/orchestrator/v1/jobs/\d+", terminal.text)
        opened = rb"\x1b\]8;id=[0-9a-f]+;%b\x1b\\%b\x1b\]8;;\x1b\\" % (
            address[0].encode(),
            address[0].encode(),
        )
        assert len(re.findall(opened, terminal.raw)) == links
        terminal.press("q")
        terminal.shows("Jobs of production")
        terminal.press("q")
        assert terminal.ends() == 0
        pieces = re.findall(rb"\x1b\]8;([^;]*);", terminal.raw)
        assert bool(pieces) == bool(links)
        assert not pieces or pieces[-1] == b""
