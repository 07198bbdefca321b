"""For zsh."""

from shlex import quote

from orch_tui.cli.completion.words import Command, Flag, Kind, Value

# `_arguments` puts options for compadd before the words of an action.
_FRAME = """\
#compdef orch-tui
# Completion in zsh, below compinit: eval "$(orch-tui completion zsh)"

_orch_tui_names() {{
    local -a names
    names=("${{(@f)$(orch-tui config --${{@[-1]}} 2>/dev/null)}}")
    compadd "${{@[1,-2]}}" -a names
}}

_orch_tui() {{
    local curcontext=$curcontext state line
    typeset -A opt_args
    _arguments -C \\
{flags} \\
        '1:command:->command' '*::argument:->argument'
    case $state in
        command)
            local -a commands=(
{commands}
            )
            _describe command commands ;;
        argument)
            case $line[1] in
{arguments}
            esac ;;
    esac
}}

if [[ $funcstack[1] == _orch_tui ]]; then
    _orch_tui "$@"
else
    compdef _orch_tui orch-tui
fi
"""


def zsh(commands: tuple[Command, ...]) -> str:
    """The script."""
    whole, *others = commands
    return _FRAME.format(
        flags=_specs(whole, 8),
        commands="\n".join(f"{'':16}{quote(f'{each.name}:{each.does}')}" for each in others),
        arguments="\n".join(f"{'':16}{each.name}) _arguments \\\n{_specs(each, 20)} ;;" for each in others),
    )


def _specs(command: Command, indent: int) -> str:
    specs = [_spec(flag, name) for flag in command.flags for name in flag.names]
    specs += [] if command.argument is None else [f"1:{command.name}:{_action(command.argument)}"]
    return " \\\n".join(f"{'':{indent}}{quote(spec)}" for spec in specs)


def _spec(flag: Flag, name: str) -> str:
    does = "".join(f"\\{letter}" if letter in "[]:\\" else letter for letter in flag.does)
    if flag.value is None:
        return f"{name}[{does}]"
    return f"{name}=[{does}]:{name.strip('-')}:{_action(flag.value)}"


def _action(value: Value) -> str:
    match value:
        case tuple():
            return f"({' '.join(value)})"
        case Kind.FILE:
            return "_files"
        case Kind.FOLDER:
            return "_files -/"
        case Kind.FREE:
            return " "
        case _:
            return f"_orch_tui_names {value.value}"
