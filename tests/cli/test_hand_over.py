"""What stays in the terminal after the cockpit, for whoever takes over."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orch_tui.cli.hand_over import in_full, in_short
from orch_tui.domain.causes import Causes
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Node, NodeState, Outcome, without_name
from orch_tui.session.rollout import Rollout
from orch_tui.simulator import Settings
from tests.cli.test_watch import LONG, command
from tests.conftest import TOKEN, Server
from tests.e2e.terminal import Terminal

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
JOB = Job(
    "1842", JobState.FAILED, "failed", "production", noop=False,
    owner="alice", description="CHG0031337 " + "weekly roll-out of everything " * 20,
    started=NOON, finished=NOON + timedelta(seconds=210),
)  # fmt: skip


@pytest.fixture
def settings() -> Settings:
    return Settings(nodes=200, scenario="failures", token=TOKEN, history=False)


def rollout_of(failed: int, *, causes: int, job: Job = JOB) -> Rollout:
    """So many failed nodes, the messages of which have so many causes, and one that is well."""
    nodes = [_failed(f"web-{place:03}.example.com", place % causes) for place in range(failed)]
    nodes.append(Node("db-001.example.com", NodeState.FINISHED, "finished"))
    outcomes = tuple(node.outcome(job_is_over=True, job_noop=False) for node in nodes)
    return Rollout(
        job, NOON + timedelta(seconds=240), tuple(nodes),
        outcomes=outcomes, counts=Counter(outcomes), is_whole=True, is_complete=True,
    )  # fmt: skip


def _failed(name: str, cause: int) -> Node:
    letter = chr(ord("a") + cause)
    text = f"Could not find class ::profile::{letter * 90} for {name} (file: /etc/{letter}.pp, line: 3)"
    return Node(name, NodeState.FAILED, "failed", without_name(text, name))


def told(rollout: Rollout) -> list[str]:
    causes = Causes()
    for _ in causes.taking(
        rollout.nodes, rollout.outcomes, range(len(rollout.nodes)), rollout.gone, rollout.server_time
    ):
        pass
    return list(in_full(rollout, causes, "production (o.example.com:8143)", "orch-tui watch 1842"))


def rows(lines: list[str]) -> dict[str, str]:
    """What stands behind each label, as one text."""
    found: dict[str, str] = {}
    label = ""
    for line in lines[1:]:
        label = line[:15].strip() or label
        found[label] = f"{found.get(label, '')} {line[15:].strip()}".strip()
    return found


def test_all_that_a_colleague_needs_in_80_columns_and_few_lines() -> None:
    lines = told(rollout_of(212, causes=7))
    assert lines[0] == "job 1842  X failed  ENFORCE"
    assert max(map(len, lines)) <= 80
    assert len(lines) < 40
    found = rows(lines)
    assert found["environment"] == "production"
    assert found["started by"] == "alice"
    assert found["description"].startswith("CHG0031337 weekly")
    assert found["state"] == "failed after 3m30s, at 2026-03-14 12:03:30 UTC"
    assert found["nodes"] == "213: 212 failed, 1 finished"
    assert found["come back"] == "orch-tui watch 1842"
    assert found["server"] == "production (o.example.com:8143)"


@pytest.mark.parametrize(("failed", "more"), [(20, ""), (21, "and 1 more"), (212, "and 192 more")])
def test_twenty_nodes_are_named_and_the_others_counted(failed: int, more: str) -> None:
    wrong = rows(told(rollout_of(failed, causes=1)))["went wrong"]
    assert wrong.count("example.com") == 20
    assert wrong.endswith(more or "web-019.example.com")


def test_the_five_causes_with_most_nodes_are_named_with_their_counts() -> None:
    lines = told(rollout_of(11, causes=6))
    counts = [line[15:].split()[0] for line in lines if "Could not find class" in line]
    assert counts == ["2"] * 5
    assert rows(lines)["causes"].endswith("and 1 cause more")


def test_a_job_that_all_went_well_with_has_no_rows_of_failures() -> None:
    found = rows(told(rollout_of(0, causes=1)))
    assert {"causes", "went wrong"}.isdisjoint(found)


def test_a_job_under_way_is_as_it_was_when_last_heard_of() -> None:
    running = replace(JOB, state=JobState.RUNNING, state_text="running", finished=None)
    known = rollout_of(3, causes=1, job=running)
    assert rows(told(known))["state"] == "running after 4m00s when last heard of, at 2026-03-14 12:04:00 UTC"
    partly = replace(known, is_whole=False)
    assert rows(told(partly))["nodes"] == "4 read, then their list was left"


def test_another_job_is_told_in_as_few_lines_as_hold_what_became_of_it() -> None:
    line = in_short(rollout_of(3, causes=1))
    assert line == ["job 1842  X failed  ENFORCE  production  4 nodes: 3 failed, 1 finished"]
    many = in_short(replace(rollout_of(3, causes=1), counts=dict.fromkeys(Outcome, 10_000)))
    assert many[0] == "job 1842  X failed  ENFORCE  production  110,000 nodes: 10,000 failed,"
    assert all(len(line) <= 80 for line in many)
    assert all(f"10,000 {outcome}" in " ".join(line.strip() for line in many) for outcome in Outcome)


@pytest.fixture
def config(server: Server, tmp_path: Path) -> Path:
    file = tmp_path / "my config.toml"
    file.write_text(f"[profiles.here]\nservice-url = '{server.url}'\npoll-interval = 0.5\n")
    return file


def test_leaving_tells_of_the_jobs_that_were_looked_at(server: Server, config: Path) -> None:
    def deploy(description: str) -> str:
        body = {"environment": "production", "noop": False, "description": description}
        return str(command(server, "deploy", **body)["job"]["name"])

    first = deploy("CHG1 weekly")
    second = deploy("CHG2 \x1b[31mred[/]")
    server.clock.advance(LONG)
    flags = [f"--config={config.name}", "--profile=here"]
    variables = {"ORCH_TUI_TOKEN": TOKEN, "XDG_STATE_HOME": str(config.parent)}
    with Terminal(
        "watch", first, *flags, size=(100, 60), environment=variables, folder=config.parent
    ) as terminal:
        terminal.shows(f"job {first}", "complete", "Enter")
        terminal.press("q")
        terminal.shows("Jobs of production", second)
        terminal.press("\r")
        terminal.shows(f"job {second}", "complete", "CHG2")
        terminal.press("q")
        terminal.shows("Jobs of production")
        terminal.press("q")
        assert terminal.ends() == 0
        lines = [line.rstrip() for line in terminal.text.splitlines() if line.strip()]
    second_starts = lines.index(f"job {second}  X failed  ENFORCE")
    assert lines[0].startswith(f"job {first}  X failed  ENFORCE  production  ")
    assert all(line.startswith("  ") for line in lines[1:second_starts])
    found = rows(lines[second_starts:])
    assert found["description"] == "CHG2 ␛[31mred[/]"
    assert "failed, " in found["nodes"]
    assert found["went wrong"].count("example.com") == 20
    assert found["come back"] == f"orch-tui watch {second} --config '{config.name}' --profile here"


def test_nobody_who_looked_at_no_job_is_told_of_one(server: Server, config: Path) -> None:
    job = command(server, "deploy", environment="production", noop=True)["job"]["name"]
    variables = {"ORCH_TUI_TOKEN": TOKEN, "XDG_STATE_HOME": str(config.parent)}
    with Terminal(f"--config={config}", environment=variables) as terminal:
        terminal.shows("Jobs of production", str(job))
        terminal.press("\x03")
        terminal.shows("Leave?")
        terminal.press("\x03")
        assert terminal.ends() == 0
        told = f"Running on the server when last heard of: job {job} (production)"
        assert terminal.text.strip() == told
