"""What is printed where nobody reads it, or nothing takes it: no word too many, and a telling exit code."""

import os
import subprocess
from collections.abc import Iterator, Mapping

import pytest

from tests.cli.conftest import PROGRAM

PRINTING = pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("watch", "--help"),
        ("--version",),
        ("completion", "bash"),
        ("config", "--example"),
        ("config", "--themes"),
        ("doctor",),
        ("simulate", "--port=0"),
    ],
    ids=" ".join,
)


def ended(arguments: tuple[str, ...], environment: Mapping[str, str], output: int) -> tuple[int, str]:
    """The exit code and what came on stderr."""
    program = subprocess.run(
        [*PROGRAM, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=20,
    )
    return program.returncode, program.stderr


@pytest.fixture
def unread() -> Iterator[int]:
    """The end to write to of a pipe from which nobody reads, as behind `| true`."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@PRINTING
def test_whoever_reads_may_go(arguments: tuple[str, ...], environment: dict[str, str], unread: int) -> None:
    assert ended(arguments, environment, unread) == (141, "")


@PRINTING
def test_a_full_disk_is_one_line(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    with open("/dev/full", "w") as full:
        code, told = ended(arguments, environment, full.fileno())
    assert (code, told) == (2, "orch-tui: the output is not taken: No space left on device\n")


@pytest.mark.parametrize("arguments", [("--wrong",), ("config",), ("watch", "7")], ids=" ".join)
def test_a_mistake_that_nobody_reads_of_is_one_all_the_same(
    arguments: tuple[str, ...], environment: dict[str, str], unread: int
) -> None:
    program = subprocess.run(
        [*PROGRAM, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=unread, stderr=unread
    )
    assert program.returncode == 2
