"""Rows as the text of files, and the files themselves."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.ui.export import Sheet, pieces
from orch_tui.ui.saved_file import GivenUp, save

Rows = Sequence[tuple[str, int | None]]
FIELDS = st.lists(st.tuples(st.text(), st.one_of(st.none(), st.integers())), max_size=20)


def sheet(rows: Rows) -> Sheet:
    return Sheet(("name", "number"), rows, len(rows))


@given(FIELDS)
def test_any_text_comes_back_from_csv_and_none_is_a_formula(rows: Rows) -> None:
    text = "".join(pieces(sheet(rows), ".csv"))
    titles, *read = csv.reader(io.StringIO(text, newline=""))
    assert titles == ["name", "number"]
    assert not any(name.startswith(("=", "+", "-", "@", "\t", "\r")) for name, _ in read)
    told = [(f"'{name}" if name[:1] in tuple("=+-@\t\r") else name) for name, _ in rows]
    assert [tuple(row) for row in read] == [
        (name, "" if number is None else str(number)) for name, (_, number) in zip(told, rows, strict=True)
    ]


@given(FIELDS)
def test_any_text_comes_back_from_json_as_a_whole_and_line_by_line(
    rows: Rows,
) -> None:
    expected = [{"name": name, "number": number} for name, number in rows]
    assert json.loads("".join(pieces(sheet(rows), ".JSON"))) == expected
    lines = "".join(pieces(sheet(rows), ".jsonl")).split("\n")
    assert [json.loads(line) for line in lines[:-1]] == expected


def test_many_rows_come_in_many_pieces() -> None:
    rows = [(f"node{number}", number) for number in range(20_000)]
    for suffix in (".csv", ".json", ".jsonl", ""):
        assert max(len(piece) for piece in pieces(sheet(rows), suffix)) < 10_000


def test_writing_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    given_up = Event()

    def endless() -> Iterator[str]:
        yield "a"
        given_up.set()
        yield "b"

    with pytest.raises(GivenUp):
        save(tmp_path / "x", endless(), overwrites=False, given_up=given_up)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_another_makes_meanwhile_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "x"

    def slowly() -> Iterator[str]:
        yield "ours"
        file.write_text("theirs")

    with pytest.raises(FileExistsError):
        save(file, slowly(), overwrites=False, given_up=Event())
    assert file.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [file]
