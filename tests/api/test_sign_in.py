"""A password goes to the token service and nowhere else; what comes back is a token, or a reason."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orch_tui.api.connection import Connection
from orch_tui.api.sign_in import SignIn
from orch_tui.api.token import Token
from orch_tui.domain.login import Login, is_lifetime
from orch_tui.domain.problem import OrchestratorError, ProblemKind
from orch_tui.simulator import Answer, Drop, DropAfter
from tests.conftest import TOKEN

if TYPE_CHECKING:
    from tests.api.conftest import Connect, ProblemOf
    from tests.conftest import Server

PASSWORD = "simulator"
PATH = "/rbac-api/v1/auth/token"

SigningIn = Callable[..., SignIn]


@pytest.fixture
async def signing_in(server: Server) -> AsyncIterator[SigningIn]:
    """Sign in at the simulator, with a token that it does not take."""
    async with AsyncExitStack() as stack:

        def signing_in(token: Token | None = None) -> SignIn:
            connection = Connection(server.url, token or Token.given("no-longer-good"))
            made = SignIn(connection, server.url + "/rbac-api")
            stack.push_async_callback(made.aclose)
            return made

        yield signing_in


async def test_a_login_mends_all_who_share_the_token(
    server: Server, signing_in: SigningIn, connect: Connect, problem_of: ProblemOf
) -> None:
    token = Token.given("no-longer-good")
    client, service = connect(server.url, token=token), signing_in(token)
    for _ in range(3):
        assert (await problem_of(client.jobs(1))).kind is ProblemKind.INVALID_TOKEN
    assert len(server.simulator.requests) == 1
    await service.login(Login("admin", PASSWORD, "30s"))
    await client.jobs(1)
    login, read = server.simulator.requests[1:]
    assert (login.method, login.path) == ("POST", PATH)
    assert "x-authentication" not in login.headers
    assert json.loads(login.body)["lifetime"] == "30s"
    assert read.headers["x-authentication"] == token.read()
    ends = token.ends()
    assert ends
    assert timedelta(0) < ends - client.server_now() < timedelta(seconds=31)  # by the server's clock
    server.clock.advance(31)
    assert (await problem_of(client.jobs(1))).kind is ProblemKind.TOKEN_EXPIRED
    await service.login(Login("admin", PASSWORD))
    assert token.ends() is None


async def test_who_asks_for_it_has_a_refused_token_sent_once_more(
    server: Server, connect: Connect, problem_of: ProblemOf
) -> None:
    token = Token.given("no-longer-good")
    client = connect(server.url, token=token)
    for _ in range(2):
        await problem_of(client.jobs(1))
        await problem_of(client.jobs(1))
        token.try_again()
    assert len(server.simulator.requests) == 2


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        (Login("admin", "wrong"), ProblemKind.LOGIN_REFUSED),
        (Login("nobody", PASSWORD), ProblemKind.LOGIN_REFUSED),
        (Login("revoked", PASSWORD), ProblemKind.USER_REVOKED),
        (Login("plain", PASSWORD, "8h"), ProblemKind.LIFETIME_REFUSED),
        (Login("admin", PASSWORD, "a while"), ProblemKind.OTHER),
    ],
)
async def test_a_refused_login_says_why_and_is_sent_once(
    server: Server, signing_in: SigningIn, problem_of: ProblemOf, login: Login, kind: ProblemKind
) -> None:
    problem = await problem_of(signing_in().login(login))
    assert problem.kind is kind
    assert problem.details == ""
    assert len(server.simulator.requests) == 1


async def test_who_may_not_choose_a_lifetime_leaves_it_blank(signing_in: SigningIn) -> None:
    await signing_in().login(Login("plain", PASSWORD))


async def test_ten_failures_lock_the_account_as_the_service_does(
    signing_in: SigningIn, problem_of: ProblemOf
) -> None:
    service = signing_in()
    for _ in range(10):
        await problem_of(service.login(Login("admin", "wrong")))
    assert (await problem_of(service.login(Login("admin", PASSWORD)))).kind is ProblemKind.USER_REVOKED


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Drop(), ProblemKind.CONNECTION_LOST),
        (DropAfter(), ProblemKind.CONNECTION_LOST),
        (Answer(401, b'{"kind":"puppetlabs.rbac/api-user-login","msg":"m"}'), ProblemKind.LOGIN_REFUSED),
        (Answer(401, b'{"kind":"puppetlabs.rbac/server-error","msg":"m"}'), ProblemKind.UNAVAILABLE),
        (Answer(400, b'{"kind":"puppetlabs.rbac/server-error","msg":"m"}'), ProblemKind.UNAVAILABLE),
        (Answer(302, b"", (("location", "http://127.0.0.1:1/"),)), ProblemKind.REDIRECTED),
        (Answer(200, b"<html>log in</html>"), ProblemKind.NOT_UNDERSTOOD),
        (Answer(200, b'{"token": 7}'), ProblemKind.NOT_UNDERSTOOD),
        (Answer(200, b'{"token": "not a token\\r\\n"}'), ProblemKind.NO_TOKEN),
    ],
)
async def test_what_is_no_token_is_none(
    server: Server, signing_in: SigningIn, problem_of: ProblemOf, fault: Answer, kind: ProblemKind
) -> None:
    server.simulator.faults.add(method="POST", path=PATH, fault=fault)
    assert (await problem_of(signing_in().login(Login("admin", PASSWORD)))).kind is kind
    assert len(server.simulator.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b'{"kind":"puppetlabs.rbac/schema-violation","msg":"m","details":{"submitted":{"password":"hunter-2"}}}',
        b'{"kind":"else/where","msg":"no: hunter-2","details":"hunter-2"}',
    ],
)
async def test_a_password_is_in_no_problem_repr_or_traceback(
    server: Server, signing_in: SigningIn, answer: bytes
) -> None:
    login = Login("admin", "hunter-2")
    server.simulator.faults.add(method="POST", path=PATH, fault=Answer(400, answer))
    with pytest.raises(OrchestratorError) as caught:
        await signing_in().login(login)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.problem) + repr(login)
    assert "hunter-2" not in shown


def test_a_kept_token_is_for_its_owner_alone_and_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "token"
    token = Token.in_file(file)
    token.signed_in(TOKEN)
    token.keep()
    assert Token.in_file(file).read() == TOKEN
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    token.signed_in(TOKEN + "-2")
    file.chmod(0o644)  # what was wrong with the old file is not taken over
    token.keep()
    assert Token.in_file(file).read() == TOKEN + "-2"
    assert os.listdir(file.parent) == ["token"]


def test_a_kept_token_goes_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link, target = tmp_path / "token", tmp_path / "elsewhere" / "real"
    link.symlink_to(target)
    token = Token.in_file(link)
    token.signed_in(TOKEN)
    token.keep()
    assert link.is_symlink()
    assert target.read_text() == TOKEN


def test_a_token_that_cannot_be_kept_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "token").mkdir()
    token = Token.in_file(tmp_path / "token")
    token.signed_in(TOKEN)
    with pytest.raises(OSError, match="directory"):
        token.keep()
    assert os.listdir(tmp_path) == ["token"]
    assert token.read() == TOKEN


def test_a_lifetime_is_a_number_and_a_unit() -> None:
    assert all(is_lifetime(text) for text in ("30", "90m", "8h", "1d", "2y", "0"))
    assert not any(is_lifetime(text) for text in ("", "h", "8 h", "-1h", "1w", "1h\n"))


@pytest.mark.parametrize(
    ("lifetime", "lasts"),
    [
        ("30", timedelta(seconds=30)),
        ("90m", timedelta(hours=1.5)),
        ("2d", timedelta(days=2)),
        ("1y", timedelta(days=365)),
        ("0", None),
        ("", None),
        ("999999y", None),
    ],
)
def test_a_lifetime_comes_to_a_time_unless_it_has_no_end(lifetime: str, lasts: timedelta | None) -> None:
    assert Login("admin", PASSWORD, lifetime).lasts == lasts
