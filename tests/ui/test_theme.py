"""Theme files: ours are whole, and whatever is wrong with somebody's own costs a line and not the program."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rich.style import Style
from textual.css.stylesheet import Stylesheet
from textual.theme import BUILTIN_THEMES, Theme

from orch_tui.config import shipped
from orch_tui.ui.theme import (
    MODES,
    STATES,
    ThemeError,
    load_theme,
    load_themes,
    with_state_defaults,
)

SHIPPED, _ = load_themes(shipped("themes"))
VARIABLES = Theme("", primary="black").to_color_system().generate()
THEME_KEYS = {field.name for field in fields(Theme)} - {"name", "variables"}
STYLES = [name for name in VARIABLES if name.endswith("style") or "-style-" in name]
COLOURS = [name for name in VARIABLES if name not in STYLES]
TEXTS = [name for name in COLOURS if VARIABLES[name].startswith("auto")]


def parses(theme: Theme) -> bool:
    """Whether stylesheets take what `theme` sets for all that it may be used for there."""
    rules = []
    for name in theme.variables:
        if name in STYLES:
            rules.append(f"A {{ text-style: ${name}; }}")
        elif name in TEXTS:
            rules.append(f"A {{ color: ${name}; }}")
        else:
            rules.append(f"A {{ color: ${name}; background: ${name}; border: tall ${name}; }}")
    sheet = Stylesheet(variables=theme.to_color_system().generate() | theme.variables)
    sheet.add_source("\n".join(rules))
    sheet.parse()
    for style in (theme.variables[name] for name in theme.variables if name in STYLES):
        Style.parse(style)
    return True


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def refusal(file: Path) -> str:
    """What is said of `file`: one line that names it."""
    with pytest.raises(ThemeError) as caught:
        load_theme(file)
    text = str(caught.value)
    assert text.isprintable()
    assert text.startswith(f"{file}: ")
    return text.removeprefix(f"{file}: ")


def test_every_theme_of_ours_loads() -> None:
    themes, failed = load_themes(shipped("themes"))
    assert failed == []
    assert themes.keys() >= {"terminal", "dark", "light", "contrast"}


@pytest.mark.parametrize("theme", SHIPPED.values(), ids=lambda theme: theme.name)
def test_every_theme_of_ours_has_all_our_colours(theme: Theme) -> None:
    assert {f"state-{state}" for state in STATES} <= theme.variables.keys()
    assert {f"mode-{mode}" for mode in MODES} <= theme.variables.keys()
    assert parses(theme)


@pytest.mark.parametrize("theme", BUILTIN_THEMES.values(), ids=lambda theme: theme.name)
def test_a_theme_without_our_colours_gets_them(theme: Theme) -> None:
    own = with_state_defaults(theme.to_color_system().generate())
    assert own.keys() >= {f"state-{state}" for state in STATES} | {f"mode-{mode}" for mode in MODES}


def test_a_short_theme_is_enough(file: Path) -> None:
    # A byte order mark is what some editors write first.
    file.write_text('primary = "#0af"\n[states]\nfailed = "red"\n', encoding="utf-8-sig")
    theme = load_theme(file)
    assert (theme.name, theme.primary) == ("mine", "#0af")
    assert theme.variables == {"state-failed": "red"}


def test_the_example_of_the_guide_is_a_theme(file: Path) -> None:
    guide = (shipped("themes") / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    file.write_text(example, encoding="utf-8")
    assert parses(load_theme(file))
    for name in (*STATES, *MODES, *THEME_KEYS):
        assert f"`{name}`" in guide


INJECTION = "red; } Screen { display: none }"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "primary: is required"),
        ("primary", "Expected '='"),
        ("primary = 1", "primary: is not a colour: 1"),
        ('primary = "blau"', "primary: is not a colour: 'blau'"),
        ('primary = "auto"', "primary: is not a colour: 'auto'"),
        ('primary = "RED"', "primary: is not a colour: 'RED'"),
        (f'primary = "{INJECTION}"', "primary: is not a colour: "),
        ('primary = "red"\nprimray = "red"', "primray: no such key; allowed are accent, ansi"),
        ('primary = "red"\nname = "x"', "name: no such key"),
        ('primary = "red"\n"\\n\\u001b" = 1', "␊␛: no such key"),
        ('primary = "red"\ndark = 1', "dark: must be true or false"),
        ('primary = "red"\ntext_alpha = "much"', "text_alpha: must be a number from 0 to 1"),
        ('primary = "red"\ntext_alpha = nan', "text_alpha: must be a number from 0 to 1"),
        pytest.param(f'primary = "red"\ntext_alpha = 1{"0" * 400}', "text_alpha: must be", id="huge"),
        ("states = 1", "states: must be a table"),
        ('[states]\nbroken = "red"', "states.broken: no such key; allowed are failed, errored"),
        ('[states]\nfailed = "auto"', "states.failed: is not a colour"),
        (f'[states]\nfailed = "{INJECTION}"', "states.failed: is not a colour"),
        ("[modes]\nnoop = []", "modes.noop: is not a colour: []"),
        ('[modes]\nfast = "red"', "modes.fast: no such key; allowed are noop, enforce"),
        ("variables = []", "variables: must be a table"),
        ('[variables]\nbordre = "red"', "variables.bordre: Textual has no such variable"),
        (f'[variables]\nborder = "{INJECTION}"', "variables.border: is not a colour"),
        ('[variables]\nborder = "auto 50%"', "variables.border: is not a colour"),
        ('[variables]\nborder = "#fff\\n"', "variables.border: is not a colour: '#fff\\n'"),
        ('[variables]\nborder = "$error"', "variables.border: is not a colour"),
        ('[variables]\nlink-style = ""', "variables.link-style: must be none, or words of bold"),
        ('[variables]\nlink-style = "bold not"', "variables.link-style: must be none, or words of bold"),
        ('[variables]\nlink-style = "bold; }"', "variables.link-style: must be none, or words of bold"),
        pytest.param(f"x = {'[' * 5000}", "nested more than", id="nested"),
    ],
)
def test_a_broken_theme_is_one_line_that_says_what_is_wrong(file: Path, content: str, told: str) -> None:
    file.write_text(content)
    assert told in refusal(file)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.toml") == "No such file or directory"
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    assert refusal(folder) == "Is a directory"
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "can't decode" in refusal(binary)


def test_broken_themes_cost_no_others_and_a_users_theme_comes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("primary")
    (tmp_path / "mine.toml").write_text('primary = "red"')
    (tmp_path / "dark.toml").write_text('primary = "green"')
    (tmp_path / "no-theme.txt").write_text("")
    themes, failed = load_themes(shipped("themes"), tmp_path, tmp_path / "missing")
    assert themes.keys() == {*SHIPPED, "mine"}
    assert themes["dark"].primary == "green"
    assert [str(error).startswith(f"{tmp_path}/broken.toml: ") for error in failed] == [True]


@pytest.mark.parametrize("value", ["auto 50%", "#12345678", "ansi_red"])
def test_what_is_accepted_for_a_variable_breaks_no_stylesheet(file: Path, value: str) -> None:
    accepted = 0
    for name in COLOURS:
        file.write_text(f'primary = "red"\n[variables]\n{name} = "{value}"\n')
        try:
            theme = load_theme(file)
        except ThemeError:
            continue
        accepted += 1
        assert parses(theme)
    assert accepted == len(TEXTS if value.startswith("auto") else COLOURS)


any_file = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
colours = st.from_regex(
    r"(#[0-9a-fA-F]{3,8}|[a-zA-Z_]{3,9}|(rgb|hsl)a?\([0-9 .,%-]{3,12}\)|auto)( \d{1,3}%)?", fullmatch=True
) | st.sampled_from(["red", "rgb(1,2,3)", "hsl(1,2%,3%)", "rgba(1,2,3,0.5)", "RED", "rgb(١,٢,٣)", "#fff\\n"])


@any_file
@given(st.binary() | st.text().map(str.encode))
def test_any_file_is_a_theme_or_one_line(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    try:
        assert parses(load_theme(file))
    except ThemeError:
        assert refusal(file)


@any_file
@given(st.sampled_from(COLOURS), colours, st.sampled_from(STATES), colours)
def test_any_colour_is_refused_or_breaks_nothing(
    file: Path, name: str, colour: str, state: str, other: str
) -> None:
    file.write_text(
        f'primary = "red"\n[variables]\n{name} = "{colour}"\n[states]\n{state} = "{other}"\n',
        encoding="utf-8",
    )
    try:
        theme = load_theme(file)
    except ThemeError:
        assert refusal(file)
    else:
        assert parses(theme)


@any_file
@given(
    st.sampled_from(STYLES), st.lists(st.sampled_from(["bold", "not", "none", "dim", "b", ""]), max_size=4)
)
def test_any_style_is_refused_or_breaks_nothing(file: Path, name: str, words: list[str]) -> None:
    file.write_text(f'primary = "red"\n[variables]\n{name} = "{" ".join(words)}"\n')
    try:
        theme = load_theme(file)
    except ThemeError:
        assert refusal(file)
    else:
        assert parses(theme)
        assert words[-1] != "not"
        assert words == ["none"] or "none" not in words
