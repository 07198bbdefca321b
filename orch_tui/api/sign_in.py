"""Signing in at the token service of Puppet Enterprise (RBAC), which the console runs."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from orch_tui.api.connection import Connection
from orch_tui.api.exchange import Exchange, not_understood
from orch_tui.api.token import Token, checked
from orch_tui.domain.login import Login
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind

# No answer, not signed in, not permitted, not found: what is said then does not repeat what was sent.
_HARMLESS = (None, 401, 403, 404)
_OWN_WORDS = {ProblemKind.USER_REVOKED, ProblemKind.UNAVAILABLE}


class SignIn:
    """Turns a password into a token, under the same rules of TLS and time as all that we send.

    Each login is one request: the service locks an account after ten failures, so none is ever repeated.

    Args:
        connection: As for the orchestrator. Its token is not sent, and replaced by what a login brings.
        url: The service, as in Puppet's own `puppet-access.conf`: `https://CONSOLE:4433/rbac-api`.
    """

    def __init__(self, connection: Connection, url: str) -> None:
        """
        Raises:
            OSError: The CA file cannot be used.
        """
        assert connection.token is not None
        self.token: Token = connection.token
        self.url = url
        there = replace(connection, service_url=url, token=None)
        self._exchange = Exchange(there, keep_alive=False, now=lambda: datetime.now(UTC))

    async def login(self, login: Login) -> None:
        """Use a new token from now on (`POST /v1/auth/token`, documented since 2016.2).

        Raises:
            OrchestratorError: There is none. What the service says of it is never shown whole: its details,
                and perhaps its message, repeat what was sent.
        """
        asked = {"login": login.user, "password": login.password, "client": "orch-tui"}
        if login.lifetime:
            # Only if asked for: to name one needs a permission of its own.
            asked["lifetime"] = login.lifetime
        try:
            answer = await self._exchange.call("POST", self.url + "/v1/auth/token", body=json.dumps(asked))
        except OrchestratorError as error:
            raise OrchestratorError(_login_problem(error.problem, login.password)) from None
        token = answer.get("token") if isinstance(answer, dict) else None
        if not isinstance(token, str):
            not_understood("the answer holds no token")
        ends = self._exchange.server_now() + login.lasts if login.lasts else None
        self.token.signed_in(checked(token, "the answer of the token service"), ends)

    async def reach(self) -> None:
        """Find out whether anything answers at `url`; a refusal is an answer.

        Raises:
            OrchestratorError: Nothing does, or it cannot be trusted.
        """
        try:
            await self._exchange.text(self.url)
        except OrchestratorError as error:
            if error.problem.status is None:
                raise

    async def aclose(self) -> None:
        """Close all connections."""
        await self._exchange.aclose()


def _login_problem(problem: Problem, password: str) -> Problem:
    kind = problem.kind
    if problem.status == 401 and kind not in _OWN_WORDS:
        kind = ProblemKind.LOGIN_REFUSED
    elif kind is ProblemKind.PERMISSION_DENIED:
        kind = ProblemKind.LIFETIME_REFUSED
    message = problem.message
    if problem.status not in _HARMLESS or password in message:
        message = "what the service says is not shown: it may repeat the password"
    return replace(problem, kind=kind, message=message, details="", permission="")
