"""Who may do what: the token first, then the permission, before anything else is looked at."""

from orch_tui.simulator import errors
from orch_tui.simulator.errors import Refusal
from orch_tui.simulator.rbac import Rbac
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.world import World

_LIFE = 90.0
_LIFE_AFTER_DEPLOY = 60.0
"""Seconds in the world that the token of the expired-token scenario has."""
_NO_KEEPALIVE = "|no_keepalive"
"""Documented: after a token it says that this request is no sign of its owner's activity."""


class Access:
    def __init__(self, settings: Settings, world: World, rbac: Rbac) -> None:
        self._settings = settings
        self._world = world
        self._rbac = rbac
        self._expires = world.epoch + _LIFE if settings.day.token_expires else None
        self._deployed = False

    def refusal(self, token: str | None, is_command: bool) -> Refusal | None:
        """Why the holder of this token may not go on, if so. A missing token beats a missing permission."""
        settings = self._settings
        token = token and token.removesuffix(_NO_KEEPALIVE)
        if not token:
            return errors.unauthenticated()
        if token == settings.expired_token or (token == settings.token and self._has_expired()):
            return errors.token_expired()
        if token == settings.revoked_token:
            return errors.token_revoked()
        if token == settings.revoked_user_token:
            return errors.user_revoked()
        if token not in (settings.token, settings.read_only_token):
            return self._rbac.refusal(token)
        if is_command and token == settings.read_only_token:
            return errors.permission_denied()
        return None

    def deployed(self) -> None:
        """The first deploy hastens the end of a token that is to expire: it should end while the job runs."""
        if self._expires is not None and not self._deployed:
            self._expires = min(self._expires, self._world.now + _LIFE_AFTER_DEPLOY)
        self._deployed = True

    def _has_expired(self) -> bool:
        return self._expires is not None and self._world.now >= self._expires
