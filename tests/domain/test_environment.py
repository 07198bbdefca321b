"""Names that Puppet allows, and what of an environment can be deployed by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.environment import Instance, Targets, is_environment_name
from orch_tui.domain.scope import Scope, ScopeKind

SHOP = Instance("Lamp", "shop", ("web-1", "db-1"))
INTRANET = Instance("Lamp", "intranet", ("web-2", "db-1"))
FORGE = Instance("Forge", "main", ())


@pytest.mark.parametrize("name", ["", "a-b", "../x", "a b", "a\n", "straße", "[red]x[/]", "١"])
def test_what_puppet_does_not_allow_is_no_environment(name: str) -> None:
    assert not is_environment_name(name)


@given(st.from_regex(r"[A-Za-z0-9_]{1,60}", fullmatch=True))
def test_letters_digits_and_underscores_are_one(name: str) -> None:
    assert is_environment_name(name)


def test_each_application_stands_before_its_own_instances() -> None:
    targets = Targets(("Lamp", "Forge"), (SHOP, FORGE, INTRANET, SHOP))
    assert targets.names == ("Forge", "Forge[main]", "Lamp", "Lamp[intranet]", "Lamp[shop]")
    assert Targets().names == ()


def test_a_target_has_the_nodes_of_its_instances_where_the_server_tells_them() -> None:
    targets = Targets(("Lamp", "Forge", "Wiki"), (SHOP, INTRANET, FORGE))
    assert targets.nodes_of(Scope(ScopeKind.APPLICATION, "Lamp[shop]")) == frozenset({"web-1", "db-1"})
    assert targets.nodes_of(Scope(ScopeKind.APPLICATION, "Lamp")) == frozenset({"web-1", "web-2", "db-1"})
    assert targets.nodes_of(Scope(ScopeKind.APPLICATION, "Forge")) == frozenset()
    assert targets.nodes_of(Scope(ScopeKind.APPLICATION, "Wiki")) is None
    assert targets.nodes_of(Scope(ScopeKind.APPLICATION, "Lamp[gone]")) is None
