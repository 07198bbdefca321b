"""From here to the orchestrator, step by step: each only where the one before it worked."""

import asyncio
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from orch_tui.api.certificate import day, presented
from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.sign_in import SignIn
from orch_tui.api.token import Token
from orch_tui.cli.cockpit import connection_of
from orch_tui.cli.doctor.report import Report
from orch_tui.config import Profile
from orch_tui.domain.capabilities import Capabilities
from orch_tui.domain.environment import EnvironmentSource
from orch_tui.domain.problem import OrchestratorError, Problem
from orch_tui.session.board import BoardPoll
from orch_tui.ui.explain import explain

_MOST_CLOCK_DIFFERENCE = 60
_SOON = 30
"""Days before its end from which a certificate is worth a word."""

_SIGN_IN = "run `puppet access login`, or sign in in orch-tui itself"
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


async def check_network(profile: Profile, token: Token | None, report: Report) -> None:
    """Name, port, TLS, the status service, the API with the token, and the token service."""
    proxies = [name for name in _PROXIES if os.environ.get(name)]
    if proxies and not profile.proxy_from_environment:
        report.note("proxy", f"{proxies[0]} is set and not used; proxy-from-environment = true uses it")
    # Without a token of ours: the status service is open to all, and says more when nothing else does.
    connection = connection_of(profile, token or Token.given(""))
    is_direct = not profile.proxy_from_environment
    if is_direct and not (await _check_name(profile, report) and await _check_port(profile, report)):
        return
    if await _check_service(profile, replace(connection, token=None), report) and token is not None:
        await _check_api(profile, connection, report)
        await _check_services_beside(connection, report)
    await _check_token_service(profile, connection, report)


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


async def _check_name(profile: Profile, report: Report) -> bool:
    host, port = _address(profile.service_url)
    report.begin(f"the address of {host}")
    try:
        async with asyncio.timeout(profile.connect_timeout):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        report.bad("name", f"{host} has no address here", "check service-url, and this machine's DNS")
        return False
    report.good("name", f"{host} is {', '.join(dict.fromkeys(str(entry[4][0]) for entry in found))}")
    return True


async def _check_port(profile: Profile, report: Report) -> bool:
    host, port = _address(profile.service_url)
    report.begin(f"port {port} of {host}")
    try:
        async with asyncio.timeout(profile.connect_timeout):
            _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        advice = "check pe-orchestration-services on the server, and the port of service-url"
        report.bad("port", f"{port} is refused: nothing listens there", advice)
        return False
    except OSError:
        report.bad("port", f"{port} cannot be reached in time", "check the network and firewalls in between")
        return False
    writer.transport.abort()
    report.good("port", f"{port} takes connections")
    return True


async def _check_service(profile: Profile, connection: Connection, report: Report) -> bool:
    """TLS and the status service in one request; whether the server can be talked to."""
    report.begin("the status service")
    async with OrchestratorClient(connection, keep_alive=False) as client:
        try:
            status = await client.status()
        except OrchestratorError as error:
            problem = error.problem
            if problem.status is None:
                _tell("TLS" if connection.service_url.startswith("https:") else "service", problem, report)
                return False
            await _tell_certificate(profile, report)
            report.note("service", f"its status is not to be had: {problem.message}")
        else:
            await _tell_certificate(profile, report)
            if status == "running":
                report.good("service", "orchestrator-service is running")
            else:
                advice = "wait, or look at pe-orchestration-services on the server"
                report.bad("service", f"orchestrator-service says {status}", advice)
        _tell_clock(client.clock_offset, report)
    return True


async def _tell_certificate(profile: Profile, report: Report) -> None:
    if not profile.service_url.startswith("https:"):
        report.note("TLS", "none: plain HTTP to this machine itself")
        return
    try:
        shown = await presented(*_address(profile.service_url), profile.connect_timeout)
    except OSError:
        report.good("TLS", "the certificate is good")
        return
    left = (shown.ends - datetime.now(UTC)).days
    words = f"certificate for {shown.named}, {day(shown.begins)} to {day(shown.ends)}, {left} days left"
    report.good("TLS", words) if left > _SOON else report.note("TLS", f"{words}: renew it soon")


def _tell_clock(offset: timedelta, report: Report) -> None:
    difference = round(offset.total_seconds())
    if abs(difference) <= _MOST_CLOCK_DIFFERENCE:
        report.good("clock", f"{abs(difference)} s from the server's")
    else:
        side = "behind" if difference > 0 else "ahead of"
        report.bad("clock", f"{abs(difference):,} s {side} the server's", "let both follow NTP")


async def _check_api(profile: Profile, connection: Connection, report: Report) -> None:
    report.begin("environments and jobs")
    async with OrchestratorClient(connection, keep_alive=False) as client:
        try:
            board = await BoardPoll(client, profile.environment)()
            server = await client.capabilities(board.jobs)
        except OrchestratorError as error:
            _tell("API", error.problem, report)
            return
    count = f"{len(board.jobs.items)}{'' if board.jobs.is_last else ' or more'} jobs"
    report.good("API", f"the token is taken; {count}")
    _tell_release(profile.api, server, report)
    environments = board.environments
    words = f"{len(environments.names)}, from the {environments.source}"
    if environments.denied is not None:
        report.bad("environments", words, f"to list them takes {environments.denied.permission}")
    elif environments.source is EnvironmentSource.HISTORY:
        report.note("environments", f"{words}: nobody lists them; classifier-url may")
    else:
        report.good("environments", words)


def _tell_release(said: str | None, server: Capabilities, report: Report) -> None:
    if said is None:
        report.good("release", f"{server.words} (by its answers)")
    elif Capabilities.of_release(said).agrees_with(server):
        report.good("release", f"{said} (by api in the profile; its answers agree)")
    else:
        words = f"{said} by api in the profile, but {server.words} by its answers"
        report.bad("release", words, "correct api, or leave it out: then the answers tell what it can do")


async def _check_services_beside(connection: Connection, report: Report) -> None:
    """The node classifier and PuppetDB, where they are configured."""
    async with OrchestratorClient(connection, keep_alive=False) as client:
        for name, service in (("classifier", client.classifier), ("PuppetDB", client.puppetdb)):
            if service is None:
                continue
            try:
                environments = await service.environments()
            except OrchestratorError as error:
                _tell(name, error.problem, report)
            else:
                report.good(name, f"the token is taken; {len(environments)} environments")


async def _check_token_service(profile: Profile, connection: Connection, report: Report) -> None:
    report.begin("the token service")
    signing_in = SignIn(connection, profile.sign_in_url)
    try:
        await signing_in.reach()
    except OrchestratorError as error:
        if profile.rbac_url is not None:
            _tell("rbac-url", error.problem, report)
        else:
            words = f"no token service at {profile.sign_in_url}: set rbac-url to sign in from here"
            report.note("rbac-url", words)
    else:
        report.good("rbac-url", f"{profile.sign_in_url} answers")
    finally:
        await signing_in.aclose()


def _tell(what: str, problem: Problem, report: Report) -> None:
    words = explain(problem)
    advice = _SIGN_IN if problem.needs_sign_in else words.advice
    permission = f" It takes {problem.permission}." if problem.permission else ""
    report.bad(what, f"{words.title}: {problem.message}", advice + permission)
