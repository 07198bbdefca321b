"""The soak in small; `python -m tests.faults.soak` plays ten hours of it."""

from tests.faults.soak import soak


def test_half_an_hour_of_faults_leaves_nothing_behind() -> None:
    tally, found = soak(hours=0.5, seed=7)
    assert found == []
    assert tally.faults > 15
    assert tally.failed_polls > 5
    assert len(tally.shown) > 1
