"""What can be written on the command line, in a form that is easy to put into a shell's language."""

import argparse
from dataclasses import dataclass
from enum import Enum

from orch_tui.simulator import DIALECTS, SCENARIOS


class Kind(Enum):
    """What a value is."""

    FREE = "free"
    FILE = "file"
    FOLDER = "folder"
    PROFILE = "profiles"
    THEME = "themes"


Value = Kind | tuple[str, ...]
"""What a value is, or all that it can be."""

_VALUES: dict[str, Value] = {
    "config": Kind.FILE,
    "log": Kind.FILE,
    "tls_dir": Kind.FOLDER,
    "profile": Kind.PROFILE,
    "theme": Kind.THEME,
    "scenario": tuple(SCENARIOS),
    "api": tuple(DIALECTS),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """An option; `value` is None where it takes none."""

    names: tuple[str, ...]
    does: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class Command:
    """A command; with an empty name, the program without one. `argument` is what it takes besides options."""

    name: str
    does: str
    flags: tuple[Flag, ...]
    argument: Value | None


def commands_of(parser: argparse.ArgumentParser) -> tuple[Command, ...]:
    """The program itself, then its commands."""
    found = [_command("", "", parser)]
    # argparse has no other way to be asked what it takes.
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._get_subactions()}
            found += [_command(name, told[name], each) for name, each in action.choices.items()]
    return tuple(found)


def _command(name: str, does: str, parser: argparse.ArgumentParser) -> Command:
    actions = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    flags = tuple(
        Flag(tuple(action.option_strings), action.help or "", None if action.nargs == 0 else _value(action))
        for action in actions
        if action.option_strings
    )
    values = [_value(action) for action in actions if not action.option_strings and name]
    return Command(name, does, flags, values[0] if values else None)


def _value(action: argparse.Action) -> Value:
    if action.choices is not None:
        return tuple(str(choice) for choice in action.choices)
    return _VALUES.get(action.dest, Kind.FREE)
