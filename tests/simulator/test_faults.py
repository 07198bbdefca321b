"""Every fault as it goes over the wire, ordered as anybody would: by name, with JSON."""

from __future__ import annotations

import json
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from time import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from orch_tui.simulator import Drop
from orch_tui.simulator.faults import FAULTS
from orch_tui.simulator.named import line

if TYPE_CHECKING:
    from tests.simulator.conftest import Lab, Start

ENDLESS = 200_000
"""Bytes after which the tests have seen enough of an answer."""


def order(lab: Lab, fault: str, **parameters: object) -> None:
    answer = lab.client.post(f"{host(lab)}/simulator/faults", json={"fault": fault, **parameters})
    assert answer.status_code == 200, answer.text


def host(lab: Lab) -> str:
    return lab.url.removesuffix("/orchestrator/v1")


@contextmanager
def asked(lab: Lab) -> Iterator[socket.socket]:
    """A connection on which the jobs were asked for."""
    address = httpx.URL(lab.url)
    with socket.create_connection((address.host, address.port or 80), timeout=5) as connection:
        connection.sendall(
            b"GET /orchestrator/v1/jobs HTTP/1.1\r\nHost: simulator\r\n"
            b"X-Authentication: simulator\r\nConnection: close\r\n\r\n"
        )
        yield connection


def heard(connection: socket.socket, most: int = ENDLESS) -> bytes:
    """What comes until the other end closes, or is enough."""
    raw = b""
    while len(raw) < most and (part := connection.recv(65536)):
        raw += part
    return raw


def raw(lab: Lab, fault: str, **parameters: object) -> bytes:
    order(lab, fault, **parameters)
    with asked(lab) as connection:
        return heard(connection)


def body(lab: Lab, fault: str, **parameters: object) -> Any:
    order(lab, fault, **parameters)
    return lab.get("/jobs")


def breaks(lab: Lab, fault: str, **parameters: object) -> str:
    """The name of the error that a careful client ends with."""
    order(lab, fault, **parameters)
    with pytest.raises(httpx.TransportError) as caught:
        lab.client.get("/jobs")
    return type(caught.value).__name__


def status(lab: Lab, fault: str, **parameters: object) -> httpx.Response:
    order(lab, fault, **parameters)
    return lab.client.get("/jobs")


def _drop(lab: Lab) -> None:
    assert raw(lab, "drop") == b""


def _reset(lab: Lab) -> None:
    for fault in ("reset", "reset-after"):
        order(lab, fault)
        with asked(lab) as connection, pytest.raises(ConnectionResetError):
            heard(connection)


def _cut_body(lab: Lab) -> None:
    assert b"content-length" in raw(lab, "cut-body")
    assert breaks(lab, "cut-body") == "RemoteProtocolError"
    assert breaks(lab, "cut-body", framing="chunked") == "RemoteProtocolError"
    assert breaks(lab, "cut-body", reset=True) == "ReadError"
    half = status(lab, "cut-body", framing="none")
    assert half.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        half.json()


def _hang(lab: Lab) -> None:
    for fault in ("hang", "hang-after"):
        order(lab, fault)
        with pytest.raises(httpx.ReadTimeout):
            lab.client.get("/jobs", timeout=0.05)


def _drip(lab: Lab) -> None:
    order(lab, "drip", interval=0.01, head=True)
    with asked(lab) as connection:
        assert connection.recv(65536) == b"H"
        assert connection.recv(65536) == b"T"
    assert raw(lab, "drip", interval=0).endswith(b"}")


def _delay(lab: Lab) -> None:
    assert body(lab, "delay", seconds=0.01, spread=0.01)["items"]


def _throttle(lab: Lab) -> None:
    order(lab, "throttle", bytes_per_second=10_000)
    with lab.client.stream("GET", "/jobs") as answer:
        parts = list(answer.iter_raw())
    assert max(map(len, parts)) <= 1000
    assert json.loads(b"".join(parts))["items"]


def _late(lab: Lab) -> None:
    assert status(lab, "late", seconds=0).status_code == 504


def _unavailable(lab: Lab) -> None:
    assert "retry-after" not in status(lab, "unavailable").headers
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    answer = status(lab, "unavailable", status=429, retry_after=past)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, past)


def _login_page(lab: Lab) -> None:
    answer = status(lab, "login-page")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")


