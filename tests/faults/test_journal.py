"""What may happen to the journal of deploys: its disk, its owner, its lines, and others who write it."""

import asyncio
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.nonce import new_nonce, with_nonce
from orch_tui.session.journal import CannotRecord, Journal
from orch_tui.session.journal_line import Event
from tests.faults.conftest import Trial

URL = "https://orchestrator.example.com:8143"
NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
# A process that writes twenty deploys, all but the first of them to their end, as fast as it can.
_WRITER = """
import asyncio, sys
from pathlib import Path
from orch_tui.session.journal import Event, Journal
from tests.faults.test_journal import NOW, URL, deploy_of
async def write():
    journal = Journal(Path(sys.argv[1]), URL)
    journal.open()
    for number in range(20):
        request = deploy_of(sys.argv[2])
        await journal.intend(request, NOW, "")
        if number:
            await journal.conclude(request.nonce, Event.JOB, job=str(number))
asyncio.run(write())
"""


def deploy_of(environment: str = "production") -> DeployRequest:
    nonce = new_nonce()
    return DeployRequest(environment, Mode.NOOP, description=with_nonce("", nonce), nonce=nonce)


def opened(file: Path, now: datetime = NOW) -> Journal:
    journal = Journal(file, URL, lambda: now)
    journal.open()
    return journal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.jsonl"


def mode(file: Path) -> int:
    """Who may do what with it."""
    return file.stat().st_mode & 0o777


def size(file: Path) -> int:
    return file.stat().st_size


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines() if line]


@pytest.mark.parametrize("is_replaced", [False, True], ids=["removed", "replaced"])
async def test_nothing_is_sent_when_nobody_would_find_it_in_the_file_again(
    file: Path, *, is_replaced: bool
) -> None:
    journal = opened(file)
    await journal.intend(deploy_of(), NOW, "")
    os.unlink(file)
    if is_replaced:
        await opened(file).intend(deploy_of(), NOW, "")
    with pytest.raises(CannotRecord, match="removed or replaced meanwhile"):
        await journal.intend(deploy_of(), NOW, "")
    assert os.listdir(file.parent) == ([file.name] if is_replaced else [])
    assert not is_replaced or len(lines(file)) == 1


async def test_a_deploy_is_on_the_disk_as_it_is_sent_and_nobody_else_can_read_it(file: Path) -> None:
    journal, request = opened(file), deploy_of()
    await journal.intend(request, NOW, "1813")
    (line,) = lines(file)
    assert (line["record"], line["nonce"], line["body"]) == ("intent", request.nonce, request.json())
    assert (line["service-url"], line["environment"], line["mode"]) == (URL, "production", "noop")
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    (again,) = opened(file).unsettled
    assert (again.request, again.after, again.pid) == (request, "1813", os.getpid())
    await journal.conclude(request.nonce, Event.UNKNOWN)
    assert [intent.was_sought for intent in opened(file).unsettled] == [True]
    await journal.conclude(request.nonce, Event.SET_ASIDE)
    assert opened(file).unsettled == ()


async def test_another_servers_deploys_are_none_of_ours(file: Path) -> None:
    await opened(file).intend(deploy_of(), NOW, "")
    elsewhere = Journal(file, "https://elsewhere.example.com:8143/")
    elsewhere.open()
    assert elsewhere.unsettled == ()
    assert len(opened(file).unsettled) == 1


