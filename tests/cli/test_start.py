"""What is answered before anything is drawn: help, mistakes, and a missing terminal."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from orch_tui import __version__
from orch_tui.cli.arguments import parser
from tests.cli.conftest import PROGRAM, Run, on_terminal

HEAVY = {"textual", "rich", "httpx", "pydantic", "starlette", "uvicorn", "asyncio"}

IMPORTS = f"""
import sys
from orch_tui.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
print(code, sorted({HEAVY} & sys.modules.keys()))
"""

FIRST_FRAME = f"""
import os, sys
from orch_tui.cli import main
from orch_tui.cli.opening import Opening
def show(*_):
    print(sorted({HEAVY} & sys.modules.keys()), flush=True)
    os._exit(0)
Opening.show = show
main(sys.argv[1:])
"""

GOOD = """
[profiles.here]
service-url = "http://127.0.0.1:9"
"""


def one_line(run: "subprocess.CompletedProcess[str]") -> str:
    """The one line with which the program has given up."""
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert line.startswith("orch-tui: ")
    return line.removeprefix("orch-tui: ")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(GOOD)
    return file


@pytest.mark.parametrize(
    ("flags", "code"),
    [(("--help",), 0), (("--version",), 0), (("--no-such-flag",), 2), (("demo", "--nodes=many"), 2)],
)
def test_help_and_wrong_flags_are_answered_at_once(run: Run, flags: tuple[str, ...], code: int) -> None:
    ended = run(*flags, command=(sys.executable, "-c", IMPORTS))
    assert ended.stdout.splitlines()[-1] == f"{code} []"


@pytest.mark.parametrize("command", ["", "demo"])
def test_the_first_frame_waits_for_nothing_heavy(run: Run, config: Path, command: str) -> None:
    flags = [command or f"--config={config}"]
    assert run(*flags, command=(sys.executable, "-c", FIRST_FRAME)).stdout == "[]\n"


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").stdout == f"orch-tui {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("simulate", "--nodes=many"), "--nodes: must be a whole number from 1 to 1000000"),
        (("demo", "--nodes=0"), "--nodes: must be a whole number from 1 to 1000000"),
        (("simulate", "--port=65536"), "--port: must be a whole number from 0 to 65535"),
        (("demo", "--speed=nan"), "--speed: must be a number above 0, and at most 1000"),
        (("demo", "--speed=fast"), "--speed: must be a number above 0, and at most 1000"),
        (("wach",), "invalid choice: 'wach'"),
        (("watch", "x7"), "JOB: must be the number of a job, in digits"),
        (("watch", "7", "--plain", "--json"), "--json: not allowed with argument --plain"),
    ],
)
def test_a_wrong_flag_is_told_with_what_is_allowed(
    arguments: tuple[str, ...], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parser().parse_args(arguments)
    assert end.value.code == 2
    assert told in capfd.readouterr().err


def test_a_wrong_configuration_is_one_line(run: Run, config: Path) -> None:
    config.write_text(GOOD + "pol-interval = 2\n")
    line = one_line(run(f"--config={config}"))
    assert line == f"{config}: profiles.here.pol-interval: no such key; did you mean poll-interval?"


@pytest.mark.parametrize("arguments", [(), ("watch", "7"), ("config",), ("config", "--profiles")])
def test_with_nothing_configured_it_says_where_it_looked_and_how_to_begin(
    run: Run, arguments: tuple[str, ...]
) -> None:
    ended = run(*arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("orch-tui: nothing is configured.")
    for words in ("~/config/orch-tui/config.toml", "client-tools/orchestrator.conf", "  orch-tui demo\n"):
        assert words in ended.stderr
    assert max(map(len, ended.stderr.splitlines())) <= 80


def test_what_the_first_steps_say_works(run: Run, environment: dict[str, str]) -> None:
    lines = [line.strip() for line in run().stderr.splitlines()]
    (folder,) = (line for line in lines if line.startswith("mkdir"))
    (example,) = (line for line in lines if line.startswith("orch-tui config"))
    program = " ".join(PROGRAM)
    steps = f"{folder} && {example.replace('orch-tui', program, 1)} && {program} config --profiles"
    assert run(command=("sh", "-c", steps)).stdout == "production\n"


def test_an_unknown_profile_is_one_line(run: Run, config: Path) -> None:
    assert (
        one_line(run(f"--config={config}", "--profile=there"))
        == "no profile is called there; there are: here"
    )


@pytest.mark.parametrize("command", ["", "demo"])
def test_the_cockpit_wants_a_terminal(run: Run, config: Path, command: str) -> None:
    line = one_line(run(command or f"--config={config}"))
    assert line == "the cockpit needs a terminal for its input and output"


def test_a_closed_input_is_no_terminal(run: Run, config: Path) -> None:
    line = one_line(run(f"--config={config}", command=("sh", "-c", '"$@" <&-', "sh", *PROGRAM)))
    assert "terminal" in line


@pytest.mark.parametrize("command", ["simulate", "demo"])
@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("--scenario=stormy", "--scenario: must be one of calm, failures, "),
        ("--api=2016.3", "--api: must be one of 2015.3, 2016.1, 2016.2, 2016.4, "),
    ],
)
def test_an_unknown_world_is_one_line_that_names_all(run: Run, command: str, flag: str, told: str) -> None:
    assert one_line(run(command, flag)).startswith(told)


def test_a_port_that_is_taken_is_one_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = one_line(run("simulate", f"--port={port}"))
    assert line.startswith(f"127.0.0.1:{port}: Address already in use")


@pytest.mark.parametrize(
    ("content", "told"), [(None, "No such file or directory"), ("", "hold no certificate with its key")]
)
def test_unusable_tls_files_are_one_line(run: Run, tmp_path: Path, content: str | None, told: str) -> None:
    for name in ("cert.pem", "key.pem"):
        if content is not None:
            (tmp_path / name).write_text(content)
    line = one_line(run("simulate", "--port=0", f"--tls-dir={tmp_path}"))
    assert line == f"--tls-dir: cert.pem and key.pem: {told}"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('service-url = "https://localhost:9"\ncacert = "CA"\n', "cacert: CA: holds no certificate"),
        ('service-url = "https://localhost:9"\ncacert = "CA/x"\n', "cacert: CA/x: Not a directory"),
        (
            'service-url = "http://localhost:9"\n[keys]\n"rollout.jump" = "j"',
            "keys.rollout.jump: no such command",
        ),
    ],
)
def test_what_is_wrong_is_told_when_the_screen_is_given_back(
    environment: dict[str, str], config: Path, tmp_path: Path, more: str, told: str
) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("")
    config.write_text("[profiles.here]\n" + more.replace("CA", str(authority)))
    with on_terminal(environment, f"--config={config}") as terminal:
        written = terminal.read_until(b"nothing of the kind")
        assert terminal.process.wait() == 2
    _, _, after = written.decode().rpartition("\x1b[?1049l\x1b[?25h")
    (line,) = after.splitlines()
    assert line.startswith("orch-tui: " + told.replace("CA", str(authority)))
