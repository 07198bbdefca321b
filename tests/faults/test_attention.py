"""Who looks elsewhere is told: by the terminal's title, and by a bell when it matters, in a real terminal."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orch_tui.simulator import Drop
from tests.e2e.terminal import Terminal
from tests.faults.conftest import Trial, often

PUSHED, POPPED = b"\x1b[22;2t", b"\x1b[23;2t"
_TITLE = re.compile(rb"\x1b\]2;([^\x07]*)\x07")
_OTHER = re.compile(rb"\x1b\][^\x07\x1b]*\x07")


def title(terminal: Terminal) -> str:
    """The title as it is now; empty as long as none was set."""
    titles = _TITLE.findall(terminal.raw)
    return titles[-1].decode() if titles else ""


def bells(terminal: Terminal) -> int:
    """How often it rang: BEL that ends no command."""
    return _OTHER.sub(b"", terminal.raw).count(b"\x07")


@contextmanager
def watching(home: dict[str, str], call: str) -> Iterator[Terminal]:
    """The cockpit at home, polling often, which calls in that way."""
    often(home)
    config = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    config.write_text(config.read_text().replace('notify = "off"', f'notify = "{call}"'))
    with Terminal(environment=home) as terminal:
        terminal.shows("production", "q Quit")
        yield terminal
        terminal.press("\x03\x03")
        assert terminal.ends() == 0
        assert terminal.raw.count(PUSHED) == terminal.raw.count(POPPED) == 1
        assert terminal.raw.rindex(POPPED) > terminal.raw.rindex(b"\x1b]2;"), "nothing is left of ours"


def deploy(terminal: Terminal) -> None:
    terminal.press("d")
    terminal.shows("Concurrency")
    terminal.press("\r")
    terminal.shows("Enter sends it, once.")
    terminal.press("\r")
    terminal.shows("job 1814")


def test_a_bell_at_the_first_failure_and_at_the_end_and_a_title_that_tells(
    trial: Trial, home: dict[str, str]
) -> None:
    with watching(home, "bell") as terminal:
        terminal.reads_until(lambda: title(terminal) == "orch-tui here", "the first title")
        deploy(terminal)
        terminal.reads_until(lambda: title(terminal) == "production job 1814 0%", "the job's title")
        assert bells(terminal) == 0
        step = 0
        while "X failed            0" in terminal.text or bells(terminal) == 0:
            trial.server.clock.advance(20)
            asked = trial.polls()
            terminal.reads_until(lambda asked=asked: trial.polls() > asked + 1, "polls")  # type: ignore[misc]
            step += 1
            assert step < 60, terminal.text
        assert bells(terminal) == 1
        trial.server.clock.advance(7200)
        terminal.shows("complete")
        terminal.reads_until(lambda: bells(terminal) == 2, "the bell at the end")
        terminal.reads_until(lambda: "job 1814 failed " in title(terminal), "the last title")
        assert title(terminal).startswith("production job 1814 failed ")
        assert title(terminal).endswith(" failed")


def test_a_job_that_was_over_when_it_was_opened_calls_nobody(trial: Trial, home: dict[str, str]) -> None:
    with watching(home, "bell") as terminal:
        terminal.press("\t\r")
        terminal.shows("complete")
        terminal.reads_until(lambda: "job 1812" in title(terminal), "the title")
        asked = len(trial.server.simulator.requests)
        terminal.press("r")
        terminal.reads_until(lambda: len(trial.server.simulator.requests) > asked, "another look")
        assert bells(terminal) == 0
        said = terminal.raw.count(b"\x1b]2;")
        terminal.is_painted()
        assert terminal.raw.count(b"\x1b]2;") == said, "what does not change is not said again"


def test_lost_contact_calls_once_after_the_first_retry(trial: Trial, home: dict[str, str]) -> None:
    sent = b"\x1b]777;notify;orch-tui;job 1814 (production): "
    with watching(home, "osc777") as terminal:
        deploy(terminal)
        terminal.shows("0%")
        trial.server.simulator.faults.add(fault=Drop(), times=None)
        terminal.reads_until(lambda: sent in terminal.raw, "the call")
        terminal.shows("NO CONTACT")
        for _ in range(2):
            terminal.press("r")
            asked = len(trial.server.simulator.requests)
            terminal.reads_until(
                lambda asked=asked: len(trial.server.simulator.requests) > asked,  # type: ignore[misc]
                "a poll",
            )
        terminal.reads_until(lambda: title(terminal).endswith("NO CONTACT"), "the title")
        assert terminal.raw.count(sent) == 1
        assert bells(terminal) == 0
