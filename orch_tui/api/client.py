"""The orchestrator's HTTP API (v1), one method for each endpoint that we use."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from orch_tui.api import wire
from orch_tui.api.connection import Connection
from orch_tui.api.exchange import Exchange, listed, not_understood
from orch_tui.api.fields import identifier, read_items
from orch_tui.api.pages import read_events, read_nodes
from orch_tui.api.services import Classifier, PuppetDb
from orch_tui.domain.capabilities import Capabilities, Feature
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets, is_environment_name
from orch_tui.domain.event import Events
from orch_tui.domain.job import Job, Jobs
from orch_tui.domain.node import NodeList
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.plain import plain

# A node is some 700 bytes of JSON, and on releases before 2019.8.5 all of them come in one answer.
_MOST_BYTES_OF_NODES = 256 * 2**20
_STEP = 100
"""Jobs that are read in one go."""
_NEWEST = 10**18
"""Above any number of a job."""


class OrchestratorClient:
    """One client: for watching, or for commands.

    A program has one of each, so that hung polls never keep a stop from going out. The one for commands
    keeps no connection: a stale one would make it doubtful whether a command was carried out.

    Every method raises `OrchestratorError`, and nothing else, when the call does not work.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        keep_alive: bool = True,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """
        Raises:
            OSError: The CA file cannot be used.
        """
        self._root = connection.service_url.rstrip("/") + "/orchestrator/v1"
        self._status = connection.service_url.rstrip("/") + "/status/v1/simple/orchestrator-service"
        self._server_orders_jobs = True
        self._exchange = Exchange(connection, keep_alive=keep_alive, now=now)
        self._call = self._exchange.call
        self.server_now = self._exchange.server_now
        classifier, puppetdb = connection.classifier_url, connection.puppetdb_url
        self.classifier = Classifier(self._exchange, classifier) if classifier else None
        """None where the configuration names none, as for `puppetdb`."""
        self.puppetdb = PuppetDb(self._exchange, puppetdb) if puppetdb else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._exchange.aclose()

    @property
    def clock_offset(self) -> timedelta:
        """How far the server's clock is ahead of ours; negative: behind."""
        return self._exchange.clock_offset

    async def status(self) -> str:
        """What the status service says of the orchestrator: `running`, or another word; it takes no token."""
        return await self._exchange.text(self._status)

    async def environments(self) -> tuple[str, ...]:
        """All environments' names (`GET /environments`: documented in 2016.2 and 2017.2)."""
        body = await self._call("GET", self._root + "/environments")
        names, _ = read_items(listed(body, "items"), wire.EnvironmentWire)
        return names

    async def targets(self, environment: str) -> Targets:
        """The applications of `environment` and their instances (2016.2, 2017.2)."""
        if not is_environment_name(environment):
            return Targets()
        root = f"{self._root}/environments/{environment}"
        applications = await self._call("GET", root + "/applications")
        instances = await self._call("GET", root + "/instances")
        return Targets(
            applications=read_items(listed(applications, "items"), wire.ApplicationWire)[0],
            instances=read_items(listed(instances, "items"), wire.InstanceWire)[0],
        )

    async def connected(self, nodes: Sequence[str]) -> dict[str, bool]:
        """Whether each of `nodes` is connected, by name, as far as the server tells (from 2016.5)."""
        body = await self._call("POST", self._root + "/inventory", body=json.dumps({"nodes": nodes}))
        told, _ = read_items(listed(body, "items"), wire.ConnectionWire)
        return {name: is_connected for name, is_connected in told if is_connected is not None}

    async def jobs(self, limit: int, offset: int = 0) -> Jobs:
        """The most recent `limit` jobs, newest first, or those that follow the `offset` most recent ones.

        From 2017.3 a page without an order starts with the oldest; before, `order` and `offset` are not
        documented.
        """
        params = {"limit": str(limit)} | ({"offset": str(offset)} if offset else {})
        if self._server_orders_jobs:
            try:
                ordered = params | {"order_by": "timestamp", "order": "desc"}
                body = await self._list_jobs(ordered)
            except OrchestratorError as error:
                if error.problem.kind is not ProblemKind.VALIDATION_ERROR:
                    raise
                self._server_orders_jobs = False
                body = await self._list_jobs(params)
        else:
            body = await self._list_jobs(params)
        # A server may pay no heed to `limit`; reading all its history would be felt.
        newest_first = sorted(listed(body, "items"), key=_number, reverse=True)[:limit]
        items: list[Job] = []
        for start in range(0, len(newest_first), _STEP):
            items += read_items(newest_first[start : start + _STEP], wire.JobWire)[0]
            await asyncio.sleep(0)  # thousands take a while, and keys are answered meanwhile
        count, total = len(newest_first), _total(body.get("pagination"))
        is_last = count < limit if total is None else not count or offset + count >= total
        server = _of_pagination(body.get("pagination"))
        return Jobs(tuple(items), count - len(items), server, total, is_last)

    async def capabilities(self, jobs: Jobs) -> Capabilities:
        """What the server can do, by the form of `jobs` and by which documented endpoints it knows.

        Asks two of them at most; what they refuse or fail to answer is left open.
        """
        server = jobs.server
        if not server.may_have(Feature.PAGES):
            server = await self._narrowed(server, "/inventory/none.invalid", "2016.5")
            if server.may_have(Feature.TARGET) and not server.has(Feature.INVENTORY):
                # Documented in 2016.2, and then not again until 2017.2.
                known = await self._knows("/environments")
                server = server.since("2016.4") if known is False else server
        elif server.has(Feature.TARGET):
            server = await self._narrowed(server, "/scheduled_jobs", "2018.1")
        else:
            server = await self._narrowed(server, "/scheduled_jobs/environment_jobs", "2021.7")
        return server

    async def _narrowed(self, server: Capabilities, path: str, release: str) -> Capabilities:
        """`server` as of `release` or later if it knows `path`, as before that if it does not."""
        match await self._knows(path):
            case True:
                return server.since(release)
            case False:
                return server.before(release)
        return server

    async def _knows(self, path: str) -> bool | None:
        """Whether the server has an endpoint; None where that does not become clear."""
        try:
            await self._call("GET", self._root + path, params={"limit": "1"})
        except OrchestratorError as error:
            status = error.problem.status
            # What may not be seen is there; what does not work now may be.
            return None if status is None or status >= 500 or status == 401 else status != 404
        return True

    async def _list_jobs(self, params: Mapping[str, str]) -> Any:
        try:
            return await self._call("GET", self._root + "/jobs", params=params)
        except OrchestratorError as error:
            if error.problem.status != 404:
                raise
            raise OrchestratorError(replace(error.problem, kind=ProblemKind.NO_JOBS)) from None

    async def job(self, job: str) -> Job:
        """One job with the history of its states."""
        body = await self._call("GET", self._job_url(job))
        items, _ = read_items([body], wire.JobWire)
        if not items or items[0].id != job:
            not_understood(f"the answer does not describe job {job}")
        return items[0]

    def nodes(self, job: str) -> AsyncGenerator[NodeList, None]:
        """All nodes of a job, as they are now, part by part as they come in.

        They are all only when it ends without raising.
        """
        url = self._job_url(job) + "/nodes"
        return read_nodes(self._exchange.fetch(url, {}, _MOST_BYTES_OF_NODES))

    async def events(self, job: str, start: int | None) -> Events:
        """The events of a job from id `start` on (inclusive), or all of them."""
        params = {} if start is None else {"start": str(start)}
        url = self._job_url(job) + "/events"
        return await read_events(self._exchange.fetch(url, params, _MOST_BYTES_OF_NODES))

    async def deploy(self, request: DeployRequest) -> str:
        """Start a deploy; returns the id of its job. Never repeated by us, whatever happens."""
        body = await self._call("POST", self._root + "/command/deploy", body=request.json())
        return _job_of(body)

    async def stop(self, job: str, *, by_force: bool = False) -> None:
        """Let a job start no more runs. Harmless on a job that is stopping or over.

        By force (2021.7 and later) the runs that are under way end at once, too: the vendor's page warns that
        this may leave nodes in an inconsistent state.
        """
        self._job_url(job)
        keys = {"job": job, "force": True} if by_force else {"job": job}
        await self._call("POST", self._root + "/command/stop", body=json.dumps(keys))

    def _job_url(self, job: str) -> str:
        """From our own base and digits alone: a job's `id` is a URL that could lead anywhere."""
        if identifier(job) is None:
            raise OrchestratorError(Problem(ProblemKind.UNKNOWN_JOB, f"{plain(job)} is not a job's name"))
        return f"{self._root}/jobs/{job}"


def _number(job: object) -> int:
    """By which to find the newest jobs; one whose number cannot be read counts as new, so that it is told."""
    number = identifier(job.get("name")) if isinstance(job, dict) else None
    return int(number) if number else _NEWEST


def _of_pagination(pagination: object) -> Capabilities:
    """It came in 2017.3 together with descriptions; its `order` came in 2019.8.5, when `target` went."""
    server = Capabilities()
    if not isinstance(pagination, dict):
        return server.before("2017.3")
    return server.since("2019.8.5") if "order" in pagination else server.since("2017.3").before("2019.8.5")


def _total(pagination: object) -> int | None:
    total = pagination.get("total") if isinstance(pagination, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def _job_of(body: object) -> str:
    job = body.get("job") if isinstance(body, dict) else None
    try:
        return wire.job_id(job.get("name"), job.get("id")) if isinstance(job, dict) else wire.job_id(None)
    except ValueError:
        not_understood("the answer does not name the new job")