@contextmanager
def full_disk(file: Path, room: int) -> Iterator[None]:
    """No file can grow beyond the size of `file` and `room` bytes more."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("room", "why"), [(0, "File too large"), (40, "only 40 of")])
async def test_C14_disk_full_on_journal(trial: Trial, room: int, why: str) -> None:
    async with trial.cockpit(stops=False) as driver:
        await driver.to_review()
        file = trial.server.folder / "journal.jsonl"
        with full_disk(file, room):
            await driver.press("enter")
            await driver.shows("The deploy cannot be recorded", "nothing was sent", why)
        await driver.press("escape", "escape")
        trial.server.clock.advance(3600)
        await driver.press("r")
        await driver.until(lambda: driver.app.screen is driver.home)
        assert trial.server.posts("deploy") == []
        # There is room again: what was left half written harms nobody.
        await trial.deploy(driver)
    assert len(trial.server.posts("deploy")) == 1
    assert trial.server.journal().unsettled == ()


@pytest.mark.parametrize(
    "garbage",
    [b'\n{"record":"intent","nonce":"7f3a', b"\n\x00\xff\xfe garbage", b"\n[1,2]", b"\n" + b"[" * 100_000],
    ids=["torn", "binary", "foreign", "deep"],
)
async def test_C17_torn_and_foreign_lines_harm_only_themselves(file: Path, garbage: bytes) -> None:
    first, second, third = deploy_of(), deploy_of(), deploy_of()
    early = opened(file)
    await early.intend(first, NOW, "")
    with file.open("ab") as other:
        other.write(garbage)
    late = opened(file)
    assert (late.fault, late.unreadable) == ("", 1)
    await late.intend(second, NOW, "")
    await early.intend(third, NOW, "")
    for journal in (early, opened(file)):
        assert [intent.request for intent in journal.unsettled] == [first, second, third]
        assert journal.unreadable == 1


@pytest.mark.parametrize("flaw", ["symlink", "readable", "folder", "pipe", "directory"])
async def test_C18_a_journal_that_others_could_touch_is_refused(trial: Trial, flaw: str) -> None:
    file = trial.server.folder / "journal.jsonl"
    target = trial.server.folder / "target"
    target.write_text("")
    match flaw:
        case "symlink":
            file.symlink_to(target)
        case "readable":
            file.touch(mode=0o644)
        case "folder":
            trial.server.folder.chmod(0o777)
        case "pipe":
            os.mkfifo(file, 0o600)
        case "directory":
            file.mkdir()
    journal = opened(file)
    words = {
        "symlink": "is a symbolic link; mend it with: rm ",
        "readable": "others can read",
        "folder": "mend it with: chmod 700 ",
        "pipe": "is not a plain file",
        "directory": "Is a directory",
    }
    assert words[flaw] in journal.fault
    with pytest.raises(CannotRecord, match=re.escape(words[flaw])):
        await journal.intend(deploy_of(), NOW, "")
    assert target.read_text() == ""


def test_C18_a_journal_of_somebody_else_is_refused(file: Path) -> None:
    opened(file)
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(file, 65534, 65534)
    assert "belongs to somebody else" in opened(file).fault


async def test_C19_a_long_journal_is_shortened_to_what_matters(file: Path) -> None:
    file.parent.mkdir(mode=0o700)
    open_since_long, settled_lately = deploy_of("forgotten"), deploy_of("recent")
    long_ago = opened(file, NOW - timedelta(days=200))
    await long_ago.intend(open_since_long, NOW, "")
    long_ago.close()
    old = json.dumps({"record": "refused", "nonce": "0" * 12, "time": "2025-01-01T00:00:00Z"})
    with file.open("ab") as lines_of_years:
        lines_of_years.write(f"\n{old}".encode() * (2**20 // len(old)))
    lately = opened(file, NOW - timedelta(days=3))
    await lately.intend(settled_lately, NOW, "")
    await lately.conclude(settled_lately.nonce, Event.JOB, job="7")
    lately.close()
    journal = opened(file)
    assert [intent.request for intent in journal.unsettled] == [open_since_long]
    assert size(file) < 4096
    assert mode(file) == 0o600
    with pytest.raises(CannotRecord, match="none is sent twice"):
        await journal.intend(settled_lately, NOW, "")


async def test_C19_a_journal_is_not_shortened_under_another_program(file: Path) -> None:
    other = opened(file)
    await other.intend(deploy_of(), NOW, "")
    with file.open("ab") as garbage:
        garbage.write((b"\n{" + b" " * 1000 + b"}") * 1100)
    journal = opened(file)
    assert journal.fault == ""
    assert size(file) > 2**20
    request = deploy_of()
    await other.intend(request, NOW, "")
    await journal.refresh()
    assert journal.unsettled[-1].request == request


def test_U7_two_programs_write_one_journal(file: Path) -> None:
    names = [f"program_{number}" for number in range(4)]
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(file), name]) for name in names]
    assert [writer.wait(60) for writer in writers] == [0] * len(names)
    journal = opened(file)
    assert journal.unreadable == 0
    assert sorted(intent.request.environment for intent in journal.unsettled) == names
    assert len(lines(file)) == len(names) * (20 + 19)


async def test_U7_the_deploy_of_another_program_stands_in_the_way(trial: Trial) -> None:
    other = trial.server.journal()
    async with trial.cockpit(stops=False) as driver:
        await driver.to_review()
        # While Review is looked at, the same user deploys the same environment in another window.
        request = deploy_of()
        await other.intend(request, NOW, "")
        await driver.press("enter")
        await driver.shows("What became of the deploy before is not known", request.nonce)
        await driver.press("escape", "escape")
        assert trial.server.posts("deploy") == []
        # The other window has its answer: nothing stands in the way any more.
        await other.conclude(request.nonce, Event.JOB, job="1814")
        await trial.deploy(driver)


async def test_P14_out_of_descriptors(file: Path) -> None:
    journal, request = opened(file), deploy_of()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    await asyncio.to_thread(len, "")  # the thread that writes is there
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        await journal.intend(request, NOW, "")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert [intent.request for intent in opened(file).unsettled] == [request]
