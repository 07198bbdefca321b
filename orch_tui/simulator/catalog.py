"""What there is, as JSON: the root document, environments, applications, the inventory."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from orch_tui.simulator.applications import Application, Component
from orch_tui.simulator.clock import timestamp
from orch_tui.simulator.dialect import Keys
from orch_tui.simulator.errors import Json
from orch_tui.simulator.fleet import Environment
from orch_tui.simulator.node import Node

_CODE = "/etc/puppetlabs/code/environments"


class Catalog:
    """Documented keys; prose and paths are made up. `root` is the request's own base URL up to /v1."""

    def __init__(self, root: str) -> None:
        self._root = root

    def root_document(self) -> Json:
        return {
            "info": {
                "title": "Orchestrator API (EXPERIMENTAL)",
                "description": "Multi-purpose API for performing orchestration-specific operations",
                "warning": "This version of the API is experimental, and might change in backwards "
                "incompatible ways in the future",
                "version": "0.1",
                "license": {
                    "name": "Puppet Enterprise License",
                    "url": "https://puppetlabs.com/puppet-enterprise-components-licenses",
                },
            },
            "status": self._link("status"),
            "collections": [self._link("environments"), self._link("jobs")],
            "commands": [self._link("deploy", "command/"), self._link("stop", "command/")],
        }

    def _link(self, name: str, folder: str = "") -> Json:
        return {"id": f"{self._root}/{folder}{name}", "name": name}

    def environment(self, environment: Environment) -> Json:
        url = self._environment_url(environment)
        home = f"{_CODE}/{environment.name}"
        return {
            "id": url,
            "name": environment.name,
            "applications": {"id": f"{url}/applications"},
            "settings": {
                "modulepath": [f"{home}/modules", "/opt/puppetlabs/puppet/modules"],
                "manifest": f"{home}/manifests",
                "environment_timeout": 0,
                "config_version": "",
            },
        }

    def applications(self, environment: Environment) -> Json:
        return {
            "items": [_application(environment, application) for application in environment.applications],
            "instances": {"id": f"{self._environment_url(environment)}/instances"},
        }

    def instances(self, environment: Environment) -> Json:
        items = [
            {
                "type": application.name,
                "title": instance.title,
                "components": [_component(component) for component in instance.components],
            }
            for application in environment.applications
            for instance in application.instances
        ]
        return {"items": items}

    def _environment_url(self, environment: Environment) -> str:
        return f"{self._root}/environments/{quote(environment.name, safe='')}"


def _application(environment: Environment, application: Application) -> Json:
    blueprint = application.blueprint
    return {
        "line": 1,
        "file": f"{_CODE}/{environment.name}/{blueprint.file}",
        "parameters": dict(blueprint.parameters),
        "name": application.name,
        "kind": "application",
    }


def _component(component: Component) -> Json:
    return {
        "produces": list(component.produces),
        "consumes": list(component.consumes),
        "node": component.node.name,
        "type": component.type,
        "title": component.title,
    }


class Inventory:
    """Who is connected. All have been `since` the world began; `keys` are those of the release."""

    def __init__(self, nodes: Mapping[str, Node], since: float, keys: Keys) -> None:
        self._nodes = nodes
        self._since = timestamp(since)
        self._keys = keys

    def connected(self) -> Json:
        """Connected nodes only (documented)."""
        return self.of(name for name, node in self._nodes.items() if node.connected)

    def of(self, names: Iterable[str]) -> Json:
        return {"items": [self.node(name) for name in names]}

    def node(self, name: str) -> Json:
        """One node; one that nobody knows is merely not connected (documented)."""
        node = self._nodes.get(name)
        if node is None or not node.connected:
            return {"name": name, "connected": False}
        broker = "pcp://broker.example.com/server"
        whole = {"name": name, "connected": True, "broker": broker, "timestamp": self._since}
        return {key: whole[key] for key in self._keys}


def tasks(environment: Environment) -> Json:
    """A list that only tells that the environment exists: tasks themselves are not simulated."""
    return {"environment": {"name": environment.name, "code_id": None}, "items": []}


def nothing_scheduled() -> Json:
    """Jobs are not scheduled here, but whether a release has the lists tells which it is."""
    return {"items": [], "pagination": {"limit": 50, "offset": 0, "total": 0}}
