"""Every way a call can fail, translated once into a typed problem."""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from orch_tui.domain.problem import Problem, ProblemKind
from orch_tui.plain import plain

# OpenSSL's verification results (x509_vfy.h), as ssl.SSLCertVerificationError.verify_code gives them.
_DATE_CODES = {9, 10}
_HOST_CODES = {62, 64}

# OpenSSL's reasons for a handshake that found no common version; the last two say no more than "not so".
_TOO_OLD = {
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "HANDSHAKE_FAILURE",
}
_WANTS_CERTIFICATE = "TLSV13_ALERT_CERTIFICATE_REQUIRED"

_VIEW = "Job orchestrator: start, stop and view jobs (orchestrator:view)"
_PERMISSIONS = {
    "/command/deploy": "Puppet agent: run Puppet on agent nodes (puppet_agent:run), and for a query also "
    "Nodes: view node data from PuppetDB (nodes:view_data)",
    "/classifier-api/": "Node groups: view (node_groups:view)",
    "/pdb/": "Nodes: view node data from PuppetDB (nodes:view_data)",
}
"""What a path needs, by a part of it; all else needs `_VIEW`. Console and documents call them so."""

_UNAVAILABLE = {429, 502, 503, 504}


def transport_problem(
    error: httpx.HTTPError | httpx.InvalidURL | ssl.SSLError, *, is_handshake: bool = False
) -> Problem:
    """What an exception of httpx means, or one of TLS that it lets through, in the handshake or elsewhere.

    Its text is never shown alone: some are empty, some quote headers.
    """
    if isinstance(error, httpx.ConnectError):
        return _connect_problem(error)
    if isinstance(error, httpx.ConnectTimeout) and is_handshake:
        return Problem(ProblemKind.NOT_TLS, "the connection stands, but nothing answers in TLS")
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Problem(ProblemKind.NO_CONNECTION, "no connection within the time limit")
    if isinstance(error, httpx.ProxyError):
        return Problem(ProblemKind.NO_CONNECTION, "no connection could be made")
    if isinstance(error, httpx.TimeoutException):
        return Problem(ProblemKind.NO_ANSWER, "no answer within the time limit")
    if any(
        isinstance(cause, ssl.SSLError) and cause.reason == _WANTS_CERTIFICATE for cause in _causes(error)
    ):
        # With TLS 1.3 it says so only after the request was sent, and so it counts as sent.
        return Problem(ProblemKind.CLIENT_CERTIFICATE, "the server ended the connection for want of one")
    return Problem(ProblemKind.CONNECTION_LOST, "the connection broke before the answer was complete")


def _connect_problem(error: httpx.ConnectError) -> Problem:
    """Why there is no connection. Nothing was sent: later, the same causes would prove no such thing."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Problem(_certificate_kind(cause.verify_code), plain(cause.verify_message))
        if isinstance(cause, ssl.SSLError):
            kind = ProblemKind.TLS_TOO_OLD if cause.reason in _TOO_OLD else ProblemKind.NOT_TLS
            return Problem(kind, plain(cause.reason or "the TLS handshake failed"))
        if isinstance(cause, socket.gaierror):
            return Problem(ProblemKind.NAME_UNKNOWN, plain(cause.strerror or "the name is not known"))
        if isinstance(cause, ConnectionRefusedError):
            return Problem(ProblemKind.REFUSED, "connection refused")
    return Problem(ProblemKind.NO_CONNECTION, "no connection could be made")


def _certificate_kind(verify_code: int) -> ProblemKind:
    if verify_code in _DATE_CODES:
        return ProblemKind.CERTIFICATE_DATES
    return ProblemKind.WRONG_HOST if verify_code in _HOST_CODES else ProblemKind.CA_UNKNOWN


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and all that led to it, through chains and groups (anyio tries several addresses at once)."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting.extend(c for c in (cause.__cause__, cause.__context__) if c is not None)
        if isinstance(cause, BaseExceptionGroup):
            waiting.extend(cause.exceptions)


def http_problem(status: int, body: object, headers: Mapping[str, str], path: str) -> Problem:
    """What an answer outside 2xx to `path` means; `body` is its JSON, its text, or None."""
    error = body if isinstance(body, dict) else {"msg": body}
    answered = f"the server answered {status}"
    if 300 <= status < 400 and "location" in headers:
        answered += f" and points to {plain(headers['location'])}"
    server_kind = _text(error.get("kind"))
    kind = _kind(status, server_kind)
    # The RBAC service echoes what was submitted, passwords included, in its details.
    details = None if server_kind.startswith("puppetlabs.rbac/") else error.get("details")
    return Problem(
        kind=kind,
        message=plain(_text(error.get("msg")), lines=True).strip() or answered,
        status=status,
        server_kind=plain(server_kind),
        details=_indented(details),
        cycle=_cycle(details) if kind is ProblemKind.DEPENDENCY_CYCLE else (),
        retry_after=retry_after(headers),
        permission=_permission(path) if kind is ProblemKind.PERMISSION_DENIED else "",
    )


def _permission(path: str) -> str:
    return next((needed for part, needed in _PERMISSIONS.items() if part in path), _VIEW)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _indented(details: object) -> str:
    """`details` of an error as text that a person can read and no terminal minds."""
    try:
        return plain(json.dumps(details, indent=2, ensure_ascii=False), lines=True) if details else ""
    except RecursionError:  # writing goes less deep than reading
        return ""


def _cycle(details: object) -> tuple[str, ...]:
    """The resources of a dependency cycle. No document shows these details, so any list in them that reads
    like one is taken: of names, or of objects with `type` and `title`."""
    values = details.values() if isinstance(details, dict) else [details]
    for value in values:
        if isinstance(value, list) and len(value) > 1:
            names = [_resource(item) for item in value]
            if all(names):
                return tuple(plain(name) for name in names)
    return ()


def _resource(item: object) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, dict) and isinstance(item.get("type"), str) and isinstance(item.get("title"), str):
        return f"{item['type']}[{item['title']}]"
    return ""


def _kind(status: int, server_kind: str) -> ProblemKind:
    # Our own kinds are for what never reached a server: none of them is a server's to claim.
    kind = ProblemKind.OTHER if server_kind.startswith("orch-tui/") else ProblemKind(server_kind)
    if status == 403:
        # What kind a missing permission has on the orchestrator is not documented: any 403 is one.
        return ProblemKind.PERMISSION_DENIED
    if kind is not ProblemKind.OTHER:
        return kind
    if server_kind.endswith("/server-error"):
        # The token service says so, with a 400 or 401, while it starts.
        return ProblemKind.UNAVAILABLE
    if 300 <= status < 400:
        return ProblemKind.REDIRECTED
    if status == 401:
        return ProblemKind.USER_UNAUTHENTICATED
    if status == 413:
        return ProblemKind.REQUEST_TOO_LARGE
    return ProblemKind.UNAVAILABLE if status in _UNAVAILABLE else ProblemKind.OTHER


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks to wait, whether it gives seconds or a date (by the server's clock)."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    until = http_date(value)
    if until is None:
        return None
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def http_date(value: str) -> datetime | None:
    """A date as HTTP headers write it; None where it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
