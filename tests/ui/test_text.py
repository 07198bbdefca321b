"""Domain values as text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.forecast import Forecast
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Metrics, Node, NodeState, Outcome
from orch_tui.domain.scope import Scope, ScopeKind
from orch_tui.ui import text

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "0s"),
        (0.9, "0s"),
        (59.99, "59s"),
        (60, "1m00s"),
        (192, "3m12s"),
        (3599.9, "59m59s"),
        (3600, "1h00m"),
        (7500, "2h05m"),
        (86399, "23h59m"),
        (86400, "1d00h"),
        (273600, "3d04h"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds: float | None, words: str) -> None:
    assert text.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *[(-600, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m")],
        *[(3600, "1h"), (86399, "23h"), (86400, "1d"), (90 * 86400, "90d")],
    ],
)
def test_an_age_has_one_unit_and_is_never_negative(seconds: int, words: str) -> None:
    assert text.age(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("earliest", "latest", "words"),
    [
        (-9, 0, ""),
        (-9, 7, "up to 20s left"),
        (41, 77, "40-80s left"),
        (41, 200, "up to 4m left"),
        (250, 400, "4-7m left"),
        (1000, 2000, "15-35m left"),
        (1000, 8000, "up to 3h left"),
        (8000, 200_000, "2-56h left"),
    ],
)
def test_how_long_is_left_is_told_as_fine_as_it_is_worth(earliest: int, latest: int, words: str) -> None:
    ends = Forecast(NOW + timedelta(seconds=earliest), NOW + timedelta(seconds=latest))
    assert text.left_words(ends, NOW) == words


def test_how_long_is_left_is_not_told_where_nobody_knows() -> None:
    assert text.left_words(None, NOW) == ""


def test_an_unknown_age_is_empty() -> None:
    assert text.age(None, NOW) == ""


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_hundred_percent_are_all_and_none_is_no_more_than_all(one: int, other: int) -> None:
    done, total = sorted((one, other))
    shown = int(text.percent(done, total).removesuffix("%"))
    assert (shown == 100) == (done == total > 0)
    assert 0 <= shown <= 100


def test_every_state_has_a_glyph_and_a_word_of_its_own() -> None:
    signs = [text.outcome_sign(outcome) for outcome in Outcome]
    assert [sign.word for sign in signs] == [outcome.value for outcome in Outcome]
    assert all(len(sign.glyph) == 1 and sign.glyph.isascii() for sign in signs)
    assert len({sign.label for sign in signs}) == len(Outcome)
    bad = [text.outcome_sign(outcome).glyph for outcome in (Outcome.FAILED, Outcome.ERRORED, Outcome.UNKNOWN)]
    assert bad == ["X", "!", "?"]
    assert text.outcome_sign(Outcome.NEVER_RAN).label == "- never ran"


@pytest.mark.parametrize("state", JobState)
def test_a_jobs_state_is_shown_and_an_unheard_of_one_in_the_servers_word(state: JobState) -> None:
    sign = text.job_sign(Job("1", state, "paused", "production", noop=False))
    assert sign.word == ("unknown: paused" if state is JobState.UNKNOWN else state.value)


def test_an_unheard_of_node_state_is_shown_in_the_servers_word() -> None:
    node = Node("web-1", NodeState.UNKNOWN, "paused")
    assert text.state_cell(node, Outcome.UNKNOWN).text == "? paused"
    assert text.state_cell(Node("web-1", NodeState.FAILED, "failed"), Outcome.FAILED).text == "X failed"


def test_noop_stands_out_and_is_never_the_word_for_a_real_run() -> None:
    assert text.mode_cell(noop=True) == ("NOOP", text.NOOP)
    assert text.mode_cell(noop=False).text == "ENFORCE"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("", ""),
        ("Error running puppet on web-1: web-1 is not connected", "not connected"),
        ("Finished puppet run on web-1 - Success! ", "Success!"),
        ("Started puppet run on web-1 ...", ""),
        ("Could not compile\n  a catalog", "Could not compile a catalog"),
        ("The disk of web-1 is full", "The disk of web-1 is full"),
        ("web-1 is lost", "lost"),
        (f"{'Long before it ' * 4}on web-1: no", f"{'Long before it ' * 4}on web-1: no"),
    ],
)
def test_a_reason_is_the_message_without_what_the_row_shows_already(message: str, words: str) -> None:
    assert text.reason(Node("web-1", NodeState.FAILED, nameless_message=message), Outcome.FAILED) == words


@given(st.text(alphabet="ab \non-:", max_size=30), st.text(alphabet="ab", min_size=1, max_size=2))
def test_a_reason_is_one_line_whatever_the_message(message: str, name: str) -> None:
    words = text.reason(Node(name, NodeState.FAILED, nameless_message=message), Outcome.FAILED)
    assert "\n" not in words
    assert words == words.strip()


@pytest.mark.parametrize(
    ("metrics", "noop", "words"),
    [
        (Metrics(total=412), False, "412 resources"),
        (Metrics(total=412, out_of_sync=3), True, "3 would change, 412 resources"),
        (
            Metrics(412, changed=2, corrective=1, failed=1, out_of_sync=3, skipped=4, restarted=5),
            False,
            "1 failed, 3 out of sync, 2 changed, 1 corrective, 4 skipped, 5 restarted, 412 resources",
        ),
    ],
)
def test_metrics_tell_what_is_not_zero(metrics: Metrics, noop: bool, words: str) -> None:
    outcome = Outcome.WOULD_CHANGE if noop else Outcome.CHANGED
    assert text.metrics_words(metrics, outcome) == words
    node = Node("web-1", NodeState.FINISHED, nameless_message="on web-1: done", noop=noop, metrics=metrics)
    assert text.reason(node, outcome) == words
    in_failure = text.reason(node, Outcome.FAILED)
    assert in_failure.endswith("412 resources"), "not the server's own words, which say that it went well"


def test_a_target_in_words() -> None:
    assert text.scope_words(Scope(), "production") == "the whole environment production"
    assert (
        text.scope_words(Scope(ScopeKind.APPLICATION, "Lamp[shop]"), "production")
        == "Lamp[shop] in production"
    )
