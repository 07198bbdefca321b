"""What other people and accidents do to the world, ordered by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orch_tui.simulator import SCENARIOS
from orch_tui.simulator.changes import CHANGES
from orch_tui.simulator.faults import FAULTS
from orch_tui.simulator.faults.plan import Meeting
from orch_tui.simulator.named import described

if TYPE_CHECKING:
    from tests.simulator.conftest import Lab, Start

DOCUMENT = Path(__file__).parents[2] / "docs" / "rehearsals.md"


def change(lab: Lab, name: str, **parameters: object) -> None:
    url = lab.url.replace("/orchestrator/v1", "/simulator/world")
    answer = lab.client.post(url, json={"change": name, **parameters})
    assert answer.status_code == 200, answer.text


def jobs(lab: Lab) -> dict[str, str]:
    """The owner of each job."""
    return {job["name"]: job["owner"]["login"] for job in lab.get("/jobs")["items"]}


def test_a_job_vanishes(start: Start) -> None:
    lab = start()
    job, other = lab.deploy(), lab.deploy("staging")
    lab.clock.advance(5)
    change(lab, "forget-job", job=job)
    assert jobs(lab).keys() == {other}
    assert lab.client.get(f"/jobs/{job}/nodes").status_code == 404
    lab.clock.advance(3600)
    assert lab.get(f"/jobs/{other}")["state"] in ("finished", "failed")


def test_a_restored_server_gives_its_numbers_away_again(start: Start) -> None:
    lab = start()
    first, second, third = lab.deploy(), lab.deploy("staging"), lab.deploy()
    lab.clock.advance(5)
    change(lab, "restore", jobs=2, others=1)
    assert jobs(lab) == {first: "operator", second: "colleague"}
    assert lab.get(f"/jobs/{second}")["options"]["noop"] is True
    assert lab.deploy("development") == third


def test_states_that_nobody_foresees(start: Start) -> None:
    lab = start(nodes=40, slots=2)
    job = lab.deploy()
    lab.clock.advance(10)
    change(lab, "set-state", job=job, state="paused")
    lab.clock.advance(600)
    held = lab.states(job)
    assert (lab.get(f"/jobs/{job}")["state"], held.get("running", 0)) == ("paused", 0)
    change(lab, "set-state", job=job, state="running")
    lab.clock.advance(3600)
    assert lab.get(f"/jobs/{job}")["state"] in ("finished", "failed")
    change(lab, "set-state", job=job, state="running")
    assert lab.get(f"/jobs/{job}")["state"] == "running"


def test_the_number_of_nodes_changes_on_the_way(start: Start) -> None:
    lab = start(nodes=60, slots=2)
    job = lab.deploy("staging")
    lab.clock.advance(5)
    before = sum(lab.states(job).values())
    for nodes in (before + 3, before - 2):
        change(lab, "resize", job=job, nodes=nodes)
        assert sum(lab.states(job).values()) == lab.get(f"/jobs/{job}")["node_count"] == nodes
    lab.clock.advance(3600)
    assert lab.get(f"/jobs/{job}")["state"] in ("finished", "failed")
    assert "new" not in lab.states(job)


def test_a_node_changes_its_mind(start: Start) -> None:
    lab = start()
    job = lab.deploy()
    lab.clock.advance(3600)
    node = next(n for n in lab.get(f"/jobs/{job}/nodes")["items"] if n["state"] == "finished")
    failed = lab.states(job).get("failed", 0)
    change(lab, "set-node", job=job, node=node["name"], state="failed")
    assert lab.states(job)["failed"] == failed + 1
    assert lab.get(f"/jobs/{job}")["node_states"]["failed"] == failed + 1


def test_a_colleague_asks_for_the_same_in_the_same_second(start: Start) -> None:
    lab = start()
    change(lab, "twin")
    change(lab, "cut-descriptions", length=10)
    ours = lab.deploy(description="a description of some length")
    later = lab.deploy()
    assert list(jobs(lab).values()) == ["colleague", "operator", "operator"]
    twin, same, _ = lab.get("/jobs")["items"]
    assert same["name"] == ours != later
    assert (twin["options"], twin["timestamp"]) == (same["options"], same["timestamp"])
    assert twin["options"]["description"] == "a descript"


@pytest.mark.parametrize("rate", [None, 20.0])
def test_a_stop_may_take_minutes(start: Start, rate: float | None) -> None:
    lab = start(rate=rate)
    change(lab, "hold-stops", seconds=600)
    job = lab.deploy()
    lab.clock.advance(5)
    lab.stop(job)
    lab.clock.advance(599)
    assert lab.get(f"/jobs/{job}")["state"] == "stopping"
    lab.clock.advance(1)
    assert lab.get(f"/jobs/{job}")["state"] == "stopped"


@pytest.mark.parametrize(
    ("name", "parameters", "complaint"),
    [
        ("rain", {}, "change: 'rain' is none of forget-job"),
        ("forget-job", {"job": "99"}, "job: there is no job '99'"),
        ("restore", {"jobs": 0}, "jobs: there is nothing to forget"),
        ("set-node", {"job": "1801", "node": "x", "state": "failed"}, "node: 'x' is no node of job 1801"),
    ],
)
def test_a_change_that_means_nothing_is_refused(
    start: Start, name: str, parameters: dict[str, object], complaint: str
) -> None:
    lab = start()
    lab.deploy()
    url = lab.url.replace("/orchestrator/v1", "/simulator/world")
    answer = lab.client.post(url, json={"change": name, **parameters})
    assert (answer.status_code, complaint in answer.json()["msg"]) == (400, True)
    assert len(lab.client.get(url).json()["changes"]) == len(CHANGES)


def test_a_restored_day_forgets_jobs_in_the_middle_of_it(start: Start) -> None:
    lab = start(scenario="restored", history=True)
    before = jobs(lab)
    lab.clock.advance(89)
    assert jobs(lab) == before
    lab.clock.advance(1)
    after = jobs(lab)
    assert len(after) == len(before) - 1
    assert sum(after[name] == "colleague" for name in list(before)[-3:] if name in after) == 2


@pytest.mark.parametrize("what", ["fault", "change"])
def test_the_document_of_rehearsals_has_the_tables_of_the_code(what: str) -> None:
    kinds = FAULTS if what == "fault" else CHANGES
    text = DOCUMENT.read_text()
    for row in described(what, kinds):
        parameters = row["parameters"]
        assert isinstance(parameters, dict)
        shown = ", ".join(f"`{name}`" for name in parameters) or "–"
        assert f"| `{row[what]}` | {row['does']} | {shown} |" in text
    for day in SCENARIOS.values():
        assert f"| `{day.name}` | {day.line} |" in text
    for name in Meeting.__dataclass_fields__:
        assert f"`{name}`" in text
