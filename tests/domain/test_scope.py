"""Lists of nodes are read as people write them; scopes are read as servers tell them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.scope import NodeNames, Scope, ScopeKind

NAMES = st.lists(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True), max_size=8)


@given(NAMES, st.sampled_from([" ", ", ", "\n", "\r\n", ",\n\n", "  # the old ones\n\t"]))
def test_a_list_may_be_written_in_any_way(names: list[str], between: str) -> None:
    found = NodeNames.read(f"# all of these\n{between.join(names)}\n")
    assert found.names == tuple(dict.fromkeys(names))
    assert (found.repeated, found.bad) == (len(names) - len(set(names)), ())
    assert bool(found.fault) == (not names)


def test_names_that_no_node_can_have_are_told() -> None:
    found = NodeNames.read("web-1 Web-2 web_3 -x ü")
    assert found.bad == ("Web-2", "-x", "ü")
    assert found.fault == "'Web-2' is no name of a node, and 2 more like it"
    assert found.names == ("web-1", "web_3")


@pytest.mark.parametrize(
    ("told", "scope"),
    [
        ({"whole_environment": True}, Scope()),
        ({"application": "Lamp"}, Scope(ScopeKind.APPLICATION, "Lamp")),
        ({"nodes": ["a", "b"]}, Scope(ScopeKind.NODES, nodes=("a", "b"))),
        ({"query": "nodes {}"}, Scope(ScopeKind.QUERY, "nodes {}")),
        ({"query": ["=", "certname", "a"]}, Scope(ScopeKind.QUERY, '["=", "certname", "a"]')),
        ({"node_group": "0"}, Scope(ScopeKind.NODE_GROUP, "0")),
        *((None, None), ({}, None), ([], None), ("nodes", None), ({"x": 1}, None)),
        *(({"nodes": "a"}, None), ({"nodes": [1]}, None), ({"query": ""}, None)),
    ],
)
def test_a_scope_is_what_the_server_tells_or_not_understood(told: object, scope: Scope | None) -> None:
    assert Scope.of_keys(told) == scope
    if scope is not None and scope.kind is not ScopeKind.ENVIRONMENT:
        assert json.loads(json.dumps(scope.keys())) == told
