"""What somebody types to sign in."""

import re
from dataclasses import dataclass, field

_LIFETIME = re.compile(r"[0-9]{1,6}[smhdy]?")


@dataclass(frozen=True, slots=True)
class Login:
    """A user, the password, and how long the token shall last: `90m`, `8h`; blank is the server's own."""

    user: str
    password: str = field(repr=False)
    lifetime: str = ""


def is_lifetime(text: str) -> bool:
    """Whether the token service reads `text` as a time: a number and s, m, h, d or y."""
    return _LIFETIME.fullmatch(text) is not None
