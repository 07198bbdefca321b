"""What is not about jobs: the root document, environments, inventory, tasks, classifier, status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.simulator.conftest import Lab, Start

ALL_NODES = "00000000-0000-4000-8000-000000000000"


def classifier(lab: Lab, path: str) -> str:
    return lab.url.replace("/orchestrator/v1", "/classifier-api/v1") + path


def status(lab: Lab, path: str) -> str:
    return lab.url.replace("/orchestrator/v1", "/status/v1") + path


@pytest.mark.parametrize("api", ["2016.2", "2017.2"])
def test_environments_applications_and_instances(start: Start, api: str) -> None:
    lab = start(api=api)
    environments = {each["name"]: each for each in lab.get("/environments")["items"]}
    home = f"{lab.url}/environments/production"
    assert {"production", "staging", "retired", "tangled"} <= environments.keys()
    assert environments["production"] == lab.get("/environments/production")
    assert environments["production"].keys() == {"id", "name", "applications", "settings"}
    assert environments["production"]["applications"] == {"id": f"{home}/applications"}
    applications = lab.get("/environments/production/applications")
    assert applications["instances"] == {"id": f"{home}/instances"}
    assert {"Lamp", "Forge"} <= {item["name"] for item in applications["items"]}
    lamp = applications["items"][0]
    assert lamp.keys() == {"line", "file", "parameters", "name", "kind"}


def test_components_come_after_everything_they_consume(start: Start) -> None:
    lab = start(api="2016.2")
    instances = lab.get("/environments/production/instances")["items"]
    assert {"Lamp[shop]", "Lamp[intranet]"} <= {f"{each['type']}[{each['title']}]" for each in instances}
    for instance in instances:
        produced: set[str] = set()
        for component in instance["components"]:
            assert component.keys() == {"produces", "consumes", "node", "type", "title"}
            assert set(component["consumes"]) <= produced
            produced |= set(component["produces"])


def test_the_root_document_lists_collections_and_commands(start: Start) -> None:
    lab = start()
    root = lab.get(lab.url.removesuffix("/v1"))
    assert [each["name"] for each in root["collections"]] == ["environments", "jobs"]
    assert root["commands"][0] == {"id": f"{lab.url}/command/deploy", "name": "deploy"}
    assert root["info"]["version"] == "0.1"


def test_an_environment_alone_is_as_in_the_list_and_settings_are_puppets(start: Start) -> None:
    lab = start(api="2016.2")
    listed = lab.get("/environments")["items"]
    assert lab.get("/environments/staging") in listed
    for environment in listed:
        settings = environment["settings"]
        assert settings.keys() == {"modulepath", "manifest", "environment_timeout", "config_version"}
        assert (settings["environment_timeout"], settings["config_version"]) == (0, "")


def test_without_a_page_of_its_own_a_release_may_list_environments_or_not(start: Start) -> None:
    assert start().client.get("/environments").status_code == 404
    assert start(list_environments=True).get("/environments")["items"]
    assert start(api="2016.2", list_environments=False).client.get("/environments/staging").status_code == 404
    newest = start(api="2021.0", list_environments=True)
    assert newest.get("/environments/production/applications")["items"] == []


def test_the_inventory_tells_who_is_connected(start: Start) -> None:
    lab = start(scenario="failures")
    connected = lab.get("/inventory")["items"]
    assert 0 < len(connected) < 120
    node = connected[0]
    assert node == {
        "name": node["name"],
        "connected": True,
        "broker": "pcp://broker.example.com/server",
        "timestamp": "2020-05-01T12:00:00Z",
    }
    assert lab.get(f"/inventory/{node['name']}") == node
    unknown = {"name": "nobody.example.com", "connected": False}
    assert lab.get("/inventory/nobody.example.com") == unknown
    asked = lab.client.post("/inventory", json={"nodes": [node["name"], "nobody.example.com"]})
    assert asked.json() == {"items": [node, unknown]}
    for body in (b"", b"{}", b'{"nodes":"x"}', b'{"nodes":[1]}'):
        assert lab.client.post("/inventory", content=body).status_code == 400


def test_who_is_not_connected_is_who_ends_errored(start: Start) -> None:
    lab = start(scenario="failures")
    connected = {node["name"] for node in lab.get("/inventory")["items"]}
    job = lab.deploy()
    lab.clock.advance(4)
    nodes = lab.get(f"/jobs/{job}/nodes")["items"]
    errored = {node["name"] for node in nodes if node["state"] == "errored"}
    assert errored == {node["name"] for node in nodes} - connected != set()


def test_tasks_tell_whether_an_environment_exists(start: Start) -> None:
    lab = start()
    assert lab.get("/tasks") == {"environment": {"name": "production", "code_id": None}, "items": []}
    assert lab.get("/tasks?environment=retired")["environment"]["name"] == "retired"
    absent, illegal = lab.client.get("/tasks?environment=nowhere"), lab.client.get("/tasks?environment=a/b")
    assert (absent.status_code, absent.json()["details"]) == (404, {"environment": "nowhere"})
    assert absent.json()["kind"] == "puppetlabs.orchestrator/unknown-environment"
    assert (illegal.status_code, illegal.json()["kind"][-17:]) == (400, "/validation-error")


def test_the_classifier_knows_the_environments(start: Start) -> None:
    lab = start()
    listed = lab.get(classifier(lab, "/environments"))
    assert {"name": "production", "sync_succeeded": True} in listed
    assert lab.get(classifier(lab, "/environments/staging")) in listed
    absent = lab.client.get(classifier(lab, "/environments/nowhere"))
    assert (absent.status_code, absent.content) == (404, b"")


def test_node_groups_are_found_by_name_and_counted_by_their_rules(start: Start) -> None:
    lab = start()
    groups = {group["name"]: group for group in lab.get(classifier(lab, "/groups"))}
    assert groups["All Nodes"]["id"] == groups["All Nodes"]["parent"] == ALL_NODES
    nodes = lab.url.replace("/orchestrator/v1", "/pdb/query/v4/nodes")
    for group in groups.values():
        assert lab.get(classifier(lab, f"/groups/{group['id']}")) == group
        rules = lab.get(classifier(lab, f"/groups/{group['id']}/rules"))
        assert rules["rule"] == group["rule"]
        if group["rule"] is None:
            continue
        query = rules["translated"]["nodes_query_format"]
        count = len(lab.client.post(nodes, json={"query": query}).json())
        deploy = {"environment": "production", "scope": {"node_group": group["id"]}}
        answer = lab.client.post("/command/deploy", json=deploy)
        if not count:
            assert answer.json()["details"] == {"environment": "production", "target": "node_group"}
            continue
        assert lab.get(f"/jobs/{answer.json()['job']['name']}")["node_count"] == count
    assert lab.client.get(classifier(lab, "/groups/nothing")).status_code == 404


@pytest.mark.parametrize("name", ["PE Infrastructure", "Retired"])
def test_a_group_without_rules_or_nodes_has_nothing_to_run(start: Start, name: str) -> None:
    lab = start()
    (group,) = (group for group in lab.get(classifier(lab, "/groups")) if group["name"] == name)
    deploy = {"environment": "", "enforce_environment": False, "scope": {"node_group": group["id"]}}
    answer = lab.client.post("/command/deploy", json=deploy)
    assert answer.status_code == 400
    assert answer.json()["kind"] == "puppetlabs.orchestrator/empty-target"


def test_every_answer_carries_the_time_of_the_world(start: Start) -> None:
    lab = start()
    lab.clock.advance(61)
    assert lab.client.get("/jobs").headers["date"] == "Fri, 01 May 2020 12:01:01 GMT"


def test_the_status_service_asks_for_no_token(start: Start) -> None:
    lab = start()
    del lab.client.headers["X-Authentication"]
    for path in ("/simple", "/simple/orchestrator-service"):
        assert lab.client.get(status(lab, path)).text == "running"
    absent = lab.client.get(status(lab, "/simple/moon"))
    assert (absent.status_code, absent.text) == (404, "not found: moon")
    service = lab.get(status(lab, "/services/orchestrator-service?level=critical"))
    assert service["state"] == "running"
    assert service.keys() == {
        *("service_version", "service_status_version", "detail_level", "state", "status", "active_alerts")
    }
    assert lab.get(status(lab, "/services")).keys() == {"orchestrator-service"}
    assert lab.client.get(status(lab, "/services/moon")).status_code == 404
    assert lab.client.get(status(lab, "/services?level=loud")).status_code == 400
