"""What belongs to the project as a whole: the example configuration, the wheel, and the size of its rooms."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import tomli

from orch_tui.config import load_config
from orch_tui.config.model import Config, Profile
from orch_tui.ui.app import OrchApp
from orch_tui.ui.keymap import default_keys

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "orch_tui").rglob("*.py"))
EXAMPLE = ROOT / "config.example.toml"

# Widgets that read a plain str as markup; everything else in it would be a way in for a server's text.
_READ_MARKUP = {"Static", "Label", "Button", "Checkbox", "RadioButton", "Collapsible", "Tab", "Option"}


def test_the_example_configuration_can_be_used() -> None:
    config = load_config(EXAMPLE, {})
    assert config.profile(None)[0] == "production"


def test_the_example_configuration_names_every_key_with_its_default() -> None:
    table = tomli.loads(EXAMPLE.read_text())
    profile = table["profiles"]["production"]
    assert set(table) == {field.alias for field in Config.model_fields.values()}
    assert set(profile) == {field.alias for field in Profile.model_fields.values()}
    plain_profile = Profile.model_validate({"service-url": profile["service-url"]})
    shown = Profile.model_validate(profile)
    told_apart = {
        "environment",
        "api",
        "classifier_url",
        "puppetdb_url",
        "rbac_url",
        "protected",
    }  # the example has to show something there
    for name in set(Profile.model_fields) - told_apart:
        assert getattr(shown, name) == getattr(plain_profile, name), name
    assert shown.sign_in_url == plain_profile.sign_in_url


def test_the_example_configuration_names_every_command_with_its_keys() -> None:
    assert tomli.loads(EXAMPLE.read_text())["keys"] == default_keys(OrchApp)


def test_the_wheel_brings_what_is_no_code(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(ZipFile(wheel).namelist())
    assert {f"orch_tui/themes/{file.name}" for file in (ROOT / "themes").glob("*.toml")} <= names
    assert {"orch_tui/ui/screens/rollout.tcss", "orch_tui/config.example.toml"} <= names


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_can_be_read_in_a_sitting(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 300


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_function_can_be_seen_at_once(file: Path) -> None:
    for function in ast.walk(ast.parse(file.read_text())):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert function.end_lineno is not None
            assert function.end_lineno - function.lineno < 40, (
                f"{file.name}:{function.lineno}: {function.name}"
            )


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_no_page_leads_to_a_file_that_is_not_there(page: str) -> None:
    for path in re.findall(r"`([\w/]+/[\w/]*\w\.\w+)`", (ROOT / page).read_text()):
        assert (ROOT / path).exists() or (ROOT / "orch_tui" / path).exists(), path


@pytest.mark.parametrize("file", sorted((ROOT / "orch_tui" / "ui").rglob("*.py")), ids=lambda file: file.name)
def test_no_widget_is_handed_a_string_that_it_could_read_as_markup(file: Path) -> None:
    for call in ast.walk(ast.parse(file.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _READ_MARKUP:
            text = call.args[0] if call.args else None
            is_literal = text is None or isinstance(text, ast.Constant)
            is_content = isinstance(text, ast.Call) and ast.unparse(text.func).startswith("Content")
            assert is_literal or is_content, f"{file.name}:{call.lineno}: {ast.unparse(call)}"
