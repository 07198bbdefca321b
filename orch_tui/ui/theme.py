"""Themes are files: the fields of Textual's `Theme`, and the colours of our states."""

import re
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import tomli
from textual.color import Color, ColorParseError
from textual.theme import Theme

from orch_tui.plain import plain

STATES = (
    "failed",
    "errored",
    "unknown",
    "running",
    "changed",
    "unchanged",
    "skipped",
    "never-ran",
    "queued",
)
MODES = ("noop", "enforce")

_FIELDS = {field.name for field in fields(Theme)} - {"name", "variables"}
_SWITCHES = {"dark", "ansi"}
_NUMBERS = {"luminosity_spread", "text_alpha"}
_STYLE_WORD = "bold|dim|italic|reverse|strike|underline"
_STYLE = re.compile(rf"none|(not )?({_STYLE_WORD})( (not )?({_STYLE_WORD}))*")
# Narrower than Textual's `Color.parse`, which takes more than its own stylesheets do: capitals, line feeds.
_COLOUR = re.compile(r"#[0-9A-Fa-f]+|[a-z][a-z0-9_]*|(rgb|hsl)a?\([0-9 .,%]+\)")
_AUTO = re.compile(r"auto( [0-9]{1,3}%)?")


class ThemeError(Exception):
    """A theme file that cannot be used; its text is the one line to show."""


def load_themes(*folders: Path) -> tuple[dict[str, Theme], list[ThemeError]]:
    """All themes in `folders` by name (a later folder's over an earlier one's), and the files that failed."""
    themes: dict[str, Theme] = {}
    failed: list[ThemeError] = []
    for folder in folders:
        try:
            files = sorted(folder.glob("*.toml"))
        except OSError as error:
            failed.append(ThemeError(f"{plain(str(folder))}: {error.strerror}"))
            continue
        for file in files:
            try:
                themes[file.stem] = load_theme(file)
            except ThemeError as error:
                failed.append(error)
    return themes, failed


def load_theme(file: Path) -> Theme:
    """The theme in `file`, named after it.

    Raises:
        ThemeError: It cannot be read, has an unknown key, or a value that would break the stylesheet.
    """
    try:
        table = tomli.loads(file.read_text(encoding="utf-8-sig"))
        return _theme(file.stem, table)
    except OSError as error:
        raise ThemeError(f"{plain(str(file))}: {error.strerror}") from None
    except (ValueError, RecursionError, ColorParseError) as error:
        raise ThemeError(f"{plain(str(file))}: {plain(str(error))}") from None


def _theme(name: str, table: dict[str, object]) -> Theme:
    variables = {
        **_colours(table.pop("states", {}), "states", STATES, "state"),
        **_colours(table.pop("modes", {}), "modes", MODES, "mode"),
        **_variables(table.pop("variables", {})),
    }
    if unknown := sorted(set(table) - _FIELDS):
        raise ValueError(f"{unknown[0]}: no such key; allowed are {', '.join(sorted(_FIELDS))}")
    for key, value in table.items():
        if key in _SWITCHES:
            if not isinstance(value, bool):
                raise ValueError(f"{key}: must be true or false")
        elif key in _NUMBERS:
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
                raise ValueError(f"{key}: must be a number from 0 to 1")
        else:
            _check_colour(key, value)
    if "primary" not in table:
        raise ValueError("primary: is required")
    theme = Theme(name=name, variables=variables, **table)  # type: ignore[arg-type]
    theme.to_color_system().generate()
    return theme


def _colours(section: object, title: str, allowed: tuple[str, ...], prefix: str) -> dict[str, str]:
    if not isinstance(section, dict):
        raise ValueError(f"{title}: must be a table")
    for key, value in section.items():
        if key not in allowed:
            raise ValueError(f"{title}.{key}: no such key; allowed are {', '.join(allowed)}")
        _check_colour(f"{title}.{key}", value)
    return {f"{prefix}-{key}": value for key, value in section.items()}


def _variables(section: object) -> dict[str, str]:
    """Textual's own variables. A bad value among them would end the program when the stylesheet is read."""
    if not isinstance(section, dict):
        raise ValueError("variables: must be a table")
    known = Theme("", primary="black").to_color_system().generate()
    for key, value in section.items():
        if key not in known:
            raise ValueError(f"variables.{key}: Textual has no such variable")
        if key.endswith("style") or "-style-" in key:
            if not (isinstance(value, str) and _STYLE.fullmatch(value)):
                raise ValueError(
                    f"variables.{key}: must be none, or words of {_STYLE_WORD.replace('|', ', ')}"
                )
        elif not (known[key].startswith("auto") and isinstance(value, str) and _AUTO.fullmatch(value)):
            # `auto` picks a colour that stands out on the background: for text alone.
            _check_colour(f"variables.{key}", value)
    return section


def _check_colour(key: str, value: object) -> None:
    if isinstance(value, str) and _COLOUR.fullmatch(value):
        with suppress(ColorParseError):
            Color.parse(value)
            return
    raise ValueError(f"{key}: is not a colour: {value!r}")


def with_state_defaults(variables: dict[str, str]) -> dict[str, str]:
    """Colours for our states from a theme that has none of its own (Textual's, or a user's short one)."""
    error, warning, success = variables["error"], variables["warning"], variables["success"]
    accent, text = variables["accent"], variables["foreground"]
    return {
        # Textual's stylesheet for terminals' own colours wants these two, and only its own themes have them.
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "state-failed": error,
        "state-errored": error,
        "state-unknown": warning,
        "state-running": accent,
        "state-changed": warning,
        "state-unchanged": success,
        "state-skipped": warning,
        "state-never-ran": text,
        "state-queued": text,
        "mode-noop": accent,
        "mode-enforce": error,
    }
