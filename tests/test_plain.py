"""Nothing that leaves `plain` can do anything to a terminal, whatever went in."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orch_tui.plain import LIMIT, plain

# Hypothesis leaves lone surrogates out of `text()` unless asked: JSON can bring them.
ANYTHING = st.text(st.characters(exclude_categories=()))
NO_LIMIT = 10**9


@given(ANYTHING)
@example("\x1b]52;c;aGk=\x07")
@example("\ud800\u202e\u2028\x9b\x00\x7f\r\n\ue000\U000e0041")
def test_the_result_is_one_printable_line(text: str) -> None:
    assert plain(text).isprintable()


@given(ANYTHING)
def test_with_lines_only_line_feeds_remain_beside_printable_characters(text: str) -> None:
    shown = plain(text, lines=True)
    assert shown.replace("\n", "").isprintable()
    assert shown.count("\n") == text.count("\n")


def test_every_code_point_alone_becomes_printable_or_stays_as_it_is() -> None:
    for code in range(0x110000):
        character = chr(code)
        shown = plain(character)
        assert shown.isprintable(), hex(code)
        assert shown == character or not character.isprintable(), hex(code)


@given(ANYTHING, st.booleans())
def test_what_is_plain_already_is_left_alone(text: str, lines: bool) -> None:
    once = plain(text, lines=lines, limit=NO_LIMIT)
    assert plain(once, lines=lines, limit=NO_LIMIT) == once


@given(st.text(string.printable.strip() + " ", max_size=LIMIT))
def test_printable_ascii_is_left_alone(text: str) -> None:
    assert plain(text) == text


@given(st.text("ab", max_size=50), st.integers(min_value=0, max_value=50))
def test_the_characters_that_are_cut_are_counted(text: str, limit: int) -> None:
    cut = max(0, len(text) - limit)
    assert plain(text, limit=limit) == text[:limit] + (f"… [+{cut} chars]" if cut else "")


def test_a_field_is_cut_at_the_limit_unless_told_otherwise() -> None:
    assert plain("x" * (LIMIT + 7)) == "x" * LIMIT + "… [+7 chars]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("\x7f", "␡"),
        ("a\tb", "a    b"),
        ("a\u00a0b", "a b"),
        ("gnp\u202e.exe", "gnp<U+202E>.exe"),
        ("\x9b2J", "<U+009B>2J"),
        ("\ud800", "<U+D800>"),
        ("two\r\nlines", "two␊lines"),
        ("e" + "\u0301" * 200, "e" + "\u0301" * 4),
        ("[red]x[/]", "[red]x[/]"),
        ("Zürich 東京 ✓", "Zürich 東京 ✓"),
    ],
)
def test_what_cannot_be_shown_is_drawn(text: str, shown: str) -> None:
    assert plain(text) == shown
