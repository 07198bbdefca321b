"""A page cut while it comes in tells what it tells when it is read whole, however it comes."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.api.cutting import Cutter
from orch_tui.api.exchange import Body
from orch_tui.domain.problem import OrchestratorError, ProblemKind

# What looks like the place between two items, or like the beginning of all, where it is not.
TRAPS = st.sampled_from(["},{", '"},{"', "}]},{", '"items":[', "]}", "\\", '\\"},{', "\ud800", "{", "\n"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TRAPS | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TRAPS | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
ITEMS = st.lists(st.dictionaries(TRAPS | st.just("name"), VALUES, max_size=4) | VALUES, max_size=12)
OTHERS = st.dictionaries(st.sampled_from(["a", "b", "next-events"]), VALUES, max_size=3)
SEPARATORS = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", " :")])


def read(raw: bytes, pieces: list[int]) -> tuple[list[Any], int]:
    """All items of a page that comes in pieces, and how many of them were cut out before its end."""
    cutter, told, start = Cutter(enough=1), list[object](), 0
    for size in [*pieces, len(raw)]:
        told += cutter.take(Body(raw[start : start + size], "x"))
        start += size
    cut = len(told)
    told += cutter.rest().items
    return [json.loads(bytes(item)) if isinstance(item, msgspec.Raw) else item for item in told], cut


@given(OTHERS, ITEMS, OTHERS, SEPARATORS, st.booleans(), st.lists(st.integers(1, 40)))
def test_cutting_loses_nothing_and_makes_nothing_up(
    before: dict[str, Any],
    items: list[Any],
    after: dict[str, Any],
    separators: tuple[str, str],
    ascii_only: bool,
    pieces: list[int],
) -> None:
    page = {**before, "items": items} | {key: after[key] for key in after if key not in before}
    text = json.dumps(page, separators=separators, ensure_ascii=ascii_only)
    assert (
        read(text.encode(errors="replace"), pieces)[0] == json.loads(text.encode(errors="replace"))["items"]
    )


@given(st.integers(2, 30), st.integers(1, 30), st.sampled_from(["", "\ud800"]))
def test_what_a_server_sends_can_be_cut_while_it_comes(nodes: int, size: int, oddity: str) -> None:
    items = [
        {"name": f"web-{n}{oddity}", "details": {"metrics": {"total": n}}, "result": {}} for n in range(nodes)
    ]
    raw = json.dumps({"next-events": {"id": "x"}, "items": items}, separators=(",", ":")).encode()
    told, cut = read(raw, [size] * (len(raw) // size))
    assert told == items
    assert cut >= nodes - 6


@given(st.integers(0, 10**6), st.lists(st.integers(1, 40)))
def test_a_page_that_breaks_off_is_none(length: int, pieces: list[int]) -> None:
    raw = json.dumps({"items": [{"name": "},{"}] * 9, "next-events": None}, separators=(",", ":")).encode()
    with pytest.raises(OrchestratorError) as caught:
        read(raw[: length % len(raw)], pieces)
    assert caught.value.problem.kind is ProblemKind.NOT_UNDERSTOOD
