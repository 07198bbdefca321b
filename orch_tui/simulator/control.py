"""The control path, which only the simulator has: faults and changes of the world, ordered with curl.

Nothing under it meets a fault, or is remembered among the requests. It needs no token from this machine;
from elsewhere it takes that of the API, so that nobody plays with somebody else's rehearsal.
"""

from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from orch_tui.simulator import commands
from orch_tui.simulator.changes import CHANGES
from orch_tui.simulator.errors import Invalid, Refusal, invalid_token
from orch_tui.simulator.faults import FAULTS, Faults
from orch_tui.simulator.named import described, made
from orch_tui.simulator.wire import whole
from orch_tui.simulator.world import World

PATH = "/simulator"


class Control:
    """Answers what lies under /simulator, and leaves the rest to `app`."""

    def __init__(self, app: ASGIApp, world: World, faults: Faults, token: str) -> None:
        self._app = app
        self._world = world
        self._faults = faults
        self._token = token
        self._control = Starlette(
            routes=[
                Route(f"{PATH}/faults", self._list_faults, methods=["GET"]),
                Route(f"{PATH}/faults", self._order_fault, methods=["POST"]),
                Route(f"{PATH}/faults", self._clear_faults, methods=["DELETE"]),
                Route(f"{PATH}/world", self._list_changes, methods=["GET"]),
                Route(f"{PATH}/world", self._change_world, methods=["POST"]),
            ],
            exception_handlers={Refusal: _refuse, Invalid: _tell},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._control if scope["path"].startswith(f"{PATH}/") else self._app
        await app(scope, receive, send)

    async def _list_faults(self, request: Request) -> Response:
        self._admit(request)
        return whole({"waiting": self._faults.waiting(), "faults": described("fault", FAULTS)})

    async def _order_fault(self, request: Request) -> Response:
        self._admit(request)
        self._faults.order(commands.parse(await request.body()))
        return whole({"waiting": self._faults.waiting()})

    async def _clear_faults(self, request: Request) -> Response:
        self._admit(request)
        self._faults.clear()
        return Response(status_code=204)

    async def _list_changes(self, request: Request) -> Response:
        self._admit(request)
        return whole({"changes": described("change", CHANGES)})

    async def _change_world(self, request: Request) -> Response:
        self._admit(request)
        change = made("change", CHANGES, commands.parse(await request.body()))
        with self._world.lock:
            self._world.advance()
            change.apply(self._world)
        return whole({"jobs": [str(number) for number in self._world.jobs]})

    def _admit(self, request: Request) -> None:
        is_near = request.client is not None and ip_address(request.client.host).is_loopback
        if not is_near and request.headers.get("x-authentication") != self._token:
            raise invalid_token()


async def _refuse(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return whole(refusal.body(), refusal.status)


async def _tell(_request: Request, invalid: Exception) -> Response:
    return whole({"msg": str(invalid)}, 400)
