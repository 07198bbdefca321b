"""What somebody types to sign in."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

_LIFETIME = re.compile(r"([0-9]{1,6})([smhdy]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "y": 365 * 86400}
_NO_END = 100 * _SECONDS["y"]


@dataclass(frozen=True, slots=True)
class Login:
    """A user, the password, and how long the token shall last: `90m`, `8h`; blank is the server's own."""

    user: str
    password: str = field(repr=False)
    lifetime: str = ""

    @property
    def lasts(self) -> timedelta | None:
        """What `lifetime` comes to; None where the service decides: it takes 0 for years."""
        found = _LIFETIME.fullmatch(self.lifetime)
        seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
        return timedelta(seconds=seconds) if 0 < seconds < _NO_END else None


def is_lifetime(text: str) -> bool:
    """Whether the token service reads `text` as a time: a number and s, m, h, d or y."""
    return _LIFETIME.fullmatch(text) is not None
