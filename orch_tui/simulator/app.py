"""The HTTP face: routes, access, and errors in their order (401, 403, 404/405, 400, then meaning)."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from orch_tui.simulator import commands, errors
from orch_tui.simulator.access import Access
from orch_tui.simulator.answers import Answers
from orch_tui.simulator.catalog import Catalog, classifier_environments, connection, inventory
from orch_tui.simulator.errors import Invalid, Refusal
from orch_tui.simulator.fleet import Environment
from orch_tui.simulator.job import Job
from orch_tui.simulator.listing import Page, whole_number
from orch_tui.simulator.rbac import PATH as TOKENS
from orch_tui.simulator.rbac import Rbac
from orch_tui.simulator.reports import report
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.wire import rolled, whole
from orch_tui.simulator.world import World

BASE = "/orchestrator/v1"


def build_app(settings: Settings, world: World) -> ASGIApp:
    rbac = Rbac(settings, world)
    access = Access(settings, world, rbac)
    api = _Api(settings, world, access, rbac)
    app = Starlette(
        routes=api.routes(), exception_handlers={Refusal: _refuse, 404: _unknown, 405: _wrong_method}
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

    def routes(self) -> list[Route]:
        gets = {
            "/orchestrator": self.root,
            BASE: self.root,
            f"{BASE}/environments": self.environments,
            f"{BASE}/environments/{{name}}": self.environment,
            f"{BASE}/environments/{{name}}/applications": self.applications,
            f"{BASE}/environments/{{name}}/instances": self.instances,
            f"{BASE}/jobs": self.jobs,
            f"{BASE}/jobs/{{job}}": self.job,
            f"{BASE}/jobs/{{job}}/nodes": self.nodes,
            f"{BASE}/jobs/{{job}}/events": self.events,
            f"{BASE}/jobs/{{job}}/report": self.report,
            f"{BASE}/inventory": self.inventory,
            f"{BASE}/inventory/{{name}}": self.inventory_of,
            "/classifier-api/v1/environments": self.classifier_environments,
            "/status/v1/simple/orchestrator-service": self.status,
        }
        posts = {
            f"{BASE}/command/deploy": self.deploy,
            f"{BASE}/command/stop": self.stop,
            TOKENS: self.sign_in,
        }
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in gets.items()] + [
            Route(path, endpoint, methods=["POST"]) for path, endpoint in posts.items()
        ]

    # Commands

    async def deploy(self, request: Request) -> Response:
        body = await request.body()
        with self._checking(), self._world.lock:
            order = commands.deploy_order(commands.parse(body), self._settings.dialect)
            job = self._world.deploy(order)
            self._access.deployed()
            return whole({"job": self._answers(request).reference(job)}, status=202)

    async def stop(self, request: Request) -> Response:
        body = await request.body()
        with self._checking(), self._world.lock:
            job = self._find(commands.job_name(commands.parse(body)))
            self._world.stop(job)
            return whole(self._answers(request).stopped(job), status=202)

    # Jobs

    async def jobs(self, request: Request) -> Response:
        dialect = self._settings.dialect
        with self._checking(), self._world.lock:
            page = Page.asked(dialect, request.query_params)
            answers = self._answers(request)
            items = [answers.job_in_list(job) for job in page.of(self._world.jobs.values())]
            pagination = page.pagination(dialect, len(self._world.jobs))
        return whole({"items": items} | ({"pagination": pagination} if pagination else {}))

    async def job(self, request: Request) -> Response:
        with self._checking(), self._world.lock:
            return whole(self._answers(request).job(self._asked_job(request)))

    async def nodes(self, request: Request) -> Response:
        with self._checking(), self._world.lock:
            roll = self._answers(request).nodes(self._asked_job(request))
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
        if not (self._settings.list_environments and self._settings.day.lists_environments):
            raise errors.unknown_route()
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
        return whole(inventory(self._world.fleet.nodes.values(), self._world.epoch))

    async def inventory_of(self, request: Request) -> Response:
        name = unquote(request.path_params["name"])
        return whole(connection(name, self._world.fleet.nodes.get(name), self._world.epoch))

    async def classifier_environments(self, _request: Request) -> Response:
        return whole(classifier_environments(self._world.fleet.environments.values()))

    async def sign_in(self, request: Request) -> Response:
        body = await request.body()
        with self._world.lock:
            return whole({"token": self._rbac.login(body)})

    async def status(self, _request: Request) -> Response:
        return PlainTextResponse("running")

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
        name = unquote(request.path_params["name"])
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
