"""The first frame: the same picture as Textual draws over it, and a terminal put right whatever happens."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
SIZES = [
    pytest.param((80, 24), id="80x24"),
    pytest.param((140, 40), id="140x40"),
    (60, 15),
    (119, 50),
    (120, 30),
]
TOKEN = {"ORCH_TUI_TOKEN": "a-token-of-ours"}


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """A configuration for a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        file = tmp_path / "config.toml"
        port = silent.getsockname()[1]
        file.write_text(f'[profiles.here]\nservice-url = "http://127.0.0.1:{port}"\n')
        yield file


def first_frame(terminal: Terminal) -> None:
    """Read until it stands there."""
    terminal.shows("connecting …")


@pytest.mark.parametrize("flags", [(), ("--read-only",)], ids=["", "read-only"])
@pytest.mark.parametrize("size", SIZES)
def test_textual_draws_the_same_picture(config: Path, size: tuple[int, int], flags: tuple[str, ...]) -> None:
    with Terminal(f"--config={config}", *flags, size=size, environment=TOKEN) as terminal:
        terminal.is_painted()
        before = terminal.before_painting()
        assert "connecting …" in before.text
        for line, (ours, textuals) in enumerate(zip(before.cells, terminal.cells, strict=True)):
            assert ours == textuals, f"line {line}"
        assert terminal.raw.count(ENTERED) == 1


def test_in_ascii_it_is_the_same_picture_too(config: Path) -> None:
    with Terminal(f"--config={config}", environment={**TOKEN, "LANG": "C"}) as terminal:
        terminal.is_painted()
        assert "connecting ~" in terminal.text
        assert terminal.before_painting().cells == terminal.cells


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_other_themes_have_the_same_text_and_no_background(config: Path, theme: str) -> None:
    with Terminal(f"--config={config}", f"--theme={theme}", environment=TOKEN) as terminal:
        terminal.is_painted()
        before = terminal.before_painting()
        assert {cell.bg for line in before.cells for cell in line} == {"default"}
        assert terminal.text == before.text


def test_other_keys_are_left_out_and_not_wrong(config: Path) -> None:
    config.write_text(config.read_text() + '[keys]\n"environments.deploy" = "f5"\n')
    with Terminal(f"--config={config}", environment=TOKEN) as terminal:
        terminal.shows("f5 Deploy")
        before = terminal.before_painting().text
        assert "connecting …" in before
        assert "Deploy" not in before


def test_keys_typed_ahead_are_not_echoed_and_reach_the_cockpit(config: Path) -> None:
    with Terminal(f"--config={config}", environment=TOKEN) as terminal:
        first_frame(terminal)
        terminal.press("zz?")
        terminal.shows("Ctrl-C  Leave")  # the help is open
        assert "zz" not in terminal.text


@pytest.mark.parametrize("command", ["", "demo"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_before_textual_restores_the_terminal(
    config: Path, command: str, number: signal.Signals
) -> None:
    with Terminal(command or f"--config={config}", environment=TOKEN) as terminal:
        first_frame(terminal)
        if number == signal.SIGINT:
            terminal.press("\x03")
        else:
            terminal.process.send_signal(number)
        assert terminal.ends() == 128 + number
        assert_restored(terminal)
        assert terminal.text.strip() == ""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("poll-interval = 0.1\n", "profiles.here.poll-interval: must be greater than or equal to 0.5"),
        ('[keys]\n"rollout.jump" = "j"\n', "keys.rollout.jump: no such command"),
        ('classifier-url = "https://localhost:9"\ncacert = "/nowhere/ca.pem"\n', "cacert: /nowhere/ca.pem: "),
    ],
)
def test_a_wrong_configuration_after_the_frame_is_one_line(config: Path, more: str, told: str) -> None:
    config.write_text(config.read_text() + more)
    with Terminal(f"--config={config}", environment=TOKEN, size=(200, 24)) as terminal:
        assert terminal.ends() == 2
        assert ENTERED in terminal.raw
        assert_restored(terminal)
        (line,) = terminal.text.split("\n")[:1]
        assert line.startswith("orch-tui: ")
        assert told in line


@pytest.mark.parametrize(
    "broken", ['default-profile = "there"\n', "profiles = 3\n", "[profiles.here]\nservice-url = 7\n"]
)
def test_what_is_seen_to_be_wrong_takes_no_screen(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(broken)
    with Terminal(f"--config={file}") as terminal:
        assert terminal.ends() == 2
        assert ENTERED not in terminal.raw


def test_errors_that_go_to_a_file_bring_no_picture_with_them(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "errors"
    with (
        file.open("wb") as errors,
        Terminal(f"--config={config}", environment=TOKEN, errors=errors) as terminal,
    ):
        assert terminal.ends() == 2
        assert ENTERED not in terminal.raw
    assert file.read_text() == "orch-tui: the cockpit needs a terminal for its input and output\n"


def test_a_bug_before_textual_restores_the_terminal(config: Path, tmp_path: Path) -> None:
    # A module of that name in the way: Textual cannot be imported.
    (tmp_path / "broken" / "textual").mkdir(parents=True)
    (tmp_path / "broken" / "textual" / "__init__.py").write_text("raise RuntimeError")
    path = {"PYTHONPATH": str(tmp_path / "broken")}
    with Terminal(f"--config={config}", environment={**TOKEN, **path}) as terminal:
        assert terminal.ends() == 70
        assert ENTERED in terminal.raw
        assert_restored(terminal)
        assert "RuntimeError" in terminal.text


def assert_restored(terminal: Terminal) -> None:
    assert terminal.raw.count(LEFT) == 1
    assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")
    assert terminal.raw.rindex(b"\x1b[?7h") > terminal.raw.rindex(b"\x1b[?7l")
    assert terminal.modes() == terminal.modes_before
