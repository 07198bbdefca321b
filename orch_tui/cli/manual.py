"""What `--help` says of each command below its options, so that nobody needs another manual."""

from collections.abc import Iterable

Rows = Iterable[tuple[str, str]]

_COLUMN = 24

_BAD_USAGE = ("2", "wrong usage or configuration")
_NO_SCREEN = ("2", "wrong usage or configuration, or no fit terminal")
_BUG = ("70", "a bug in orch-tui: one line on stderr names a report")
_SIGNAL = ("128+N", "signal N ended it; jobs on the server run on")

_OWN = ("~/.config/orch-tui/config.toml", "settings, see `orch-tui config`")
_PUPPETS = ("/etc/puppetlabs/client-tools/orchestrator.conf", "without a file of ours: Puppet's settings,")
_YOURS = ("~/.puppetlabs/client-tools/orchestrator.conf", "and yours over them")
_TOKEN = ("~/.puppetlabs/token", "what `puppet access login` wrote")
_THEMES = ("~/.config/orch-tui/themes/*.toml", "themes of your own")
_JOURNAL = ("~/.local/state/orch-tui/journal.jsonl", "what was deployed, so that no answer is lost for good")
_CONFIGURATION = (_OWN, _PUPPETS, _YOURS)
_FILES = (*_CONFIGURATION, _TOKEN, _THEMES, _JOURNAL)

_FILE_VARIABLE = ("ORCH_TUI_CONFIG", "the configuration file, where --config names none")
_TOKEN_VARIABLE = ("ORCH_TUI_TOKEN", "the token; goes before the token file")
_FOLDERS = ("XDG_CONFIG_HOME", "the folder to take for ~/.config")
_STATE_FOLDER = ("XDG_STATE_HOME", "the folder to take for ~/.local/state")
_COLOURS = ("NO_COLOR", "if set: no colours")
_PROXY = ("HTTPS_PROXY", "heeded only with proxy-from-environment = true")
_VARIABLES = (_FILE_VARIABLE, _TOKEN_VARIABLE, _FOLDERS, _STATE_FOLDER, _COLOURS, _PROXY)


def _page(examples: Rows, codes: Rows, files: Rows, variables: Rows) -> str:
    sections = (
        ("examples", examples), ("exit codes", codes), ("files", files), ("environment variables", variables),
    )  # fmt: skip
    return "\n\n".join("\n".join((f"{title}:", *_lines(rows))) for title, rows in sections if rows)


def _lines(rows: Rows) -> Iterable[str]:
    for name, words in rows:
        if len(name) > _COLUMN - 4:
            yield f"  {name}"
            yield f"{'':{_COLUMN}}{words}"
        else:
            yield f"  {name:<{_COLUMN - 2}}{words}"


COCKPIT = _page(
    (
        ("orch-tui demo", "look around: needs no server and no settings"),
        ("orch-tui", "the server of your settings, or of `puppet job`"),
        ("orch-tui --read-only", "the same, and nothing can be deployed or stopped"),
        ("orch-tui COMMAND --help", "what a command does and takes"),
    ),
    (("0", "left as asked; jobs on the server run on"), _NO_SCREEN, _BUG, _SIGNAL),
    _FILES,
    _VARIABLES,
)

DEMO = _page(
    (
        ("orch-tui demo --nodes 2000 --scenario failures --speed 5", "many failures, of few causes"),
        ("orch-tui demo --api 2016.2", "as the oldest release speaks"),
        ("orch-tui demo --scenario expired-token", "sign in as admin, with the password simulator"),
    ),
    (("0", "left as asked; the simulator ends with it"), _NO_SCREEN, _BUG, _SIGNAL),
    (_THEMES,),
    (_FOLDERS, _COLOURS),
)

WATCH = _page(
    (
        ("orch-tui watch 1842", "the cockpit straight on job 1842"),
        ("orch-tui watch 1842 --plain | tee rollout.txt", "a line for each change"),
        ("orch-tui watch 1842 --json | jq -r 'select(.type == \"node\").name'", "the same for programs"),
        ("orch-tui watch 1842 --exit-status && next-step", "go on only if all went well"),
    ),
    (
        ("0", "the job is over, whatever became of it, or was left"),
        ("1", "with --exit-status: nodes failed, or nobody knows"),
        ("2", "wrong usage or configuration, or the job cannot be read"),
        ("3", "with --exit-status: the job was stopped"),
        _BUG,
        _SIGNAL,
        ("141", "whoever read the lines has gone"),
    ),
    (*_CONFIGURATION, _TOKEN),
    _VARIABLES,
)

DOCTOR = _page(
    (("orch-tui doctor", "one line for each check; `!!` is to be mended"),),
    (("0", "all is well"), ("2", "something is not, or wrong usage"), _BUG, _SIGNAL),
    (*_CONFIGURATION, _TOKEN),
    _VARIABLES,
)

CONFIG = _page(
    (
        ("orch-tui config", "which files are read, and what holds"),
        ("orch-tui config --example > ~/.config/orch-tui/config.toml", "a file to start from"),
    ),
    (("0", "the settings can be used"), _BAD_USAGE, _BUG, _SIGNAL),
    _CONFIGURATION,
    (_FILE_VARIABLE, _FOLDERS),
)

COMPLETION = _page(
    (
        ('eval "$(orch-tui completion bash)"', "in ~/.bashrc"),
        ('eval "$(orch-tui completion zsh)"', "in ~/.zshrc, below compinit"),
        ("orch-tui completion fish > ~/.config/fish/completions/orch-tui.fish", "once"),
    ),
    (("0", "printed"), _BAD_USAGE, _BUG),
    (),
    (),
)

SIMULATE = _page(
    (
        ("orch-tui simulate --nodes 2000 --scenario flaky", "a bad day, on port 8143"),
        ("curl -H 'X-Authentication: simulator' 127.0.0.1:8143/orchestrator/v1/jobs", "what it answers"),
        ("curl 127.0.0.1:8143/simulator/faults", "what it can break: docs/rehearsals.md"),
    ),
    (
        ("0", "ended by Ctrl-C or SIGTERM"),
        ("2", "wrong usage, a port that is taken, or no web server"),
        _BUG,
    ),
    (("DIR/cert.pem, DIR/key.pem", "with --tls-dir: what it shows of itself"),),
    (("ORCH_TUI_TOKEN", "the token that it takes; `simulator` where unset"),),
)
