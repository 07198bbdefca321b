"""The soak in small; `python -m tests.faults.soak` plays ten hours of it."""

from tests.faults.soak import soak


def test_an_hour_of_faults_leaves_nothing_behind() -> None:
    tally, found = soak(hours=1, seed=7)
    assert found == []
    assert tally.faults > 30
    assert tally.failed_polls > 10
    assert len(tally.shown) > 3
