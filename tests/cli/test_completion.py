"""Completion of words, asked of the shells themselves."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orch_tui.cli.arguments import SHELLS, parser
from orch_tui.cli.completion.words import Kind, commands_of
from tests.cli.conftest import PROGRAM, Run
from tests.cli.test_start import IMPORTS

_BASH = """
source {script}
compopt() {{ :; }}  # works only while somebody types
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_orch_tui
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

Complete = Callable[[str], set[str]]


@pytest.fixture
def folder(tmp_path: Path, environment: dict[str, str], run: Run) -> Path:
    """With the scripts, an `orch-tui` on the path, and a configuration that has hostile names."""
    program = tmp_path / "bin" / "orch-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    program.chmod(0o755)
    environment["PATH"] = f"{program.parent}:{environment['PATH']}"
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    file = tmp_path / "config" / "orch-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    names = ("production", "pre prod", "$(touch pwned)", "`touch pwned`")
    file.write_text("".join(f'[profiles."{name}"]\nservice-url = "https://a"\n' for name in names))
    for shell in SHELLS:
        (tmp_path / shell).write_text(run("completion", shell).stdout)
    (tmp_path / "a folder").mkdir()
    return tmp_path


def needs(shell: str) -> str:
    """The path of a shell; the test is skipped where it is not installed."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


def answered(folder: Path, environment: Mapping[str, str], *command: str) -> list[str]:
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=20
    )
    assert ended.stderr == ""
    return ended.stdout.splitlines()


@pytest.fixture
def bash(folder: Path, environment: dict[str, str]) -> Complete:
    """`bash("demo --sc")`: what it offers for the last word."""
    shell = needs("bash")

    def complete(line: str) -> set[str]:
        # As bash parts a line: `=` is a word of its own.
        words = ["orch-tui", *line.replace("=", " = ").split()] + ([""] if line[-1:] in ("", " ") else [])
        quoted = " ".join(f"'{word}'" for word in words)
        script = _BASH.format(script=folder / "bash", words=quoted)
        offered = set(answered(folder, environment, shell, "--norc", "-c", script)) - {""}
        assert not (folder / "pwned").exists()
        return offered

    return complete


def test_bash_knows_commands_options_and_values(bash: Complete) -> None:
    commands = {command.name for command in commands_of(parser())} - {""}
    assert commands < bash("")
    assert bash("de") == {"demo"}
    assert bash("--profile demo de") == {"demo"}
    assert bash("demo --s") == {"--seed", "--speed", "--scenario"}
    assert bash("demo --scenario f") == {"failures", "flaky"}
    assert bash("demo --scenario=f") == {"failures", "flaky"}
    assert bash("simulate --api 2021.") == {"2021.0", "2021.2", "2021.6", "2021.7"}
    assert bash("completion ") >= set(SHELLS)
    assert bash("watch --nodes ") == set()
    assert bash("demo --conf") == set()


def test_bash_asks_for_names_and_runs_none_of_them(bash: Complete) -> None:
    assert bash("--profile p") == {"production", r"pre\ prod"}
    assert bash("watch --profile ") == {
        "production",
        r"pre\ prod",
        r"\$\(touch\ pwned\)",
        r"\`touch\ pwned\`",
    }
    assert bash("demo --theme=da") == {"dark"}


def test_bash_looks_for_files(bash: Complete) -> None:
    assert bash("--config ba") == {"bash"}
    assert bash("simulate --tls-dir a") == {"a folder"}
    assert bash("simulate --tls-dir ba") == set()


def test_fish_knows_the_same(folder: Path, environment: dict[str, str]) -> None:
    shell = needs("fish")

    def fish(line: str) -> set[str]:
        script = f"source {folder}/fish; complete -C 'orch-tui {line}'"
        lines = answered(folder, environment, shell, "--no-config", "-c", script)
        return {line.partition("\t")[0] for line in lines}

    assert fish("de") == {"demo"}
    assert fish("demo --scenario f") >= {"failures", "flaky"}
    assert fish("--profile p") >= {"production", "pre prod"}
    assert not (folder / "pwned").exists()


def test_zsh_takes_the_script(folder: Path, environment: dict[str, str]) -> None:
    assert answered(folder, environment, needs("zsh"), "-f", "-n", str(folder / "zsh")) == []


def test_every_word_can_be_completed_or_is_known_to_be_free() -> None:
    free = {
        name
        for command in commands_of(parser())
        for flag in command.flags
        for name in flag.names
        if flag.value is Kind.FREE
    }
    assert free == {"--nodes", "--seed", "--rate", "--speed", "--port", "--host"}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_waits_for_nothing_heavy(run: Run, shell: str) -> None:
    ended = run("completion", shell, command=(sys.executable, "-c", IMPORTS))
    assert ended.stdout.splitlines()[-1] == "0 []"
