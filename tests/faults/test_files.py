"""Files of the user that are wrong, and the program as it is started on them: one line, or one notice."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import TOKEN, Server
from tests.faults.conftest import Trial

SECRET = "hunter2-hunter2"
PROFILE = '[profiles.a]\nservice-url = "https://orchestrator.example.com:8143"\n'


@pytest.fixture
def home(tmp_path: Path, server: Server) -> dict[str, str]:
    """Variables of a user with a home of its own, who works on `server`."""
    folder = tmp_path / "config" / "orch-tui"
    (folder / "themes").mkdir(parents=True)
    (folder / "config.toml").write_text(f'[profiles.a]\nservice-url = "{server.url}"\n')
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TERM": "xterm-256color",
        "ORCH_TUI_TOKEN": TOKEN,
    }


def complaint(
    home: Mapping[str, str], config: bytes | str | None = None, *flags: str, is_one_line: bool = True
) -> str:
    """The one line, or more if so expected, that the program says of `config` before it ends with 2."""
    file = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    if config is not None:
        file.write_bytes(config if isinstance(config, bytes) else config.encode())
    before = file.read_bytes() if file.exists() else None
    program = [sys.executable, "-P", "-m", "orch_tui", *flags]
    ended = subprocess.run(
        program, env=dict(home), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert SECRET not in ended.stderr
    assert before == (file.read_bytes() if file.exists() else None)
    line, end = ended.stderr.removesuffix("\n"), ended.stderr[-1:]
    assert end == "\n"
    assert ("\n" not in line) is is_one_line
    return line


@pytest.mark.parametrize(
    "config",
    [
        "a = ", "[profiles.a", "a = 'b", 'a = "\\q"', "a = 1\na = 2", "[a]\n[a]", "a = 2026-13-45", "= 1",
    ],
)  # fmt: skip
def test_C1_bad_toml(home: dict[str, str], config: str) -> None:
    assert re.search(r"config\.toml: .*\(?at (line \d+, column \d+|end of document)", complaint(home, config))


@pytest.mark.parametrize(
    "config",
    [b"a = '\xff'", b"a = 'x\x00y'", os.urandom(512), b"a = " + b"[" * 5000 + b"]" * 5000],
    ids=["not_utf8", "nul", "binary", "5000_deep"],
)
def test_C2_no_text(home: dict[str, str], config: bytes) -> None:
    assert "config.toml" in complaint(home, config)


def test_C2_a_byte_order_mark_is_no_fault(home: dict[str, str]) -> None:
    config = b"\xef\xbb\xbf" + PROFILE.encode()
    assert "terminal" in complaint(home, config)  # it got as far as to ask for one


def test_C3_unknown_key(home: dict[str, str]) -> None:
    line = complaint(home, PROFILE + f'poll-intervall = "{SECRET}"\n')
    assert "profiles.a.poll-intervall" in line
    assert "did you mean poll-interval?" in line


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('service-url = "https://h:73679"', "must be a URL"),
        ("poll-interval = 0", "greater than or equal to 0.5"),
        (f'read-only = "{SECRET}"', "must be true or false"),
        (f'deadline = "{SECRET}"', "number"),
    ],
)
def test_C4_wrong_value(home: dict[str, str], key: str, told: str) -> None:
    config = f"[profiles.a]\n{key}\n" + ("" if "url" in key else PROFILE.splitlines()[1])
    line = complaint(home, config)
    assert f"profiles.a.{key.split()[0]}" in line
    assert told in line


def test_C5_nothing_configured(home: dict[str, str]) -> None:
    (Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml").unlink()
    told = complaint(home, is_one_line=False)
    assert "orch-tui config --example" in told
    assert "orch-tui demo" in told


def test_C6_two_of_a_name_and_a_default_that_is_none(home: dict[str, str]) -> None:
    assert "profiles" in complaint(home, PROFILE + PROFILE)
    assert "must be one of the profiles: a" in complaint(home, 'default-profile = "b"\n' + PROFILE)


def test_C7_a_configuration_that_is_changed_counts_from_the_next_start(
    trial: Trial, home: dict[str, str]
) -> None:
    file = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    config = file.read_text()
    with trial.terminal(environment=home) as terminal:
        terminal.shows("Jobs of", "d Deploy")
        file.write_text(config.replace("[profiles.a]", "[profiles.b]") + "read-only = true\n")
        asked = trial.polls()
        terminal.press("r")
        terminal.reads_until(lambda: trial.polls() > asked, "the next poll")
        terminal.press("d")
        terminal.shows("Concurrency", " a 127.0.0.1:")
        assert "READ ONLY" not in terminal.text
        terminal.press("\x03\x03")
    with trial.terminal(environment=home) as terminal:
        terminal.shows("Jobs of", " b 127.0.0.1:", "READ ONLY")
        terminal.press("q")


def test_C8_a_home_that_is_none(home: dict[str, str]) -> None:
    config = PROFILE.replace("[profiles.a]", "[profiles.a]\ntoken-file = '~nobody-of-this-name/token'")
    assert "needs a home directory" in complaint(home, config)
    assert not [name for name in os.listdir(home["HOME"]) if name.startswith("~")]


@pytest.mark.parametrize(
    "theme",
    ['primary = "no colour"', "primary = 1", 'secondary = "red"', "primary = [",
     'primary = "red"\nnonsense = 1', '[variables]\nborder = "red; } Screen { display: none; } X {"'],
    ids=["C9_colour", "C9_type", "C9_missing", "C9_syntax", "C9_key", "C10_css"],
)  # fmt: skip
def test_C9_C10_a_theme_that_will_not_do(trial: Trial, home: dict[str, str], theme: str) -> None:
    (Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "themes" / "mine.toml").write_text(theme)
    with trial.terminal("--theme=mine", environment=home) as terminal:
        terminal.shows("mine.toml", "Jobs of")
        terminal.press("q")


def test_C11_a_theme_that_nobody_has(trial: Trial, home: dict[str, str]) -> None:
    with trial.terminal("--theme=[/]no\x1b[2J", environment=home) as terminal:
        terminal.shows("no theme is called [/]no", "Jobs of")
        terminal.press("q")


def test_C16_a_home_that_cannot_be_written(trial: Trial, home: dict[str, str]) -> None:
    with trial.terminal(environment={**home, "XDG_STATE_HOME": "/proc/nowhere"}) as terminal:
        terminal.shows("Jobs of", "production")
        terminal.press("q")


def test_C20_modules_in_the_folder_where_it_is_started(home: dict[str, str], tmp_path: Path) -> None:
    for name in ("textual", "types", "httpx", "tomli", "orch_tui"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of a stranger')")
    script = Path(sys.executable).with_name("orch-tui")
    ended = subprocess.run(
        [script, "--theme=dark"],
        env=home,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert "stranger" not in ended.stderr
    assert "terminal" in ended.stderr


@pytest.mark.parametrize("kind", ["missing", "folder", "text", "empty"])
def test_T10_an_authority_that_is_none_is_named_and_no_other_taken(
    trial: Trial, home: dict[str, str], tmp_path: Path, kind: str
) -> None:
    cacert = tmp_path / "ca.pem"
    if kind == "folder":
        cacert.mkdir()
    elif kind != "missing":
        cacert.write_text(SECRET if kind == "text" else "")
    config = Path(home["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    config.write_text(PROFILE + f"cacert = '{cacert}'\n")
    with trial.terminal(environment=home, size=(200, 24), ends_with=2) as terminal:
        terminal.shows(f"orch-tui: cacert: {cacert}: ")
        assert SECRET not in terminal.text
