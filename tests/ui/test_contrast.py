"""Every cell of every screen, in every theme of ours: its text stands out from what is behind it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from textual.color import Color as Blend
from textual.theme import Theme

from orch_tui.simulator import Answer
from orch_tui.ui.app import OrchApp
from orch_tui.ui.theme import MODES, STATES
from tests.ui.conftest import THEMES, Cockpits, Driver

_FRAMES = frozenset(" ─│╭╮╰╯▏▎▍▌▋▊▉█▇▆▅▄▃▂▁▔▒░")
_SHAPES = 3.0
"""Of these a shape is seen and not a letter read: so much is enough (WCAG 2.1, 1.4.11)."""

_DIMMED = 0.66
"""How much is left of a dim text, as in Textual's own filter."""


class Painted(NamedTuple):
    """Letters of one look: where they are, and what colours they have."""

    place: str
    text: str
    front: Color
    back: Color
    is_dim: bool


def painted(app: OrchApp, place: str) -> Iterator[Painted]:
    """What the terminal would be sent for the screens as they stand, without blanks."""
    strips = app.screen._compositor.render_strips(app.size)
    if app.screen.is_modal:
        # What lies behind is faded on purpose.
        box = app.screen.query_one(".box, #--container").region
        strips = [strip.crop(box.x, box.right) for strip in strips[box.y : box.bottom]]
    for filtered in strips:
        for line_filter in app.get_line_filters():
            filtered = filtered.apply_filter(line_filter, Blend.parse("black"))
        for text, style, _ in filtered:
            if style is None or not text.strip():
                continue
            default = Color.default()
            front, back = style.color or default, style.bgcolor or default
            if style.reverse:
                front, back = back, front
            yield Painted(place, text.strip(), front, back, bool(style.dim))


async def walked(driver: Driver) -> list[Painted]:
    """All looks that there are on the screens and dialogs of a deploy that meets trouble."""
    seen: list[Painted] = []

    def look(place: str) -> None:
        seen.extend(painted(driver.app, place))

    look("home")
    for key, words, place in (("question_mark", "Ctrl-C", "help"), ("colon", "Search for", "palette")):
        await driver.press(key)
        await driver.shows(words)
        look(place)
        await driver.press("escape")
    await driver.press("d")
    await driver.shows("6 known")
    look("form")
    await driver.press("tab", "space", "tab", "0")
    await driver.shows("from 1 to")
    look("wrong form")
    await driver.press("escape")
    await driver.to_review("production")
    look("review")
    await driver.press("escape", "escape")
    await driver.to_rollout(60)
    await driver.shows("queued")
    look("rollout that has begun")
    await driver.later(180)
    await driver.press("j", "space")
    driver.app.notify("A notice.")
    await driver.shows("A notice.", "1 marked")
    look("rollout")
    await driver.press("slash", "z", "z")
    await driver.shows("no node")
    look("filter")
    await driver.press("escape")
    await driver.shows("1 marked")
    for key, words in (("2", "CAUSE"), ("3", "EVENT"), ("4", "History")):
        await driver.press(key)
        await driver.shows(words)
        look(words)
    await driver.press("x")
    await driver.is_armed()
    await driver.press("right")
    look("stop")
    await driver.press("escape")
    driver.server.simulator.faults.add(path="/jobs", fault=Answer(503, b""), times=None)
    await driver.later(0)
    await driver.shows("NOT UPDATED")
    look("trouble")
    await driver.press("e")
    await driver.shows("Copy all")
    look("explanation")
    return seen


def contrast(each: Painted) -> float:
    """The ratio of luminances that WCAG 2.1 defines."""
    front, back = (colour.get_truecolor(DEFAULT_TERMINAL_THEME) for colour in (each.front, each.back))
    if each.is_dim:
        front = ColorTriplet(*(round(b + (f - b) * _DIMMED) for f, b in zip(front, back, strict=True)))
    lighter, darker = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("theme", "least"), [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)])
async def test_all_that_is_drawn_stands_out(cockpits: Cockpits, theme: str, least: float) -> None:
    async with cockpits.running(size=(140, 40), theme=theme) as driver:
        seen = [*states_of(THEMES[theme]), *await walked(driver)]
    assert faint(seen, ColorSystem.TRUECOLOR, least) == []
    assert faint(seen, ColorSystem.EIGHT_BIT, least) == []
    # Of sixteen colours the terminal has the say: there, our themes are its nearest and no more.
    assert faint(seen, ColorSystem.STANDARD, _SHAPES) == []


def states_of(theme: Theme) -> Iterator[Painted]:
    """The states and modes, of which few runs have all, on screens and in dialogs."""
    for name in [*(f"state-{state}" for state in STATES), *(f"mode-{mode}" for mode in MODES)]:
        for back in (theme.background, theme.surface):
            front = Blend.parse(theme.variables[name]).rich_color
            yield Painted("theme", name, front, Blend.parse(back or "").rich_color, is_dim=False)


def faint(seen: list[Painted], colours: ColorSystem, least: float) -> list[str]:
    """What does not stand out enough on a terminal with so many colours, each look once."""
    found = {}
    for each in seen:
        shown = each._replace(front=each.front.downgrade(colours), back=each.back.downgrade(colours))
        needed = _SHAPES if set(each.text) <= _FRAMES else least
        if (ratio := contrast(shown)) < needed:
            found[each.front, each.back, each.is_dim] = f"{ratio:.1f} {each}"
    return list(found.values())


async def test_the_terminals_own_theme_has_no_colours_but_the_terminals_own(cockpits: Cockpits) -> None:
    async with cockpits.running(size=(140, 40)) as driver:
        seen = await walked(driver)
    kinds = {colour.type for each in seen for colour in (each.front, each.back)}
    assert kinds == {ColorType.DEFAULT, ColorType.STANDARD}
    assert not [each for each in seen if each.front == each.back and not each.front.is_default]


async def test_t_and_the_palette_change_all_that_is_drawn(cockpits: Cockpits) -> None:
    async with cockpits.running(theme="terminal") as driver:
        for theme in ("contrast", "dark", "light", "terminal"):
            if theme == "light":
                await driver.press("colon", *"next theme")
                await driver.shows("Next theme")
                await driver.press("enter")
            else:
                await driver.press("t")
            await driver.shows(f"Theme: {theme}")
            background = Blend.parse(THEMES[theme].background or "").rich_color
            assert background in {each.back for each in painted(driver.app, "home")}


async def looks_of_a_dialog(driver: Driver) -> set[tuple[Color, Color, bool]]:
    """The looks of a dialog, and of the rollout once it has gone."""
    seen = list(painted(driver.app, "dialog"))
    await driver.press("escape")
    seen += painted(driver.app, "rollout")
    return {(each.front, each.back, each.is_dim) for each in seen}


async def test_a_theme_chosen_under_a_dialog_looks_as_one_chosen_at_the_start(cockpits: Cockpits) -> None:
    looks = []
    for theme in ("dark", "light"):
        async with cockpits.running(theme=theme, environment="staging") as driver:
            await driver.shows("Jobs of staging", "1813")
            await driver.press("tab", "enter")
            await driver.shows("job 1813", "x STOP", "web-")
            await driver.press("x")
            await driver.is_armed()
            driver.app.theme = "light"
            await driver.pilot.pause()
            looks.append(await looks_of_a_dialog(driver))
    assert looks[0] == looks[1]
