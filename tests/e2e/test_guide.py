"""The guide shows what the program shows."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.guide import GUIDE, is_shown, play, redrawn
from tests.e2e.terminal import Terminal


def test_every_screen_of_the_guide_comes_up_by_its_keys(tmp_path: Path) -> None:
    with closing(play(GUIDE.read_text(), tmp_path)) as screens:
        for screen, terminal in screens:
            comes_up(screen, terminal)


def comes_up(screen: str, terminal: Terminal) -> None:
    terminal.reads_until(
        lambda: is_shown(screen, terminal.text),
        f"the screen below (python -m docs.make_guide draws what it is now)\n{screen}",
    )


@pytest.mark.parametrize(
    ("screen", "is_so"),
    [
        ("job 7  > running\nold …\n", True),
        ("job 7\nold …\n", False),
        ("job 7 > running", False),
        ("job … running\n…\n", True),
        ("…\nold 7s\n", True),
        ("job 7 > …  ng\nold …  \n", True),
        ("…\nold 8s\n", False),
        ("job 7 > running\n…\n…\nold 7s", False),
    ],
)
def test_a_screen_is_compared_line_by_line(screen: str, is_so: bool) -> None:
    assert is_shown(screen, "\n job 7   > running  \n old 7s\n\n") is is_so


def test_a_screen_drawn_anew_keeps_what_still_holds() -> None:
    old = "job … > running\n…\n│ at …  │\nwas so\n"
    new = redrawn(old, "\njob 7 > running\nrow\nrow\n│ at 7s │\nis so for 1m02s\n")
    assert new == "job … > running\n…\n│ at …  │\nis so for …\n"
    assert is_shown(new, "job 8 > running\nrow\n│ at 9s │\nis so for 1s\n")
