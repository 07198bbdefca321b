"""For bash, from 4.0 on."""

from shlex import quote

from orch_tui.cli.completion.words import Command, Kind, Value

# `compgen -W` would run what stands in a name; and bash takes --log=FILE for three words.
_FRAME = """\
# Completion in bash: eval "$(orch-tui completion bash)"

_orch_tui_words() {{
    local each
    while IFS= read -r each; do
        [[ -n $each && $each == "$word"* ]] && COMPREPLY+=("$(printf %q "$each")")
    done
}}

_orch_tui_paths() {{
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen "$1" -- "$word")
}}

_orch_tui() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command= last= each
    COMPREPLY=()
    if [[ $word == = ]]; then
        word=
    elif [[ $before == = ]]; then
        before=${{COMP_WORDS[COMP_CWORD-2]}}
    fi
    for each in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        [[ $each == = ]] && continue
        case $last in {taking}) last=; continue ;; esac
        last=$each
        case $each in {commands}) command=$each; break ;; esac
    done
    case $before in
{values}
        {taking}) return ;;
    esac
    case $command in
{words}
    esac
}}

complete -F _orch_tui orch-tui
"""


def bash(commands: tuple[Command, ...]) -> str:
    """The script."""
    values: dict[Value, list[str]] = {}
    for command in commands:
        for flag in command.flags:
            if flag.value is not None:
                values.setdefault(flag.value, []).extend(flag.names)
    taking = "|".join(dict.fromkeys(name for names in values.values() for name in names))
    return _FRAME.format(
        taking=taking,
        commands="|".join(command.name for command in commands if command.name),
        values="\n".join(
            f"        {'|'.join(dict.fromkeys(names))}) {_complete(value)}; return ;;"
            for value, names in values.items()
            if value is not Kind.FREE
        ),
        words="\n".join(
            f"        {command.name or quote('')}) {_complete(_words(command, commands))} ;;"
            for command in commands
        ),
    )


def _words(command: Command, commands: tuple[Command, ...]) -> tuple[str, ...]:
    words = [name for flag in command.flags for name in flag.names]
    words += command.argument if isinstance(command.argument, tuple) else ()
    return (*words, *(() if command.name else (each.name for each in commands if each.name)))


def _complete(value: Value) -> str:
    match value:
        case tuple():
            return f"_orch_tui_words <<< {quote(chr(10).join(value))}"
        case Kind.FILE:
            return "_orch_tui_paths -f"
        case Kind.FOLDER:
            return "_orch_tui_paths -d"
        case _:
            return f"_orch_tui_words < <(orch-tui config --{value.value} 2>/dev/null)"
