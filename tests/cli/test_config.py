"""`orch-tui config`: which files are read, what holds, and where each setting is from."""

import json
import re
import sys
from pathlib import Path

import pytest
import tomli

from orch_tui.cli.config import example
from orch_tui.config import load_config
from orch_tui.config.model import Profile
from tests.cli.conftest import Run
from tests.cli.test_start import IMPORTS

SECRET = "do-not-show-this"
OWN = f"""
theme = "dark"
[profiles.production]
service-url = "https://a.example.com:8143"
protected = ["production", "staging"]
[profiles."other one"]
service-url = "https://b.example.com"
[keys]
"rollout.stop" = "f5"
# {SECRET}
"""


@pytest.fixture
def own(environment: dict[str, str]) -> Path:
    """The user's own file."""
    file = Path(environment["XDG_CONFIG_HOME"]) / "orch-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(OWN)
    return file


def settings(told: str) -> dict[str, tuple[str, str]]:
    """Each setting's value and where it is from."""
    rows = re.findall(r"^  (\S+) +([a-z]+[-a-z]*|keys\.\S+)  +(.*)$", told.partition("\n\n")[2], re.MULTILINE)
    return {key: (value, origin) for origin, key, value in rows}


def test_it_tells_the_file_and_where_each_setting_is_from(
    run: Run, own: Path, environment: dict[str, str]
) -> None:
    environment["ORCH_TUI_TOKEN"] = SECRET
    ended = run("config", "--profile=production")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "  read       own file           ~/config/orch-tui/config.toml\n" in ended.stdout
    assert "profile production (there are also: other one)\n" in ended.stdout
    found = settings(ended.stdout)
    assert {field.alias for field in Profile.model_fields.values()} <= set(found)
    assert found["service-url"] == ("https://a.example.com:8143", "file")
    assert found["protected"] == ("production, staging", "file")
    assert found["rbac-url"] == ("https://a.example.com:4433/rbac-api", "default")
    assert found["token-file"] == ("~/.puppetlabs/token", "default")
    assert found["read-only"] == ("false", "default")
    assert found["theme"] == ("dark", "file")
    assert found['keys."rollout.stop"'] == ("f5", "file")
    assert "ORCH_TUI_TOKEN, which goes before" in ended.stdout
    assert SECRET not in ended.stdout


def test_with_puppets_files_each_setting_names_its_own(run: Run, environment: dict[str, str]) -> None:
    folder = Path(environment["HOME"]) / ".puppetlabs" / "client-tools"
    folder.mkdir(parents=True)
    options = {"service-url": "https://a.example.com:8143", "color": True}
    (folder / "orchestrator.conf").write_text(json.dumps({"options": options}))
    (folder / "puppet-access.conf").write_text(json.dumps({"service-url": "https://c:4433/rbac-api"}))
    ended = run("config")
    assert ended.returncode == 0
    assert "  read       Puppet, yours      ~/.puppetlabs/client-tools/orchestrator.conf\n" in ended.stdout
    found = settings(ended.stdout)
    assert found["service-url"] == ("https://a.example.com:8143", "orchestrator.conf")
    assert found["rbac-url"] == ("https://c:4433/rbac-api", "puppet-access.conf")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "which profile?"),
        (("--profile=nobody",), "no profile is called nobody"),
        (("--config=/nowhere/c.toml",), "/nowhere/c.toml: No such file"),
    ],
)
@pytest.mark.usefixtures("own")
def test_what_cannot_be_used_is_told_below_where_was_looked(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    ended = run("config", *arguments)
    assert ended.returncode == 2
    assert ended.stdout.startswith("looked for\n")
    assert f"orch-tui: {told}" in ended.stderr


def test_names_stand_alone_on_their_lines(run: Run, own: Path) -> None:
    assert run("config", "--profiles").stdout == "other one\nproduction\n"
    (own.parent / "themes").mkdir()
    (own.parent / "themes" / "mine.toml").write_text("")
    assert run("config", "--themes").stdout.split() == ["contrast", "dark", "light", "mine", "terminal"]


@pytest.mark.usefixtures("own")
def test_it_waits_for_no_screen(run: Run) -> None:
    ended = run("config", "--profile=production", command=(sys.executable, "-c", IMPORTS))
    assert ended.stdout.splitlines()[-1] == "0 ['pydantic']"
    ended = run("config", "--profiles", command=(sys.executable, "-c", IMPORTS))
    assert ended.stdout.splitlines()[-1] == "0 []"


def test_the_example_sets_nothing_but_what_must_be_set(tmp_path: Path) -> None:
    table = tomli.loads(example())
    url = "https://orchestrator.example.com:8143"
    assert table == {"profiles": {"production": {"service-url": url}}, "keys": {}}
    file = tmp_path / "config.toml"
    file.write_text(example())
    assert load_config(file, {}).profile(None)[0] == "production"


def test_a_place_that_cannot_be_looked_into_is_told_as_any_other(
    run: Run, environment: dict[str, str]
) -> None:
    environment["XDG_CONFIG_HOME"] = f"{environment['HOME']}/{'x' * 300}"
    ended = run("config")
    assert ended.returncode == 2
    assert "  not found  own file  " in ended.stdout
    assert "File name too long" in ended.stderr


def test_the_first_steps_can_be_pasted_whatever_the_folder_is_called(
    run: Run, environment: dict[str, str]
) -> None:
    environment["XDG_CONFIG_HOME"] = f"{environment['HOME']}/my settings"
    assert "  mkdir -p ~/'my settings/orch-tui'\n" in run("config").stderr
