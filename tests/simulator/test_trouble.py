"""Scenarios and faults, as a client meets them."""

from __future__ import annotations

import ssl
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import httpx
import pytest
import trustme

from orch_tui.simulator import (
    SCENARIOS,
    Answer,
    CutBody,
    Drip,
    Drop,
    DropAfter,
    Hang,
    Settings,
    Simulator,
    Tls,
)

if TYPE_CHECKING:
    from tests.simulator.conftest import Start


@pytest.mark.parametrize(("scenario", "share"), [("calm", 0.02), ("failures", 0.25)])
def test_a_scenario_decides_how_many_nodes_fail(start: Start, scenario: str, share: float) -> None:
    lab = start(scenario=scenario, nodes=2000, slots=2000)
    job = lab.deploy()
    lab.clock.advance(3600)
    states = lab.states(job)
    failed = states.get("failed", 0) + states.get("errored", 0)
    assert failed / sum(states.values()) == pytest.approx(share, rel=0.3)


def test_many_failures_have_few_causes(start: Start) -> None:
    lab = start(scenario="failures", nodes=2000, slots=2000)
    job = lab.deploy()
    lab.clock.advance(3600)
    messages = [node["details"]["message"] for node in lab.get(f"/jobs/{job}/nodes")["items"]]
    failures = [message for message in messages if message.startswith("Error running puppet on ")]
    common = [message for message in failures if "Unknown variable: 'tls_min'" in message]
    assert len(common) > len(failures) / 5


def test_flaky_troubles_some_gets_and_no_post(start: Start) -> None:
    lab = start(scenario="flaky")
    met = []
    for _ in range(200):
        try:
            answer = lab.client.get("/jobs")
        except httpx.RemoteProtocolError as broken:
            met.append("cut" if "body" in str(broken) else "dropped")
        else:
            met.append(f"{answer.status_code} {answer.headers.get('retry-after', '')}".strip())
    assert set(met) == {"200", "503", "503 5", "dropped", "cut"}
    assert 0.08 < 1 - met.count("200") / len(met) < 0.22
    assert all(lab.deploy("staging") for _ in range(30))


def test_a_token_expires_sixty_seconds_into_the_first_rollout(start: Start) -> None:
    lab = start(scenario="expired-token")
    lab.deploy()
    lab.clock.advance(59)
    assert lab.client.get("/jobs").status_code == 200
    lab.clock.advance(1)
    answer = lab.client.get("/jobs")
    assert answer.status_code == 401
    assert answer.json()["kind"] == "puppetlabs.rbac/token-expired"


def test_a_token_expires_though_nothing_is_deployed(start: Start) -> None:
    lab = start(scenario="expired-token")
    lab.clock.advance(90)
    assert lab.client.get("/jobs").status_code == 401


@pytest.mark.parametrize("text", ["[/]", "\x1b]0;title", "\u202e", "two\nlines", "w" * 10_000])
def test_hostile_texts_are_everywhere_and_change_nothing(start: Start, text: str) -> None:
    lab = start(scenario="hostile", history=True, list_environments=True)
    environment = next(each for each in lab.get("/environments")["items"] if text in each["name"])
    assert lab.get(environment["id"]) == environment
    name = environment["name"]
    applications = lab.get(environment["applications"]["id"])
    assert applications["items"][0]["name"] == name
    job = next(job for job in lab.get("/jobs")["items"] if job["environment"]["name"] == name)
    assert job["owner"]["login"] == name
    nodes = lab.get(job["nodes"]["id"])["items"]
    assert any(name in node["name"] for node in nodes)
    assert any(name in node["details"]["message"] for node in nodes)
    again = lab.deploy(name, target=f"{name}[{name}]")
    assert lab.get(f"/jobs/{again}")["options"]["target"] == f"{name}[{name}]"


def test_slow_keeps_everybody_waiting(start: Start) -> None:
    lab = start(scenario="slow")
    before = monotonic()
    lab.deploy()
    assert monotonic() - before >= 1.5


def test_settings_know_what_there_is() -> None:
    assert all(name == scenario.name and scenario.line for name, scenario in SCENARIOS.items())
    with pytest.raises(ValueError, match="no scenario 'stormy'; there are calm, failures"):
        Settings(scenario="stormy")
    with pytest.raises(ValueError, match=r"no API '2015\.3'"):
        Settings(api="2015.3")


