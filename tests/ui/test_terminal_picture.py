"""A terminal that is sent differences shows what one shows that is sent everything."""

import re

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from orch_tui.ui.terminal_picture import TerminalPicture

WIDTH, HEIGHT = 24, 3
NONE = Style()
FRAME = Region(0, 0, WIDTH, HEIGHT)

looks = st.sampled_from(
    [NONE, Style.parse("default on default"), Style.parse("bold red"), Style.parse("reverse")]
)
words = st.text(alphabet="ab█ 国é", max_size=8) | st.just(" " * 12) | st.just("e\u0301x")
lines = st.lists(st.tuples(words, looks), max_size=4)
frames = st.lists(lines, min_size=HEIGHT, max_size=HEIGHT)


def strip(line: list[tuple[str, Style]], width: int = WIDTH) -> Strip:
    return Strip([Segment(*part) for part in line]).adjust_cell_length(width)


def whole(frame: list[list[tuple[str, Style]]]) -> LayoutUpdate:
    return LayoutUpdate([[strip(line)] for line in frame], FRAME)


def text(*words: str) -> LayoutUpdate:
    return whole([[(each, NONE)] for each in words])


class Screen(pyte.Screen):
    """As terminals have it where no line runs over: the cursor never leaves the last column."""

    def draw(self, data: str) -> None:
        for character in data:
            super().draw(character)
            self.cursor.x = min(self.cursor.x, self.columns - 1)


class Terminal:
    """Shows what it is sent."""

    def __init__(self) -> None:
        self.screen = Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.screen)
        self._stream.feed("\x1b[?7l")  # as Textual does: no line runs over

    def send(self, data: str) -> None:
        self._stream.feed(data)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        return [[self.screen.buffer[y][x] for x in range(WIDTH)] for y in range(HEIGHT)]


def take(picture: TerminalPicture, update: LayoutUpdate | ChopsUpdate) -> str:
    return picture.take(update, ColorSystem.TRUECOLOR)


@given(st.lists(frames, min_size=1, max_size=5))
def test_differences_lead_to_the_same_screen_as_whole_frames(
    shown: list[list[list[tuple[str, Style]]]],
) -> None:
    picture, ours = TerminalPicture(), Terminal()
    for frame in shown:
        ours.send(take(picture, whole(frame)))
        expected = Terminal()
        expected.send(whole(frame).render_segments(Console(color_system="truecolor")))
        assert ours.cells == expected.cells
    assert take(picture, whole(shown[-1])) == ""


def test_a_digit_that_changes_costs_a_digit() -> None:
    picture = TerminalPicture()
    take(picture, text("data 5s old", "data 5s old", "data 5s old"))
    assert take(picture, text("data 6s old", "data 6s old", "data 6s old")) == (
        "\x1b[1;6H6\x1b[B\b6\x1b[B\b6"
    )


def test_after_it_was_forgotten_everything_is_sent() -> None:
    picture = TerminalPicture()
    first = take(picture, text("a", "b", "c"))
    picture.forget()
    assert take(picture, text("a", "b", "c")) == first


def test_a_wide_character_that_lost_a_half_is_drawn_again() -> None:
    picture = TerminalPicture()
    expected = text("x国国x", "", "")
    for update in (expected, ChopsUpdate([{2: strip([("ab", NONE)], 2)}], [(0, 2, 4)], [[4]])):
        take(picture, update)
    assert take(picture, expected) == "\x1b[1;2H国\x1b[1;4H国"


def test_only_the_asked_span_of_a_line_is_believed() -> None:
    picture, ours = TerminalPicture(), Terminal()
    ours.send(take(picture, text("over under", "", "")))
    hidden, shown = strip([("WRONG", NONE)], 5), strip([("right", NONE)], 5)
    ours.send(take(picture, ChopsUpdate([{0: hidden, 5: shown}], [(0, 5, 10)], [[5, 10]])))
    assert ours.screen.display[0].startswith("over right")


def test_no_control_character_is_sent() -> None:
    sent = take(TerminalPicture(), text("a\x1b]0;x\x07b", "国\x9b2J\x1b[2J", "\x00\x7f\x0e"))
    ours = Terminal()
    ours.send(sent)
    assert [line.rstrip() for line in ours.screen.display] == ["a]0;xb", "国2J[2J", ""]
    assert re.sub(r"\x1b\[[0-9;]*[HX]", "", sent).isprintable()


def test_no_look_is_left_on_the_terminal() -> None:
    sent = take(TerminalPicture(), whole([[], [], [("a" * WIDTH, Style.parse("bold red"))]]))
    assert sent.endswith("a\x1b[0m")


REPORT = "https://pe.example.com/#/cm/report/7?a=b;c"
OPEN, CLOSE = "\x1b]8;id=356595c1;https://pe.example.com/#/cm/report/7?a=b;c\x1b\\", "\x1b]8;;\x1b\\"


def linked(link: str, words: str = "report", look: Style = NONE) -> LayoutUpdate:
    return whole([[("see ", look), (words, look + Style(link=link)), ("  now", look)], [], []])


def test_a_link_is_open_for_its_own_words_only() -> None:
    picture = TerminalPicture(has_links=True)
    sent = take(picture, linked(REPORT))
    assert f"see {OPEN}report{CLOSE}  now" in sent
    assert take(picture, linked(REPORT)) == ""
    assert take(picture, linked(REPORT, "retort")) == f"\x1b[1;7H{OPEN}t{CLOSE}"
    assert take(picture, linked("http://other", "retort")).count("retort") == 1, (
        "other cells, for they open another"
    )


def test_nothing_is_erased_and_no_look_changed_while_a_link_is_open() -> None:
    sent = take(TerminalPicture(has_links=True), linked(REPORT, " " * 12, Style.parse("bold")))
    assert sent.startswith(f"\x1b[1;1H\x1b[1msee {OPEN}{' ' * 12}{CLOSE}  now\x1b[0m")
    at_the_edge = whole([[("a" * 20, NONE), ("link", Style(link=REPORT))], [], []])
    sent = take(TerminalPicture(has_links=True), at_the_edge)
    assert sent.startswith(f"\x1b[1;1H{'a' * 20}{OPEN}link\x1b[2;1H{CLOSE}\x1b[24X")
    last = whole([[], [], [("x" * WIDTH, Style(link=REPORT))]])
    assert take(TerminalPicture(has_links=True), last).endswith(f"x{CLOSE}")


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https://a b",
        "https://a\x07\x1b]52;c;AAAA\x07",
        "https://a\x1b\\",
        "https://a\n",
        "https://é",
        "https://a\x9c",
        "https://" + "a" * 2001,
    ],
)
def test_what_is_no_link_is_sent_as_text_alone(text: str) -> None:
    plain = take(TerminalPicture(has_links=True), linked("", "words"))
    assert take(TerminalPicture(has_links=True), linked(text, "words")) == plain


def test_a_terminal_that_knows_no_links_is_sent_none() -> None:
    assert take(TerminalPicture(), linked(REPORT)) == take(TerminalPicture(), linked(""))


def test_what_changes_below_itself_in_the_last_columns_stays_there() -> None:
    picture, ours = TerminalPicture(), Terminal()
    for edge in ("ab", "cd", "ce", "█e"):
        ours.send(take(picture, text(*(f"{edge:>{WIDTH}}" for _ in range(HEIGHT)))))
        assert [line.rstrip() for line in ours.screen.display] == [f"{edge:>{WIDTH}}"] * HEIGHT
