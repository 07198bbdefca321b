"""The HTTP face: routes, access, and errors in their order (401, 403, 404/405, 400, then meaning)."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from orch_tui.simulator import commands, errors
from orch_tui.simulator.access import Access
from orch_tui.simulator.answers import Answers
from orch_tui.simulator.catalog import Catalog, Inventory, nothing_scheduled, tasks
from orch_tui.simulator.errors import Invalid, Refusal
from orch_tui.simulator.facts import Place
from orch_tui.simulator.fleet import Environment
from orch_tui.simulator.job import Job
from orch_tui.simulator.listing import JobPage, node_page, whole_number
from orch_tui.simulator.rbac import PATH as TOKENS
from orch_tui.simulator.rbac import Rbac
from orch_tui.simulator.reports import report
from orch_tui.simulator.services import service_routes
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.wire import rolled, whole
from orch_tui.simulator.world import World

BASE = "/orchestrator/v1"


def build_app(settings: Settings, world: World) -> ASGIApp:
    rbac = Rbac(settings, world)
    access = Access(settings, world, rbac)
    api = _Api(settings, world, access, rbac)
    app = Starlette(
        routes=[*api.routes(), *service_routes(settings, world.fleet)],
        exception_handlers={Refusal: _refuse, 404: _unknown, 405: _wrong_method},
    )
    app.router.redirect_slashes = False  # a path with a slash too many is a path like any other: unknown
    return _Guard(app, access, world)


class _Guard:
    """Asks for the token before anybody sees the path; those that tell the status or give tokens are open."""

    def __init__(self, app: ASGIApp, access: Access, world: World) -> None:
        self._app = app
        self._access = access
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._world.advance()
        path, refusal = scope["path"], None
        if not path.startswith("/status/") and path != TOKENS:
            token = Headers(scope=scope).get("x-authentication")
            refusal = self._access.refusal(token, is_command=path.startswith(f"{BASE}/command/"))
        app = self._app if refusal is None else _refusal_response(refusal)
        await app(scope, receive, send)


class _Api:
    """One method an endpoint. Each takes its picture of the world in one piece, under the lock."""

    def __init__(self, settings: Settings, world: World, access: Access, rbac: Rbac) -> None:
        self._settings = settings
        self._world = world
        self._access = access
        self._rbac = rbac
        self._inventory = Inventory(world.fleet.nodes, world.epoch, settings.dialect[Place.INVENTORY])

    def routes(self) -> list[Route]:
        endpoints = {
            "GET/environments": self.environments,
            "GET/environments/{name}": self.environment,
            "GET/environments/{name}/applications": self.applications,
            "GET/environments/{name}/instances": self.instances,
            "GET/jobs": self.jobs,
            "GET/jobs/{job}": self.job,
            "GET/jobs/{job}/nodes": self.nodes,
            "GET/jobs/{job}/events": self.events,
            "GET/jobs/{job}/report": self.report,
            "GET/inventory": self.inventory,
            "GET/inventory/{name}": self.inventory_of,
            "POST/inventory": self.inventory_of_many,
            "GET/tasks": self.tasks,
            "GET/scheduled_jobs": self.scheduled_jobs,
            "GET/scheduled_jobs/environment_jobs": self.scheduled_jobs,
            "POST/command/deploy": self.deploy,
            "POST/command/stop": self.stop,
        }
        routes = [Route("/orchestrator", self.root), Route(BASE, self.root)]
        routes.append(Route(TOKENS, self.sign_in, methods=["POST"]))
        for name, endpoint in endpoints.items():
            if self._answers_at(name):
                method, _, path = name.partition("/")
                routes.append(Route(f"{BASE}/{path}", endpoint, methods=[method]))
        return routes

    def _answers_at(self, endpoint: str) -> bool:
        if endpoint.startswith("GET/environments") and self._settings.list_environments is not None:
            return self._settings.list_environments
        return endpoint in self._settings.dialect[Place.ENDPOINT]

    # Commands

    async def deploy(self, request: Request) -> Response:
        body = await request.body()
        with self._checking(), self._world.lock:
            order = commands.deploy_order(commands.parse(body), self._settings)
            job = self._world.deploy(order)
            self._access.deployed()
            return whole({"job": self._answers(request).reference(job)}, status=202)

    async def stop(self, request: Request) -> Response:
        body = await request.body()
        with self._checking(), self._world.lock:
            order = commands.stop_order(commands.parse(body), self._settings)
            job = self._find(order.job)
            self._world.stop(job, order.force)
            return whole(self._answers(request).stopped(job), status=202)

    # Jobs

    async def jobs(self, request: Request) -> Response:
        with self._checking(), self._world.lock:
            page = JobPage(self._settings.dialect, request.query_params)
            return whole(page.answer(self._world.jobs.values(), self._answers(request).job_in_list))

    async def job(self, request: Request) -> Response:
        with self._checking(), self._world.lock:
            return whole(self._answers(request).job(self._asked_job(request)))

    async def nodes(self, request: Request) -> Response:
        with self._checking(), self._world.lock:
            job = self._asked_job(request)
            runs = node_page(self._settings.dialect, request.query_params, job)
            roll = self._answers(request).nodes(job, runs)
        return rolled(roll, self._world.lock)

    async def events(self, request: Request) -> Response:
        with self._checking(), self._world.lock:
            job = self._asked_job(request)
            text = request.query_params.get("start")
            start = None if text is None else whole_number("start", text)
            roll = self._answers(request).events(job, start)
        return rolled(roll, self._world.lock)

    async def report(self, request: Request) -> Response:
        with self._checking(), self._world.lock:
            return whole(report(self._settings, self._asked_job(request)))

    # The fleet never changes, so that nothing below needs the lock.

    async def root(self, request: Request) -> Response:
        return whole(Catalog(_root(request)).root_document())

    async def environments(self, request: Request) -> Response:
        catalog = Catalog(_root(request))
        return whole(
            {"items": [catalog.environment(each) for each in self._world.fleet.environments.values()]}
        )

    async def environment(self, request: Request) -> Response:
        return whole(Catalog(_root(request)).environment(self._asked_environment(request)))

    async def applications(self, request: Request) -> Response:
        return whole(Catalog(_root(request)).applications(self._asked_environment(request)))

    async def instances(self, request: Request) -> Response:
        return whole(Catalog(_root(request)).instances(self._asked_environment(request)))

    async def inventory(self, _request: Request) -> Response:
        return whole(self._inventory.connected())

    async def inventory_of(self, request: Request) -> Response:
        return whole(self._inventory.node(unquote(request.path_params["name"])))

    async def inventory_of_many(self, request: Request) -> Response:
        body = await request.body()
        with self._checking():
            return whole(self._inventory.of(commands.node_names(commands.parse(body))))

    async def tasks(self, request: Request) -> Response:
        name = request.query_params.get("environment", "production")
        with self._checking():
            if not (name.isascii() and name.replace("_", "a").isalnum()):
                raise Invalid("environment", f"{name!r} is no name of an environment")
            return whole(tasks(self._environment(name)))

    async def scheduled_jobs(self, _request: Request) -> Response:
        return whole(nothing_scheduled())

    async def sign_in(self, request: Request) -> Response:
        body = await request.body()
        with self._world.lock:
            return whole({"token": self._rbac.login(body)})

    # What a request means

    def _answers(self, request: Request) -> Answers:
        return Answers(self._settings, _root(request), self._world.now)

    def _asked_job(self, request: Request) -> Job:
        return self._find(unquote(request.path_params["job"]))

    def _find(self, name: str) -> Job:
        job = self._world.jobs.get(whole_number("job-id", name))
        if job is None:
            raise errors.unknown_job(name)
        return job

    def _asked_environment(self, request: Request) -> Environment:
        return self._environment(unquote(request.path_params["name"]))

    def _environment(self, name: str) -> Environment:
        environment = self._world.fleet.environments.get(name)
        if environment is None:
            raise errors.unknown_environment(name)
        return environment

    @contextmanager
    def _checking(self) -> Iterator[None]:
        try:
            yield
        except Invalid as invalid:
            raise errors.validation_error(self._settings.validation_kind, invalid) from None


def _root(request: Request) -> str:
    """Ids in bodies are absolute URLs under whatever name the client called the server by."""
    return str(request.base_url).rstrip("/") + BASE


def _refusal_response(refusal: Refusal) -> Response:
    return whole(refusal.body(), refusal.status)


async def _refuse(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return _refusal_response(refusal)


async def _unknown(_request: Request, _error: Exception) -> Response:
    return _refusal_response(errors.unknown_route())


async def _wrong_method(_request: Request, _error: Exception) -> Response:
    return _refusal_response(errors.wrong_method())
