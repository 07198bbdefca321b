"""Which request meets which fault, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from random import Random
from threading import Lock

from orch_tui.simulator.app import BASE
from orch_tui.simulator.clock import Clock
from orch_tui.simulator.errors import Json
from orch_tui.simulator.faults.fault import Fault
from orch_tui.simulator.named import Table, filled, made


@dataclass(frozen=True, slots=True)
class Meeting:
    """Which requests a fault meets: all of `method` whose path after /v1 begins with `path`.

    Both may be patterns (`*`, `/jobs/*/nodes`). `times` null means all of them; `share` is the part of them
    that is met, at random. `every` and `lasts` are world seconds: the fault comes and goes, and is there for
    the last `lasts` of `every` (half of them, if 0).
    """

    method: str = "GET"
    path: str = ""
    times: int | None = 1
    share: float = 1.0
    every: float = 0.0
    lasts: float = 0.0

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times must be 1 at least, or null for all")
        if self.every < 0 or self.lasts < 0:
            raise ValueError("every and lasts must not be negative")

    def is_with(self, method: str, path: str) -> bool:
        name = path.removeprefix(BASE)
        return fnmatchcase(method, self.method) and (
            name.startswith(self.path) or fnmatchcase(name, self.path)
        )

    def is_time(self, age: float) -> bool:
        """Whether the fault is there, `age` world seconds after it was asked for."""
        return not self.every or age % self.every >= self.every - (self.lasts or self.every / 2)


@dataclass(slots=True)
class _Planned:
    fault: Fault
    meeting: Meeting
    since: float
    left: int | None
    order: Json = field(default_factory=dict)
    """Its JSON, if it came as such."""


class Faults:
    """Faults waiting for their request; first those that were asked for, then those of the scenario.

    Args:
        kinds: What there is, by name.
        of_the_day: Faults as JSON, which stay; they meet any number of requests unless they say otherwise.
        clock: World seconds.
        seed: Makes the random ones come alike each time.
    """

    def __init__(
        self, kinds: Table, of_the_day: Iterable[Mapping[str, object]], clock: Clock, seed: int
    ) -> None:
        self._kinds = kinds
        self._clock = clock
        self._rng = Random(f"{seed}/faults")
        self._lock = Lock()
        self._asked_for: list[_Planned] = []
        self._of_the_day = [self._read({"times": None, **order}) for order in of_the_day]

    def add(self, *, method: str = "GET", path: str = "", fault: Fault, times: int | None = 1) -> None:
        """Let `fault` meet the next `times` requests (None: all) whose path after /v1 starts so."""
        with self._lock:
            self._asked_for.append(_Planned(fault, Meeting(method, path, times), self._clock(), times))

    def order(self, order: Mapping[str, object]) -> None:
        """The same from JSON: `{"fault": NAME}`, with the parameters of the fault and of its Meeting.

        Raises:
            Invalid: There is no such fault, or it does not take that.
        """
        planned = self._read(order)
        with self._lock:
            self._asked_for.append(planned)

    def clear(self) -> None:
        """Forget what was asked for; what belongs to the scenario stays."""
        with self._lock:
            self._asked_for.clear()

    def waiting(self) -> list[Json]:
        """What was ordered and still waits."""
        with self._lock:
            return [
                each.order | {"times": each.left} for each in self._asked_for if each.order and each.left != 0
            ]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if any."""
        with self._lock:
            now = self._clock()
            for planned in (*self._asked_for, *self._of_the_day):
                meeting = planned.meeting
                is_due = meeting.is_with(method, path) and meeting.is_time(now - planned.since)
                # The dice come last: they are thrown only where they decide.
                if planned.left != 0 and is_due and self._rng.random() < meeting.share:
                    if planned.left is not None:
                        planned.left -= 1
                    return planned.fault
        return None

    def _read(self, order: Mapping[str, object]) -> _Planned:
        keys = {field.name for field in fields(Meeting)}
        meeting = filled(Meeting, {key: value for key, value in order.items() if key in keys})
        fault = made("fault", self._kinds, {key: value for key, value in order.items() if key not in keys})
        return _Planned(fault, meeting, self._clock(), meeting.times, dict(order))
