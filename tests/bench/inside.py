"""Figures of the parts, in this process: reading, folding, polling, arranging."""

import asyncio
import gc
import json
import time
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.exchange import Body
from orch_tui.api.pages import read_nodes
from orch_tui.api.token import Token
from orch_tui.domain.node import Node
from orch_tui.session.rollout import Fold, Rollout
from orch_tui.session.watch import JobPoll
from orch_tui.ui.node_rows import NodeRows, SortBy, View
from tests.bench.figure import Figure, median, part
from tests.bench.world import TOKEN, World, world

_MS = 1000.0
_POLLS = 15
_TRACED = 20_000
"""Nodes that are weighed: tracing takes ten times as long."""
_PIECE = 2**16
# A job in which nothing happens while we look.
_STILL = 0.001


def parts(server: World, job: str, rounds: int) -> Iterator[Figure]:
    """Everything about one list of 100,000 nodes."""
    body = server.get(f"jobs/{job}/nodes")
    # As the app does: what stays is not looked through by the collector again and again.
    gc.collect()
    gc.freeze()
    yield from asyncio.run(_reading(body, rounds))
    nodes = asyncio.run(_read(body))
    yield _kept(json.dumps({"items": json.loads(body)["items"][:_TRACED]}).encode())
    yield from _arranging(asyncio.run(_rollout(server, job, nodes)), rounds)


async def _reading(body: bytes, rounds: int) -> list[Figure]:
    ours, floor, stalls = [], [], []
    for _ in range(rounds):
        began = time.perf_counter()
        json.loads(body)
        floor.append((time.perf_counter() - began) * _MS)
        async with _heartbeat() as beats:
            began = time.perf_counter()
            await _read(body)
            ours.append((time.perf_counter() - began) * _MS)
        stalls += beats
    peer = median(floor)
    return [
        Figure("read 100,000 nodes", median(ours), "ms", "json.loads", peer),
        Figure("loop stall meanwhile: p99", part(stalls, 0.99), "ms", "json.loads", peer, 16),
        Figure("loop stall meanwhile: longest", max(stalls), "ms", "json.loads", peer, 100),
    ]


async def _read(body: bytes) -> list[Node]:
    """All nodes of an answer that comes in pieces, as from a socket."""

    async def pieces() -> AsyncGenerator[Body, None]:
        for first in range(0, len(body), _PIECE):
            yield Body(body[first : first + _PIECE], "application/json")

    return [node async for part in read_nodes(pieces()) for node in part.items]


@asynccontextmanager
async def _heartbeat() -> AsyncIterator[list[float]]:
    """How many ms late each turn of the loop came that wanted to come at once."""
    late: list[float] = []

    async def beat() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            late.append((time.perf_counter() - before) * _MS)

    task = asyncio.create_task(beat())
    await asyncio.sleep(0)
    try:
        yield late
        # The turn that a last stall holds up counts too.
        await asyncio.sleep(0)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _kept(body: bytes) -> Figure:
    """Memory that stays for each node: all that was read, folded and shown in one picture."""

    async def fold() -> Fold:
        fold = Fold()
        fold.take_nodes(await _read(body))
        fold.end_list()
        return fold

    tracemalloc.start()
    try:
        kept = asyncio.run(fold())
        gc.collect()
        ours = tracemalloc.get_traced_memory()[0] / _TRACED
        del kept
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        tables = json.loads(body)
        peer = (tracemalloc.get_traced_memory()[0] - before) / _TRACED
        del tables
    finally:
        tracemalloc.stop()
    return Figure("kept per node", ours, "B", "json.loads", peer, 250)


async def _rollout(server: World, job: str, nodes: list[Node]) -> Rollout:
    async with _client(server) as client:
        fold = Fold()
        fold.take_nodes(nodes)
        fold.end_list()
        return fold.picture(await client.job(job), client.server_now(), 0)


def _arranging(rollout: Rollout, rounds: int) -> Iterator[Figure]:
    rows = NodeRows()
    rows.update(rollout)
    for _ in rows.arranging(View()):
        pass
    views = {
        "sort by duration": View(sort=SortBy.DURATION),
        "filter by a word": View(filter="web"),
        "failures only": View(failures_only=True),
    }
    steps: dict[str, list[list[float]]] = {name: [] for name in views}
    floor = []
    for _ in range(rounds):
        began = time.perf_counter()
        sorted(rollout.nodes, key=lambda node: (node.duration or 0.0, node.name))
        floor.append((time.perf_counter() - began) * _MS)
        for name, view in views.items():
            steps[name].append(_steps(rows, view))
    for name in views:
        total, longest = (median(map(of, steps[name])) for of in (sum, max))
        yield Figure(f"{name}, 100,000 nodes: complete", total, "ms", "sorted()", median(floor), 300)
        yield Figure(f"{name}, 100,000 nodes: longest step", longest, "ms", "sorted()", median(floor), 16)


def _steps(rows: NodeRows, view: View) -> list[float]:
    steps, began = [], time.perf_counter()
    for _ in rows.arranging(view):
        steps.append((time.perf_counter() - began) * _MS)
        began = time.perf_counter()
    return [*steps, (time.perf_counter() - began) * _MS]


def polls() -> Iterator[Figure]:
    """One poll without news, as the job grows."""
    times = {nodes: asyncio.run(_poll(nodes)) for nodes in (100, 10_000, 100_000)}
    least = times.pop(100)
    for nodes, ours in times.items():
        yield Figure(f"a poll without news, {nodes:,} nodes", ours, "ms", "100 nodes", least, 1.5, True)


async def _poll(nodes: int) -> float:
    with world(nodes, _STILL) as server:
        job = server.deploy()
        async with _client(server) as client:
            poll = JobPoll(client, job, time.monotonic)
            [_ async for _ in poll()]
            times = []
            for _ in range(_POLLS):
                began = time.perf_counter()
                [_ async for _ in poll()]
                times.append((time.perf_counter() - began) * _MS)
    return median(times)


@asynccontextmanager
async def _client(server: World) -> AsyncIterator[OrchestratorClient]:
    async with OrchestratorClient(Connection(service_url=server.url, token=Token.given(TOKEN))) as client:
        yield client
