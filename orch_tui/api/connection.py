"""How to reach one orchestrator, whom to trust, and what is told of each call."""

import ssl
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx

from orch_tui.api.token import Token


class Call(NamedTuple):
    """One request that has ended, without its query, headers and bodies.

    Attributes:
        outcome: The kind of its problem with the HTTP status if there was one, else `ok`.
        seconds: How long it took.
    """

    method: str
    path: str
    outcome: str
    seconds: float
    worked: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one orchestrator. Times are in seconds.

    Attributes:
        service_url: As in Puppet's own `orchestrator.conf`: without `/orchestrator/v1`.
        token: What proves who we are; None where that is to be asked for, at sign-in.
        classifier_url: The node classifier's API (`https://CONSOLE:4433/classifier-api`), if one is known.
        puppetdb_url: PuppetDB (`https://PUPPETDB:8081`), if one is known.
        cacert: The only certificate authority that is trusted; None for plain HTTP to loopback: then
            nobody is.
        deadline: The longest that a whole call may take, whatever it does meanwhile.
        observe: Told of each request that has ended.
    """

    service_url: str
    token: Token | None
    cacert: Path | None = None
    classifier_url: str | None = None
    puppetdb_url: str | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 35.0
    deadline: float = 60.0
    proxy_from_environment: bool = False
    observe: Callable[[Call], object] = lambda _: None


class Authentication(httpx.Auth):
    """Adds the token at the last moment, so that it lives in no header object of ours."""

    def __init__(self, token: Token) -> None:
        self._token = token

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["X-Authentication"] = self._token.read()
        yield request


def trust_only(cacert: Path | None) -> ssl.SSLContext:
    """A TLS context that trusts one authority and nothing else; without one, it trusts nobody.

    Made bare: `create_default_context` would also trust the system's store and obey `SSLKEYLOGFILE`.

    Raises:
        OSError: The file is missing, unreadable, or holds no certificate (`ssl.SSLError`).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if cacert is not None:
        context.load_verify_locations(cafile=cacert)
    return context
