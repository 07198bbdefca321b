"""How fast is it? `python -m tests.bench` from the root; takes some five minutes, `--quick` one.

Each figure stands beside a floor or a peer that was measured in the same run. Figures move with the machine
and with what else it does; the ratios are the point. Needs the `test` extra and Linux.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator

import textual

from tests.bench import inside, outside
from tests.bench.figure import Figure, as_table
from tests.bench.world import AT_ONCE, world


def figures(quick: bool) -> Iterator[Figure]:
    """All of them, as they come."""
    rounds = 1 if quick else 3
    yield from outside.start(2 if quick else 7)
    yield from outside.keys(rounds, large=not quick)
    yield from outside.traffic(*((4.0, [0.01]) if quick else (5.0, [0.01, 0.1])))
    with world(100_000, AT_ONCE) as server:
        job = server.deploy("finished")
        yield from outside.opening(server, job, rounds)
        yield from inside.parts(server, job, rounds)
    yield from inside.polls()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and no keys at 100,000 nodes")
    options = parser.parse_args()
    began, found = time.monotonic(), []
    for figure in figures(options.quick):
        found.append(figure)
        print(" · ".join(filter(None, figure.cells())), file=sys.stderr)
    versions = f"Python {platform.python_version()}, Textual {textual.__version__}"
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores, {versions}, load {load}, {time.monotonic() - began:.0f} s\n")
    print(as_table(found))


if __name__ == "__main__":
    main()
