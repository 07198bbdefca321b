"""The submit experiment in small: every fault, and real kills. Its numbers in full: `submit_experiment`."""

from collections import Counter

from tests.faults.submit_experiment import fault_trials, kill_trials, total

BAD = ("DOUBLE", "LOST", "WRONG")


def bad(ends: Counter[tuple[str, str]]) -> int:
    return sum(total(ends, end) for end in BAD)


def test_no_fault_doubles_loses_or_mistakes_a_deploy() -> None:
    ends = Counter(fault_trials(40))
    assert bad(ends) == 0, ends
    assert total(ends, "accepted") == ends["no fault", "accepted"] == 4
    assert total(ends, "found again") == 20  # five of the ten faults come after the server has done its work
    assert total(ends, "unknown, rightly") == 16


def test_P4_kill_9_during_submit() -> None:
    ends = Counter(kill_trials(10))
    assert bad(ends) == 0, ends
    assert sum(ends.values()) == 10
