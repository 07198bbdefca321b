"""For fish."""

from collections.abc import Iterator

from orch_tui.cli.completion.words import Command, Flag, Kind, Value


def fish(commands: tuple[Command, ...]) -> str:
    """The script."""
    return "".join(f"{line}\n" for line in _lines(commands))


def _lines(commands: tuple[Command, ...]) -> Iterator[str]:
    yield "# Completion in fish: orch-tui completion fish > ~/.config/fish/completions/orch-tui.fish"
    yield "complete -c orch-tui -f"
    others = [each for each in commands if each.name]
    names = " ".join(each.name for each in others)
    for command in commands:
        seen = f"__fish_seen_subcommand_from {command.name or names}"
        start = f"complete -c orch-tui -n {_quoted(seen if command.name else f'not {seen}')}"
        for flag in command.flags:
            yield f"{start} {_names(flag)} -d {_quoted(flag.does)}{_takes(flag.value)}"
        if command.argument is not None:
            yield f"{start}{_takes(command.argument)}"
    for command in others:
        free = f"not __fish_seen_subcommand_from {names}"
        yield f"complete -c orch-tui -n {_quoted(free)} -a {command.name} -d {_quoted(command.does)}"


def _names(flag: Flag) -> str:
    return " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names)


def _takes(value: Value | None) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return f" -x -a {_quoted(' '.join(value))}"
        case Kind.FILE:
            return " -r -F"
        case Kind.FOLDER:
            return " -x -a '(__fish_complete_directories)'"
        case Kind.FREE:
            return " -x"
        case _:
            return f" -x -a '(orch-tui config --{value.value} 2>/dev/null)'"


def _quoted(text: str) -> str:
    """As fish quotes, which is not as other shells do."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