def _redirect(lab: Lab) -> None:
    answer = status(lab, "redirect", status=307, location="https://x.example.com/")
    assert (answer.status_code, answer.headers["location"]) == (307, "https://x.example.com/")


def _missing(lab: Lab) -> None:
    assert status(lab, "missing").status_code == 404


def _own_answer(lab: Lab) -> None:
    assert status(lab, "own-answer").json()["kind"].endswith("/unknown-error")
    assert status(lab, "own-answer", status=418, body="teapot").text == "teapot"


def _empty(lab: Lab) -> None:
    assert status(lab, "empty").content == b""
    assert status(lab, "empty", status=204).status_code == 204


def _bad_json(lab: Lab) -> None:
    for how in ("cut", "deep", "digits", "no-text"):
        with pytest.raises((ValueError, RecursionError)):
            json.loads(status(lab, "bad-json", how=how).content)
    assert b"[NaN]" in status(lab, "bad-json", how="nan").content


def _gzip_bomb(lab: Lab) -> None:
    head, _, packed = raw(lab, "gzip-bomb", mebibytes=20).partition(b"\r\n\r\n")
    assert b"content-encoding: gzip" in head
    assert len(packed) < 2**20 / 20
    assert zlib.decompressobj(31).decompress(packed) == b" " * (20 * 2**20)


def _huge(lab: Lab) -> None:
    assert len(raw(lab, "huge")) >= ENDLESS
    assert b"content-length: 209715200" in raw(lab, "huge", mebibytes=200)
    assert len(status(lab, "huge", mebibytes=1).content) == 2**20


def _huge_header(lab: Lab) -> None:
    assert len(raw(lab, "huge-header", kibibytes=128)) > 128 * 1024


def _hostile_reason(lab: Lab) -> None:
    assert raw(lab, "hostile-reason").startswith(b"HTTP/1.1 500 \x1b]0;PWNED\x07")


def _set_cookie(lab: Lab) -> None:
    assert status(lab, "set-cookie").headers["set-cookie"] == "follow=me; Path=/"


def _wrong_shape(lab: Lab) -> None:
    assert "items" not in body(lab, "wrong-shape")
    assert body(lab, "wrong-shape", how="null")["items"] is None
    assert body(lab, "wrong-shape", how="object")["items"] == {}
    whole = lab.get("/jobs")["items"]
    assert len(body(lab, "wrong-shape", how="one-bad")["items"]) == len(whole) + 1


def _rewrite(lab: Lab) -> None:
    jobs = body(lab, "rewrite", key="state", value="paused")["items"]
    assert {job["state"] for job in jobs} == {"paused"}
    assert body(lab, "rewrite", key="timestamp", value=None)["items"][0]["timestamp"] is None


def _skew_date(lab: Lab) -> None:
    date = status(lab, "skew-date", seconds=-86400).headers["date"]
    assert date[:16] == formatdate(time() - 86400, usegmt=True)[:16]


SHOWN: dict[str, Callable[[Lab], None]] = {
    "drop": _drop,
    "drop-after": _drop,
    "reset": _reset,
    "reset-after": _reset,
    "cut-body": _cut_body,
    "hang": _hang,
    "hang-after": _hang,
    "drip": _drip,
    "delay": _delay,
    "throttle": _throttle,
    "late": _late,
    "unavailable": _unavailable,
    "login-page": _login_page,
    "redirect": _redirect,
    "missing": _missing,
    "own-answer": _own_answer,
    "empty": _empty,
    "bad-json": _bad_json,
    "gzip-bomb": _gzip_bomb,
    "huge": _huge,
    "huge-header": _huge_header,
    "hostile-reason": _hostile_reason,
    "set-cookie": _set_cookie,
    "wrong-shape": _wrong_shape,
    "rewrite": _rewrite,
    "skew-date": _skew_date,
}


def test_each_fault_does_what_its_line_says_and_passes(start: Start) -> None:
    lab = start(history=True)
    assert SHOWN.keys() == FAULTS.keys()
    for name, shows in SHOWN.items():
        shows(lab)
        assert lab.get("/jobs")["items"], name
        assert line(FAULTS[name]).endswith("."), name


