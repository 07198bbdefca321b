"""The token service (RBAC): a login in, a token out."""

import json
import re
from secrets import token_urlsafe

from orch_tui.simulator import errors
from orch_tui.simulator.errors import Refusal
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.world import World

PATH = "/rbac-api/v1/auth/token"

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "y": 365 * 86400}
_LIFETIME = re.compile(r"([0-9]{1,9})([smhdy]?)")
_USUAL, _UNLIMITED = "1h", 10 * _SECONDS["y"]
_MOST_FAILURES = 10
"""Documented: so many failed logins, and the account is revoked."""


class Rbac:
    """Users, the tokens they were given, and their failed logins."""

    def __init__(self, settings: Settings, world: World) -> None:
        self._settings = settings
        self._world = world
        self._ends: dict[str, float] = {}
        self._failures: dict[str, int] = {}

    def login(self, body: bytes) -> str:
        """A new token for the login in `body`. Refusal: the login, or what it asks for, will not do."""
        asked = _parsed(body)
        user, password = str(asked.get("login")), asked.get("password")
        settings = self._settings
        failures = self._failures.get(user, 0)
        if user == settings.revoked_user or failures >= _MOST_FAILURES:
            raise errors.user_revoked()
        if user not in (settings.user, settings.plain_user) or password != settings.password:
            self._failures[user] = failures + 1
            raise errors.login_refused()
        self._failures.pop(user, None)
        if "lifetime" in asked and user == settings.plain_user:
            raise errors.lifetime_denied()
        token = token_urlsafe(24)
        self._ends[token] = self._world.now + _lifetime(asked, asked.get("lifetime", _USUAL))
        return token

    def refusal(self, token: str) -> Refusal | None:
        """Why this token will not do, if so."""
        if token not in self._ends:
            return errors.invalid_token()
        return errors.token_expired() if self._world.now >= self._ends[token] else None


def _parsed(body: bytes) -> dict[str, object]:
    try:
        asked = json.loads(body)
    except ValueError:
        raise errors.malformed_login() from None
    if not isinstance(asked, dict) or not {"login", "password"} <= asked.keys():
        raise errors.schema_violation(asked)
    return asked


def _lifetime(asked: dict[str, object], lifetime: object) -> float:
    found = _LIFETIME.fullmatch(str(lifetime))
    if found is None:
        raise errors.schema_violation(asked)
    return int(found[1]) * _SECONDS[found[2]] or _UNLIMITED
