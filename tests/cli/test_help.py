"""The help of each command: whole enough to need no other manual, and in step with the README."""

import re
from pathlib import Path

import pytest

from orch_tui.cli.arguments import parse, parser
from orch_tui.cli.completion.words import Command, commands_of
from orch_tui.simulator import SCENARIOS, Settings

README = Path(__file__).parents[2] / "README.md"
COMMANDS = {command.name: command for command in commands_of(parser())}
_ROW = re.compile(r"^\| `orch-tui ?([^`]*)` \| ([^|]*) \|$", re.MULTILINE)


def help_of(name: str, capfd: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        parser().parse_args([*([name] if name else []), "--help"])
    assert end.value.code == 0
    return capfd.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_is_a_whole_manual_of_80_columns(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    told = help_of(name, capfd)
    assert max(map(len, told.splitlines())) <= 80
    sections = {"examples", "exit codes", "files", "environment variables"}
    if name == "completion":
        sections -= {"files", "environment variables"}  # it reads none
    assert sections <= set(re.findall(r"^([a-z ]+):$", told, re.MULTILINE))


def test_every_example_of_a_help_can_be_parsed(capfd: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        examples = help_of(name, capfd).partition("examples:\n")[2].partition("\n\n")[0]
        for example in re.findall(r"^  (?:eval \"\$\()?orch-tui( .*)?$", examples, re.MULTILINE):
            # What stands behind two spaces says what it does; behind a sign of the shell, it is the shell's.
            words = re.split(r"  |[|>&)]", example.strip() if example[:2] != "  " else "")[0].split()
            if words != ["COMMAND", "--help"]:
                parser().parse_args(words)


def test_the_table_of_the_readme_says_what_the_help_says() -> None:
    table = dict(_ROW.findall(README.read_text()))
    assert table.pop("") == "the cockpit on the configured server"
    said = {_called(command): command.does for command in COMMANDS.values() if command.name}
    assert {name: does.replace("`", "") for name, does in table.items()} == said


def _called(command: Command) -> str:
    names = {"watch": "watch JOB", "completion": "completion SHELL"}
    return names.get(command.name, command.name)


def test_the_help_names_every_scenario(capfd: pytest.CaptureFixture[str]) -> None:
    told = " ".join(help_of("simulate", capfd).split())
    assert ", ".join(SCENARIOS) in told


def test_the_help_tells_who_can_sign_in_to_the_simulator(capfd: pytest.CaptureFixture[str]) -> None:
    simulated = Settings()
    told = " ".join(help_of("demo", capfd).split())
    assert f"sign in as {simulated.user}, with the password {simulated.password}" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("demo", "--profile=here"), "unrecognized arguments: --profile=here"),
        (("--profile=here", "demo"), "--profile: has no meaning for demo"),
        (("--config=file", "simulate"), "--config: has no meaning for simulate"),
        (("--read-only", "doctor"), "--read-only: has no meaning for doctor"),
        (("--theme=dark", "config"), "--theme: has no meaning for config"),
        (("completion", "tcsh"), "SHELL: invalid choice: 'tcsh'"),
        (("config", "--example", "--themes"), "--themes: not allowed with argument --example"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(
    arguments: tuple[str, ...], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parse(arguments)
    assert end.value.code == 2
    assert told in capfd.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [("--theme=dark", "demo"), ("--profile=here", "watch", "7"), ("--config=file", "doctor"), ("--log=f",)],
)
def test_an_option_before_the_command_counts(arguments: tuple[str, ...]) -> None:
    name = arguments[0].removeprefix("--").partition("=")[0]
    assert str(getattr(parse(arguments), name)) == arguments[0].partition("=")[2]
