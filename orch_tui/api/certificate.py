"""Certificates as people read them: what a server shows, and what we trust.

A refused certificate is read with handshakes of its own, over which nothing is ever sent.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

from orch_tui.domain.problem import Problem, ProblemKind
from orch_tui.plain import plain

# openssl/x509_vfy.h: the dates are for a person to judge here. Python has no name for it.
_NO_CHECK_TIME = 0x200000
_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate; `names` are those it may be used for, `subject` and `issuer` common names."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, decoded: Mapping[str, Any]) -> Self:
        """From the form in which the `ssl` module decodes a certificate."""
        subject = _common_name(decoded.get("subject", ()))
        names = tuple(plain(name) for _, name in decoded.get("subjectAltName", ()))
        return cls(
            subject=subject,
            issuer=_common_name(decoded.get("issuer", ())),
            names=names or (subject,),
            begins=_moment(decoded["notBefore"]),
            ends=_moment(decoded["notAfter"]),
        )

    @property
    def named(self) -> str:
        """The names, as many as a line has room for."""
        more = len(self.names) - _NAMES_SHOWN
        return ", ".join(self.names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _common_name(name: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    parts = [part for group in name for part in group]
    common = [value for key, value in parts if key == "commonName"]
    return plain(", ".join(common or [value for _, value in parts]) or "nobody")


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)


def authorities(cacert: Path) -> tuple[Certificate, ...]:
    """The certificates in a CA file.

    Raises:
        OSError: It is missing, unreadable, or holds none (`ssl.SSLError`).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=cacert)
    return tuple(Certificate.of(decoded) for decoded in context.get_ca_certs())


async def presented(host: str, port: int, patience: float) -> Certificate:
    """The certificate that a server shows, whether it is good or not; nothing is sent to it.

    Python decodes only certificates that it has verified. So a first handshake takes what comes, and a second
    trusts exactly that.

    Args:
        patience: Seconds for both handshakes together.

    Raises:
        OSError: There is no TLS to be had, or not in time (`TimeoutError`).
    """
    async with asyncio.timeout(patience):
        blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        blind.check_hostname = False
        blind.verify_mode = ssl.CERT_NONE
        raw = await _shown(host, port, blind, binary=True)
        sighted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        sighted.check_hostname = False
        sighted.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
        sighted.load_verify_locations(cadata=raw)
        return Certificate.of(await _shown(host, port, sighted, binary=False))


async def _shown(host: str, port: int, context: ssl.SSLContext, *, binary: bool) -> Any:
    _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    try:
        return writer.get_extra_info("ssl_object").getpeercert(binary)
    finally:
        writer.transport.abort()


async def inspected(problem: Problem, host: str, port: int, cacert: Path | None, patience: float) -> Problem:
    """`problem`, which is that a server is not trusted, with what its certificate says."""
    try:
        shown = await presented(host, port, patience)
    except OSError:
        return problem
    facts = [
        ("asked for", host),
        ("it is for", shown.named),
        ("signed by", shown.issuer),
        ("valid", f"{day(shown.begins)} to {day(shown.ends)}"),
        ("OpenSSL", problem.message),
    ]
    if cacert is not None:
        facts[4:4] = [("trusted", str(cacert)), *(("", _authority(one)) for one in _readable(cacert))]
    return replace(problem, message=_in_short(problem.kind, host, shown, cacert), facts=tuple(facts))


def _in_short(kind: ProblemKind, host: str, shown: Certificate, cacert: Path | None) -> str:
    match kind:
        case ProblemKind.WRONG_HOST:
            instead = "; use a name instead of the address" if _is_address(host) else ""
            return f"{host} was asked for, the certificate is for {shown.named}{instead}"
        case ProblemKind.CERTIFICATE_DATES:
            span = f"from {shown.begins:%Y-%m-%d %H:%M} to {shown.ends:%Y-%m-%d %H:%M} UTC"
            return f"valid {span}; this machine's clock says {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        case _:
            trusted = "nobody is trusted: cacert is not used" if cacert is None else f"not by {cacert}"
            return f"the certificate was signed by {shown.issuer}, {trusted}"


def _readable(cacert: Path) -> tuple[Certificate, ...]:
    try:
        return authorities(cacert)
    except OSError:  # it was there at start
        return ()


def _authority(certificate: Certificate) -> str:
    return f"{certificate.subject}, until {day(certificate.ends)}"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def day(moment: datetime) -> str:
    """A date as it is written everywhere here."""
    return f"{moment:%Y-%m-%d}"
