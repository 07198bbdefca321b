"""How often the server is asked."""

from orch_tui.session.pace import Pace


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_while_nodes_change_it_asks_as_often_as_it_may() -> None:
    pace = Pace(2.0, Clock())
    assert [pace.wait(changed=True) for _ in range(5)] == [2.0] * 5


def test_when_it_is_quiet_it_asks_ever_less_and_at_once_more_when_something_happens() -> None:
    pace = Pace(2.0, Clock())
    waits = [pace.wait(changed=False) for _ in range(10)]
    assert waits == sorted(waits)
    assert waits[0] > 2.0
    assert waits[-1] == 10.0
    assert pace.wait(changed=True) == 2.0


def test_when_nobody_has_touched_a_key_for_long_it_asks_less_still_until_somebody_does() -> None:
    clock = Clock()
    pace = Pace(2.0, clock)
    clock.now = 601.0
    assert [pace.wait(changed=True) for _ in range(20)][-1] == 30.0
    pace.touched()
    assert pace.wait(changed=True) == 2.0


def test_it_never_asks_more_often_than_its_floor() -> None:
    clock = Clock()
    pace = Pace(0.5, clock)
    for step in range(200):
        clock.now += 7.0 * step
        assert pace.wait(changed=step % 3 == 0) >= 0.5
