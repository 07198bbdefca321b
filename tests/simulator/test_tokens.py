"""The token service: what a login must hold, what it brings, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.simulator.conftest import Lab, Start

HOUR = 3600
LOGIN = {"login": "admin", "password": "simulator"}


def ask(lab: Lab, body: Any) -> httpx.Response:
    root = lab.url.removesuffix("/orchestrator/v1")
    # As from somebody who has no token yet.
    return lab.client.post(f"{root}/rbac-api/v1/auth/token", json=body, headers={"X-Authentication": ""})


def is_taken(lab: Lab, token: str) -> bool:
    return lab.client.get("/jobs", headers={"X-Authentication": token}).status_code == 200


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [(None, HOUR), ("90", 90), ("90s", 90), ("5m", 300), ("2h", 2 * HOUR), ("1d", 24 * HOUR), ("0", None)],
)
def test_a_token_lasts_as_long_as_asked_for(start: Start, lifetime: str | None, seconds: int | None) -> None:
    lab = start()
    token = ask(lab, LOGIN if lifetime is None else LOGIN | {"lifetime": lifetime}).json()["token"]
    lab.clock.advance((seconds or 9 * 365 * 24 * HOUR) - 1)
    assert is_taken(lab, token)
    lab.clock.advance(2 if seconds else 2 * 365 * 24 * HOUR)
    assert not is_taken(lab, token)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"login": "admin"}, 400, "schema-violation"),
        ([1], 400, "schema-violation"),
        (LOGIN | {"lifetime": "soon"}, 400, "schema-violation"),
        (LOGIN | {"password": "wrong"}, 401, "user-unauthenticated"),
        (LOGIN | {"login": "nobody"}, 401, "user-unauthenticated"),
        (LOGIN | {"login": "revoked"}, 401, "user-revoked"),
        (LOGIN | {"login": "plain", "lifetime": "1h"}, 403, "permission-denied"),
    ],
)
def test_a_login_that_will_not_do(start: Start, body: Any, status: int, kind: str) -> None:
    answer = ask(start(), body)
    assert answer.status_code == status
    assert answer.json()["kind"] == f"puppetlabs.rbac/{kind}"
    # As documented: this one kind repeats all that was sent.
    assert (answer.json().get("details", {}).get("submitted") == body) is (kind == "schema-violation")
