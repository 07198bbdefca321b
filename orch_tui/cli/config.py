"""`orch-tui config`: where settings are looked for, which hold, and a file to start from."""

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from orch_tui.cli.output import put
from orch_tui.config import (
    TOKEN_VARIABLE,
    ConfigError,
    NothingConfigured,
    Place,
    Source,
    config_folder,
    find_config,
    places,
    shipped,
    state_folder,
)
from orch_tui.plain import plain

_SETTING = re.compile(r"^(?=[a-z\"])", re.MULTILINE)
_WANTED = "#service-url"
"""The one setting for which there is no default."""


def config(options: argparse.Namespace) -> int:
    """Tell of the settings; the exit code.

    Raises:
        ConfigError: There are none, or they cannot be used.
    """
    if options.example:
        put(example())
        return 0
    if options.themes:
        folders = (shipped("themes"), config_folder() / "themes")
        _print_names({file.stem for folder in folders for file in folder.glob("*.toml")})
        return 0
    explicit = getattr(options, "config", None)
    if options.profiles:
        profiles = find_config(explicit, os.environ).table.get("profiles")
        _print_names(set(profiles) if isinstance(profiles, dict) else set())
        return 0
    looked = places(explicit, os.environ)
    try:
        found = find_config(explicit, os.environ)
    except NothingConfigured:
        raise  # which says itself where was looked
    except ConfigError:
        _print(_looked(looked, None))
        raise
    _print(_looked(looked, found))
    _print(_settings(found, getattr(options, "profile", None)))
    return 0


def example() -> str:
    """A file to start from: every setting with its default behind a `#`, but the one that must be set.

    What is written down holds for ever; what is not follows the defaults of later releases.
    """
    text = shipped("config.example.toml").read_text(encoding="utf-8")
    return _SETTING.sub("#", text).replace(_WANTED, _WANTED[1:])


def first_steps(nothing: NothingConfigured) -> str:
    """What to tell somebody who has just begun."""
    own = nothing.looked[0]
    looked = "\n".join(f"  {_short(Path(os.path.expanduser(file)))}" for file in nothing.looked)
    return f"""nothing is configured. None of these files exists:
{looked}

To look around first, without any server:
  orch-tui demo

To begin, write a file, put the address of your server into it, and sign in:
  mkdir -p {_short(own.parent)}
  orch-tui config --example > {_short(own)}
  puppet access login
  orch-tui doctor"""


def _print(lines: Iterator[str]) -> None:
    put("".join(f"{line}\n" for line in lines))


def _print_names(names: set[str]) -> None:
    _print(name for name in sorted(names) if name.isprintable())


def _looked(looked: tuple[Place, ...], found: Source | None) -> Iterator[str]:
    """One line for each place; those behind the one that is read are not looked at."""
    used = {found.file, *found.origins.values()} if found else set()
    yield "looked for"
    for place in looked:
        if place.file is None:
            yield f"  {'-':<9}  {place.what:<17}  not given"
            continue
        # Unlike those of `Path`, these raise nothing: without a home, or for a name that is too long.
        file = Path(os.path.expanduser(place.file))
        state = "read" if file in used else "not read" if os.path.exists(file) else "not found"
        yield f"  {state:<9}  {place.what:<17}  {_short(file)}"


def _settings(found: Source, wanted: str | None) -> Iterator[str]:
    """
    Raises:
        ConfigError: They cannot be used.
    """
    from orch_tui.config import Config, Profile, check_config  # here: names are wanted while somebody types

    whole = check_config(found)
    name, profile = whole.profile(wanted)
    others = [each for each in whole.profiles if each != name]
    yield ""
    yield f"profile {name}" + (f" (there are also: {', '.join(others)})" if others else "")
    written = found.table["profiles"]
    assert isinstance(written, dict)
    for field, info in Profile.model_fields.items():
        key = info.alias or field
        value = profile.sign_in_url if field == "rbac_url" else getattr(profile, field)
        yield _line(key, value, _origin(found, key) if key in written[name] else "default")
    yield ""
    yield "for all profiles"
    for field, info in Config.model_fields.items():
        if field not in ("default_profile", "profiles", "keys"):
            key = info.alias or field
            yield _line(key, getattr(whole, field), "file" if key in found.table else "default")
    for command, keys in whole.keys.items():
        yield _line(f'keys."{command}"', keys, "file")
    yield ""
    given = TOKEN_VARIABLE in os.environ
    yield f"token   {TOKEN_VARIABLE}, which goes before token-file" if given else "token   from token-file"
    yield f"themes  {_short(config_folder() / 'themes')}"
    yield f"state   {_short(state_folder())}"


def _origin(found: Source, key: str) -> str:
    return found.origins[key].name if key in found.origins else "file"


def _line(key: str, value: object, origin: str) -> str:
    match value:
        case None | ():
            shown = "(none)"
        case bool():
            shown = str(value).lower()
        case tuple():
            shown = ", ".join(value)
        case Path():
            shown = _short(value)
        case _:
            shown = str(value)
    return f"  {origin:<18}  {plain(key):<22}  {plain(shown)}"


def _short(path: Path) -> str:
    """A path as one would type it."""
    home = Path(os.path.expanduser("~"))
    return plain(f"~/{quote(str(path.relative_to(home)))}" if path.is_relative_to(home) else quote(str(path)))
