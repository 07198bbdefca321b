"""Write configuration.md and keys.md from the code: `python docs/make_reference.py` (a test says when to)."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from textual.keys import format_key

from orch_tui.config.model import Config, Profile
from orch_tui.ui.app import OrchApp
from orch_tui.ui.keymap import commands

HERE = Path(__file__).parent

_SETTINGS = """# Settings

The file is looked for at `--config`, `$ORCH_TUI_CONFIG`, then `$XDG_CONFIG_HOME/orch-tui/config.toml`.
Without any, the settings of Puppet's client tools apply. `orch-tui config --example` prints one to start from
([config.example.toml](../config.example.toml)), `orch-tui config` what holds here, and from where. A mistake
is one line that names the file, the key and what is allowed.
"""

_TABLES = {
    Config: """
## At the top

| key | takes | default | what for |
| --- | --- | --- | --- |
""",
    Profile: """
## In `[profiles.NAME]`, one for each orchestrator

| key | takes | default | what for |
| --- | --- | --- | --- |
""",
}

_TAKES = {
    "str": "text",
    "Label": "text",
    "Url": "a URL",
    "File": "a file",
    "Release": "a release",
    "EnvironmentName": "a name",
    "StrictBool": "`true`, `false`",
    "tuple[EnvironmentName, ...]": "a list of names",
    "dict[str, str]": "a table",
    "dict[Label, Profile]": "tables",
    "Seconds": "seconds",
}

_KEYS = """# Keys

Every command, with the keys it has. It can have others, by its id:

```toml
[keys]
"rollout.stop" = "f9"
"table.down" = "down,j,ctrl+n"
```

A key that another command has at the same time is refused at the start. `?` lists those that work where you
are.
"""

_WHERE = {
    "app": "Everywhere",
    "screen": "On every screen",
    "environments": "At home",
    "deploy": "In the deploy form",
    "field": "In a field with names to choose from",
    "choice": "On a choice of the form",
    "tick": "On a box to tick",
    "rollout": "In a rollout",
    "table": "In every list",
    "nodes": "In the list of nodes",
    "causes": "In the list of causes",
    "details": "In the details of a rollout",
    "dialog": "In every dialog",
    "review": "In Review",
    "stop": "Before a stop",
    "force-stop": "Before a stop by force",
    "rerun": "In the parts to rerun",
    "leave": "Before leaving",
    "sign-in": "In the sign-in",
    "problem": "In what is wrong",
    "unsettled": "In what became of a deploy",
    "which-job": "In which job it was",
    "job-number": "In the number of a job",
    "text": "In a text in full",
    "copy": "In what to copy",
    "link": "In the link to a report",
    "save": "In what to save",
}
"""In the order of the page: the first half of each id, and where it works."""

_NAMES = {"enter": "Enter", "escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn", "space": "Space"}


def configuration() -> str:
    """The whole of `configuration.md`."""
    return _SETTINGS + "".join(head + "".join(_settings(section)) for section, head in _TABLES.items())


def keys() -> str:
    """The whole of `keys.md`."""
    rows: dict[str, list[str]] = {where: [] for where in _WHERE}
    for name, binding in commands(OrchApp).items():
        shown = ", ".join(f"`{_on_the_keyboard(key)}`" for key in binding.key.split(","))
        rows[name.partition(".")[0]].append(f"| {shown} | {binding.description or 'The same'} | `{name}` |\n")
    tables = (
        f"\n## {_WHERE[where]}\n\n| key | does | id |\n| --- | --- | --- |\n{''.join(found)}"
        for where, found in rows.items()
    )
    return _KEYS + "".join(tables)


def _settings(section: type[BaseModel]) -> Iterator[str]:
    """A row for each key, with the words that stand below it in the code."""
    (code,) = ast.parse(inspect.getsource(section)).body
    assert isinstance(code, ast.ClassDef)
    for field, words in zip(code.body, code.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(words, ast.Expr):
            assert isinstance(field.target, ast.Name)
            info = section.model_fields[field.target.id]
            told = " ".join(ast.literal_eval(words.value).split())
            yield f"| `{info.alias}` | {_takes(field.annotation)} | {_default(info.default)} | {told} |\n"


def _takes(annotation: ast.expr) -> str:
    """An annotation in words."""
    match annotation:
        case ast.BinOp(left=one, right=ast.Constant(value=None)):
            return _takes(one)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=words)):
            return ", ".join(f'`"{ast.literal_eval(word)}"`' for word in words)
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[one, field])):
            return _takes(one) + _bounds(field)
    return _TAKES[ast.unparse(annotation)]


def _bounds(field: ast.expr) -> str:
    assert isinstance(field, ast.Call)
    limits = {limit.arg: ast.literal_eval(limit.value) for limit in field.keywords}
    least = f", {limits['ge']}" if "ge" in limits else ", more than 0" if "gt" in limits else ""
    return f"{least} to {limits['le']}" if "le" in limits else least


def _default(value: object) -> str:
    match value:
        case None | () | {}:
            return "-"
        case bool():
            return f"`{value}`".lower()
        case float():
            return f"`{value}`"
    return "needed" if value is PydanticUndefined else f'`"{value}"`'


def _on_the_keyboard(key: str) -> str:
    *held, last = key.split("+")
    shown = _NAMES.get(last) or format_key(last)
    if held or len(shown) > 1:
        shown = shown[0].upper() + shown[1:]
    return "-".join([*(word.title() for word in held), shown])


PAGES = {HERE / "configuration.md": configuration, HERE / "keys.md": keys}


if __name__ == "__main__":
    for file, page in PAGES.items():
        file.write_text(page())
