"""Figures that a person at the terminal would notice."""

import json
import time
from collections.abc import Iterator, Sequence

from tests.bench.figure import Figure, median, part
from tests.bench.peers import READY
from tests.bench.program import Program
from tests.bench.world import AT_ONCE, World, bare, cockpit, demo, table, watching, world

_MS = 1000.0
_PAUSE = 0.04
_SETTLE = 2.0


def start(rounds: int) -> Iterator[Figure]:
    """From launch to the first cell, and to a useful screen."""
    times: dict[str, list[float]] = {}
    with world() as server:
        for _ in range(rounds):
            for name, launch, word in (
                ("bare", bare, READY),
                ("orch-tui", lambda: cockpit(server), "staging"),
                ("demo", demo, "staging"),
            ):
                with launch() as program:
                    first = program.until(lambda picture: not picture.is_blank) - program.began
                    useful = program.shows(word) - program.began
                times.setdefault(f"{name} first", []).append(first * _MS)
                times.setdefault(f"{name} useful", []).append(useful * _MS)
    floor = median(times["bare useful"])
    for name, most in (("orch-tui", 1.2), ("demo", None)):
        first, useful = median(times[f"{name} first"]), median(times[f"{name} useful"])
        first_most = 0.1 if name == "orch-tui" else None
        yield Figure(f"start, {name}: first cell", first, "ms", "bare Textual", floor, first_most, True)
        yield Figure(f"start, {name}: useful screen", useful, "ms", "bare Textual", floor, most, True)


def keys(rounds: int, large: bool) -> Iterator[Figure]:
    """Key to paint: idle, and while 500 nodes a second change."""
    idle: list[float] = []
    live: list[float] = []
    peer: list[float] = []
    for _ in range(rounds):
        idle += _keys_in_job(10_000, AT_ONCE)
        live += _keys_in_job(10_000, 500)
        peer += _keys_in_table(10_000, 40, 0.12)
    yield from _typed("idle", idle, [], "", None)
    yield from _typed("500 of 10,000 nodes/s", live, idle, "idle", 10)
    yield from _typed("500 of 10,000 nodes/s", live, peer, "DataTable", None)
    if large:
        hard = [second for _ in range(2) for second in _keys_in_job(100_000, 500)]
        peer = _keys_in_table(100_000, 25, 0.5)
        yield from _typed("500 of 100,000 nodes/s", hard, idle, "idle", 16)
        yield from _typed("500 of 100,000 nodes/s", hard, peer, "DataTable", None)


def _keys_in_job(nodes: int, rate: float) -> list[float]:
    with world(nodes, rate) as server:
        job = server.deploy("running" if rate < AT_ONCE else "finished")
        with watching(server, job) as program:
            program.listen(_SETTLE)
            return program.key_to_paint(70, _PAUSE)


def _keys_in_table(rows: int, keys: int, pause: float) -> list[float]:
    with table(rows, 500) as program:
        program.shows(READY)
        program.listen(_SETTLE)
        return program.key_to_paint(keys, pause)


def _typed(
    what: str, ours: list[float], peer: list[float], beside: str, worst: float | None
) -> Iterator[Figure]:
    for name, share, most in (("p50", 0.5, worst and 5.0), ("p99", 0.99, worst)):
        other = part(peer, share) * _MS if peer else None
        yield Figure(f"key to paint, {what}: {name}", part(ours, share) * _MS, "ms", beside, other, most)
        if most and name == "p99":
            ratio = f"key to paint, {what}: {name}, to idle"
            yield Figure(ratio, part(ours, share) * _MS, "ms", beside, other, 1.5, True)


def traffic(seconds: float, shares: Sequence[float]) -> Iterator[Figure]:
    """Bytes a second to the terminal, and processor time."""
    with world(10_000, AT_ONCE) as server:
        job = server.deploy("finished")
        with cockpit(server) as program:
            program.shows("staging")
            rate, work = _flow(program, seconds)
        yield Figure("bytes: home, idle", rate, "B/s", "clock", None, 30)
        with watching(server, job) as program:
            rate, work = _flow(program, seconds)
        yield Figure("bytes: finished job", rate, "B/s", "clock", None, 30)
        yield Figure("processor: finished job", work, "%", "", None, 0.5)
    for share in shares:
        yield from _running(share, 400.0 if share <= 0.01 else None, seconds)


def _running(share: float, most: float | None, seconds: float) -> Iterator[Figure]:
    changes = round(10_000 * share)
    with world(10_000, changes) as server, watching(server, server.deploy()) as program:
        by_state, work = _flow(program, seconds)
        program.press("N")
        by_name, _ = _flow(program, seconds)
    with table(10_000, changes) as program:
        program.shows(READY)
        peer, _ = _flow(program, seconds)
    what = f"bytes: {share:.0%} of 10,000 rows/s"
    yield Figure(f"{what}, by name", by_name, "B/s", "DataTable", peer, most or 1 / 15, by_ratio=not most)
    yield Figure(f"{what}, running ones first", by_state, "B/s", "DataTable", peer)
    if share == 0.01:
        yield Figure(f"processor: {share:.0%} of 10,000 rows/s", work, "%", "", None, 2)


def _flow(program: Program, seconds: float) -> tuple[float, float]:
    """Bytes a second, and per cent of a processor."""
    program.listen(_SETTLE)
    before = program.seconds_worked
    count = program.listen(seconds)
    return count / seconds, 100 * (program.seconds_worked - before) / seconds


def opening(server: World, job: str, rounds: int) -> Iterator[Figure]:
    """Enter on a finished job of 100,000 nodes, until all of them are shown."""
    floor, first, counted, memory, least = [], [], [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        json.loads(server.get(f"jobs/{job}/nodes"))
        floor.append(time.perf_counter() - began)
        with cockpit(server) as program:
            program.shows("staging", job)
            entered = program.press("\r")
            first.append(program.shows(".example.com") - entered)
            counted.append(program.shows("complete") - entered)
            program.listen(_SETTLE)
            memory.append(program.megabytes)
        with bare() as program:
            program.shows(READY)
            least.append(program.megabytes)
    down = median(floor) * _MS
    what = "open 100,000 nodes:"
    yield Figure(f"{what} all counted", median(counted) * _MS, "ms", "download + json", down, 1.5, True)
    yield Figure(f"{what} first on screen", median(first) * _MS, "ms", "download + json", down, 500)
    most = 1.5 * median(least) + 25
    yield Figure("resident, 100,000 nodes open", median(memory), "MB", "bare Textual", median(least), most)