@pytest.mark.parametrize(
    ("fault", "jobs"),
    [("drop", 0), ("reset", 0), ("drop-after", 1), ("reset-after", 1), ("cut-body", 1), ("late", 1)],
)
def test_what_says_that_a_deploy_is_carried_out_carries_it_out(start: Start, fault: str, jobs: int) -> None:
    lab = start()
    late = {"seconds": 0} if fault == "late" else {}
    order(lab, fault, method="POST", path="/command/deploy", **late)
    deploy = {"environment": "production"}
    try:
        assert lab.client.post("/command/deploy", json=deploy).status_code == 504
    except httpx.TransportError:
        assert fault != "late"
    assert len(lab.get("/jobs")["items"]) == jobs


def test_a_fault_comes_at_its_times_in_its_share_and_on_its_paths(start: Start) -> None:
    lab = start()
    job = lab.deploy()
    order(lab, "missing", path="/jobs/*/nodes", times=None)
    assert lab.client.get(f"/jobs/{job}/nodes").status_code == 404
    assert lab.client.get(f"/jobs/{job}").status_code == 200
    lab.client.delete(f"{host(lab)}/simulator/faults")
    order(lab, "missing", times=None, every=30, lasts=10)
    statuses = []
    for _ in range(6):
        statuses.append(lab.client.get("/jobs").status_code)
        lab.clock.advance(10)
    assert statuses == [200, 200, 404, 200, 200, 404]
    lab.client.delete(f"{host(lab)}/simulator/faults")
    order(lab, "missing", times=None, share=0.3)
    met = [lab.client.get("/jobs").status_code for _ in range(200)]
    assert 0.2 < met.count(404) / len(met) < 0.4


def test_what_waits_can_be_seen_and_called_off(start: Start) -> None:
    lab = start()
    url = f"{host(lab)}/simulator/faults"
    wanted = {"fault": "drip", "interval": 0.5, "path": "/jobs", "times": 3}
    assert lab.client.post(url, json=wanted).json() == {"waiting": [wanted]}
    told = lab.client.get(url).json()
    assert told["waiting"] == [wanted]
    assert [fault["fault"] for fault in told["faults"]] == list(FAULTS)
    assert lab.client.delete(url).status_code == 204
    assert lab.client.get(url).json()["waiting"] == []
    assert lab.simulator.requests == []


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ({}, "fault: None is none of drop, drop-after"),
        ({"fault": "rain"}, "fault: 'rain' is none of drop"),
        ({"fault": "drip", "color": 1}, "color: no such parameter; there are interval, head"),
        ({"fault": "drip", "interval": "long"}, "interval: 'long' will not do"),
        ({"fault": "drip", "interval": True}, "interval: True will not do"),
        ({"fault": "cut-body", "framing": "gold"}, "framing: 'gold' is none of length, chunked, none"),
        ({"fault": "delay"}, "seconds: missing"),
        ({"fault": "throttle", "bytes_per_second": 0}, "bytes_per_second must be 10 at least"),
        ({"fault": "drop", "times": 0}, "times must be 1 at least"),
        ({"fault": "drop", "every": -1}, "every and lasts must not be negative"),
    ],
)
def test_an_order_that_means_nothing_is_refused(
    start: Start, wanted: dict[str, object], complaint: str
) -> None:
    lab = start()
    answer = lab.client.post(f"{host(lab)}/simulator/faults", json=wanted)
    assert answer.status_code == 400
    assert complaint in answer.json()["msg"]
    assert lab.client.get("/jobs").status_code == 200


def test_the_control_path_meets_no_fault_and_asks_those_nearby_for_no_token(start: Start) -> None:
    lab = start()
    lab.simulator.faults.add(method="*", fault=Drop(), times=None)
    assert httpx.get(f"{host(lab)}/simulator/faults").status_code == 200
    assert httpx.get(f"{host(lab)}/simulator/nothing").status_code == 404


def test_from_elsewhere_the_control_path_asks_for_the_token(start: Start) -> None:
    lab = start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
        try:
            route.connect(("192.0.2.1", 9))  # sends nothing: only the way there is chosen
        except OSError:
            pytest.skip("this machine has no address but loopback")
        elsewhere = route.getsockname()[0]
    with lab.simulator.running(host="0.0.0.0") as url:
        far = f"http://{elsewhere}:{httpx.URL(url).port}/simulator/faults"
        assert httpx.get(far).status_code == 401
        assert httpx.get(far, headers={"X-Authentication": "simulator"}).status_code == 200