def test_a_fault_meets_as_many_requests_as_it_was_told(start: Start) -> None:
    lab = start()
    lab.simulator.faults.add(path="/jobs", fault=Answer(418, b"teapot", (("x-kind", "short"),)), times=2)
    assert lab.client.get("/inventory").status_code == 200
    answers = [lab.client.get("/jobs/1801"), lab.client.get("/jobs"), lab.client.get("/jobs")]
    assert [answer.status_code for answer in answers] == [418, 418, 200]
    assert answers[0].headers["x-kind"] == "short"


def test_a_dropped_deploy_leaves_no_job_and_one_dropped_after_leaves_one(start: Start) -> None:
    lab = start()
    for fault, jobs in ((Drop(), 0), (DropAfter(), 1)):
        lab.simulator.faults.add(method="POST", path="/command/deploy", fault=fault)
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            lab.deploy()
        assert len(lab.get("/jobs")["items"]) == jobs


def test_a_cut_body_ends_before_its_length(start: Start) -> None:
    lab = start(history=True)
    lab.simulator.faults.add(path="/jobs", fault=CutBody())
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        lab.client.get("/jobs")


def test_a_hanging_answer_ends_with_the_clients_patience(start: Start) -> None:
    lab = start()
    lab.simulator.faults.add(path="/jobs", fault=Hang())
    with pytest.raises(httpx.ReadTimeout):
        lab.client.get("/jobs", timeout=0.05)
    assert lab.client.get("/jobs").status_code == 200


def test_a_dripping_body_arrives_byte_by_byte(start: Start) -> None:
    lab = start()
    lab.simulator.faults.add(path="/jobs", fault=Drip(0.001))
    with lab.client.stream("GET", "/jobs") as answer:
        chunks = list(answer.iter_raw())
    assert b"".join(chunks).startswith(b'{"items":[]')
    assert len(chunks) > 10


def test_requests_are_remembered_as_they_came(start: Start) -> None:
    lab = start()
    lab.deploy("staging")
    lab.client.get("/jobs?limit=5")
    deploy, listing = lab.simulator.requests
    assert (deploy.method, deploy.path) == ("POST", "/orchestrator/v1/command/deploy")
    assert deploy.body == b'{"environment":"staging"}'
    assert (listing.path, listing.query) == ("/orchestrator/v1/jobs", "limit=5")
    assert listing.headers["x-authentication"] == "simulator"


def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    tls = Tls(tmp_path / "cert.pem", tmp_path / "key.pem")
    certificate.private_key_pem.write_to_path(tls.keyfile)
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(tls.certfile, append=True)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    simulator = Simulator(Settings())
    simulator.faults.add(path="/jobs", fault=Drop())
    with simulator.running(tls=tls) as url:
        assert url.startswith("https://127.0.0.1:")
        with httpx.Client(verify=trust, headers={"X-Authentication": "simulator"}) as client:
            with pytest.raises(httpx.RemoteProtocolError):
                client.get(f"{url}/orchestrator/v1/jobs")
            (item, *_) = client.get(f"{url}/orchestrator/v1/jobs").json()["items"]
        assert item["id"].startswith(url)


def test_the_server_stops_at_once_whatever_hangs(start: Start) -> None:
    simulator = Simulator(Settings())
    simulator.faults.add(fault=Hang())
    with httpx.Client() as client:
        with simulator.running() as url, pytest.raises(httpx.ReadTimeout):
            client.get(url, timeout=0.05)
        before = monotonic()
        with simulator.running() as url:
            assert client.get(url).status_code == 401
        assert monotonic() - before < 1
        with pytest.raises(httpx.ConnectError):
            client.get(url)


FOREGROUND = """
import sys
from orch_tui.simulator import Settings, Simulator
Simulator(Settings()).serve(port=0, ready=lambda url: print(url, flush=True), until_eof=sys.stdin.buffer)
print("done")
"""


@pytest.mark.parametrize("ending", ["close", "terminate"])
def test_the_foreground_server_ends_with_its_parent_or_by_a_signal(ending: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FOREGROUND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(f"{url}/status/v1/simple/orchestrator-service").text == "running"
        process.stdin.close() if ending == "close" else process.terminate()
        assert process.stdout.read() == "done\n"
        assert process.wait() == 0


def test_the_package_and_its_tables_need_no_web_server() -> None:
    code = (
        "import sys; from orch_tui.simulator import SCENARIOS, DIALECTS, Settings;"
        "print({'starlette', 'uvicorn'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
