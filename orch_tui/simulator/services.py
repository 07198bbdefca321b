"""What a client needs beside the orchestrator, on the same port: classifier, PuppetDB, status service."""

import json
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from orch_tui.simulator import errors
from orch_tui.simulator.errors import Json
from orch_tui.simulator.fleet import Fleet
from orch_tui.simulator.groups import NodeGroup
from orch_tui.simulator.query import QueryError, compile_query
from orch_tui.simulator.settings import Settings
from orch_tui.simulator.wire import whole

_CLASSIFIER = "/classifier-api/v1"
_PUPPETDB = "/pdb/query/v4"
_STATUS = "/status/v1"
_SERVICE = "orchestrator-service"
_LEVELS = ("critical", "info", "debug")


def service_routes(settings: Settings, fleet: Fleet) -> list[Route]:
    classifier, puppetdb = _Classifier(fleet), _PuppetDb(settings, fleet)
    return [
        Route(f"{_CLASSIFIER}/environments", classifier.environments),
        Route(f"{_CLASSIFIER}/environments/{{name}}", classifier.environment),
        Route(f"{_CLASSIFIER}/groups", classifier.groups),
        Route(f"{_CLASSIFIER}/groups/{{id}}", classifier.group),
        Route(f"{_CLASSIFIER}/groups/{{id}}/rules", classifier.rules),
        Route(_PUPPETDB, puppetdb.query, methods=["GET", "POST"]),
        Route(f"{_PUPPETDB}/nodes", puppetdb.nodes, methods=["GET", "POST"]),
        Route(f"{_PUPPETDB}/environments", puppetdb.environments),
        Route(f"{_STATUS}/services", _services),
        Route(f"{_STATUS}/services/{{name}}", _service),
        Route(f"{_STATUS}/simple", _simple),
        Route(f"{_STATUS}/simple/{{name}}", _simple),
    ]


class _Classifier:
    """Environments and node groups, as documented. An unknown environment answers 404 with no body."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def environments(self, _request: Request) -> Response:
        return whole([_environment(name) for name in self._fleet.environments])

    async def environment(self, request: Request) -> Response:
        name = unquote(request.path_params["name"])
        return whole(_environment(name)) if name in self._fleet.environments else Response(status_code=404)

    async def groups(self, _request: Request) -> Response:
        return whole([group.json() for group in self._fleet.groups.values()])

    async def group(self, request: Request) -> Response:
        return whole(self._asked(request).json())

    async def rules(self, request: Request) -> Response:
        return whole(self._asked(request).rules())

    def _asked(self, request: Request) -> NodeGroup:
        group = self._fleet.groups.get(request.path_params["id"])
        if group is None:
            raise errors.unknown_group()
        return group


def _environment(name: str) -> Json:
    return {"name": name, "sync_succeeded": True}


class _PuppetDb:
    """Queries over nodes. Errors are plain text, as PuppetDB's are."""

    def __init__(self, settings: Settings, fleet: Fleet) -> None:
        self._settings = settings
        self._fleet = fleet

    async def query(self, request: Request) -> Response:
        """The root: PQL, or AST that names its own entity."""
        return self._answer(await _query(request))

    async def nodes(self, request: Request) -> Response:
        """The nodes entity: the query is a condition, and may be left out."""
        condition = await _query(request)
        return self._answer(["from", "nodes"] if condition is None else ["from", "nodes", condition])

    async def environments(self, _request: Request) -> Response:
        """Only those with data (documented): an environment without nodes has none."""
        return whole([{"name": each.name} for each in self._fleet.environments.values() if each.nodes])

    def _answer(self, query: object) -> Response:
        if self._settings.puppetdb_down:
            return PlainTextResponse("PuppetDB is currently down. Try again later.", 503)
        try:
            compiled = compile_query(query)
        except QueryError as error:
            return PlainTextResponse(str(error), 400)
        return whole([compiled.row(node) for node in self._fleet.nodes.values() if compiled.matches(node)])


async def _query(request: Request) -> object:
    """`query` of the URL, or of the body of a POST. AST may come as text; PQL never begins with a bracket."""
    query: object = request.query_params.get("query")
    if request.method == "POST":
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise errors.malformed_json() from None
        query = body.get("query") if isinstance(body, dict) else None
    if isinstance(query, str) and query.lstrip().startswith("["):
        try:
            return json.loads(query)
        except ValueError:
            raise errors.malformed_json() from None
    return query


# The status service. Anybody may ask it.


def _health(level: str) -> Json:
    return {
        "service_version": "0.1.0",
        "service_status_version": 1,
        "detail_level": level,
        "state": "running",
        "status": {},
        "active_alerts": [],
    }


async def _services(request: Request) -> Response:
    return whole({_SERVICE: _health(_level(request))})


async def _service(request: Request) -> Response:
    if request.path_params["name"] != _SERVICE:
        raise errors.unknown_service(request.path_params["name"])
    return whole(_health(_level(request)))


def _level(request: Request) -> str:
    level = request.query_params.get("level", "info")
    if level not in _LEVELS:
        raise errors.bad_level(level, _LEVELS)
    return level


async def _simple(request: Request) -> Response:
    name = request.path_params.get("name", _SERVICE)
    return PlainTextResponse("running") if name == _SERVICE else PlainTextResponse(f"not found: {name}", 404)
