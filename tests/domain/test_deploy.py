"""The form's draft says what is wrong with it, or is a request that goes out just as it reads."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orch_tui.domain.capabilities import RELEASES, Capabilities, Feature, Option
from orch_tui.domain.deploy import DeployDraft, DeployRequest, Field, Mode, scope_kinds
from orch_tui.domain.environment import NodeGroup, Targets
from orch_tui.domain.nonce import new_nonce
from orch_tui.domain.run_option import option_text
from orch_tui.domain.scope import NodeNames, ScopeKind

APP = ScopeKind.APPLICATION
NONCE = "7f3a9c21e04b"
SERVERS = {release: Capabilities.of_release(release) for release in RELEASES}
OLDEST, LATER, NEWEST = SERVERS["2016.2"], SERVERS["2018.1"], SERVERS["2025"]
GROUP = "4a1f7c2e-0000-4000-8000-0123456789ab"
TARGETS = Targets(groups=(NodeGroup(GROUP, "Webservers"),))
LISTS: dict[str, NodeNames | str] = {
    "@web.txt": NodeNames.read("web-1\nweb-2 # the new one\nweb-1\n"),
    "@gone.txt": "no such file",
    "#42 failed": NodeNames(("db-1",)),
}
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=20)
TARGET_TEXTS = (
    *(
        "",
        " Lamp ",
        "Lamp[shop]",
        "Forge::Site['x']",
        "Lamp[a\x7f]",
        "web-1, web-2 web-1",
        *LISTS,
        "#no",
        "@x",
    ),
    *('nodes[certname] { certname ~ "^web" }', '["~", "certname", "^web"]', "[", "Webservers", GROUP),
)
OPTION_TEXTS = st.sampled_from(["", "yes", "no", "30", "manifest", "a,b", '{"a": ["ü", 1e9]}']) | ANYTHING
DRAFTS = st.builds(
    DeployDraft,
    environment=ANYTHING | st.from_regex(r"\s*[A-Za-z0-9_]{1,9}\s*", fullmatch=True),
    mode=st.sampled_from(Mode),
    concurrency=ANYTHING | st.integers(-3, 2_000_000).map(str) | st.just(""),
    kind=st.sampled_from(ScopeKind),
    target=ANYTHING | st.sampled_from(TARGET_TEXTS),
    description=ANYTHING | st.text("ab ü", min_size=190, max_size=510),
    options=st.dictionaries(st.sampled_from(Option), OPTION_TEXTS, max_size=3),
    lists=st.just(LISTS),
)


@given(DRAFTS, st.sampled_from([*SERVERS.values(), Capabilities()]))
@example(DeployDraft("production", kind=ScopeKind.APPLICATION, target="Lamp[\x1b]"), OLDEST)
@example(DeployDraft("production", kind=ScopeKind.NODES, target="@web.txt", lists=LISTS), NEWEST)
@example(DeployDraft("production", kind=ScopeKind.NODE_GROUP, target="Webservers"), NEWEST)
@example(DeployDraft("production", options={Option.NO_NOOP: "yes", Option.TAGS: "a,b"}), NEWEST)
@example(DeployDraft("production", concurrency="9" * 5000), OLDEST)
def test_a_draft_without_faults_is_a_request_and_one_with_faults_is_none(
    draft: DeployDraft, server: Capabilities
) -> None:
    faults = draft.faults(server, TARGETS)
    if faults:
        with pytest.raises(ValueError, match=next(iter(faults))):
            draft.request(NONCE, server, TARGETS)
        return
    request = draft.request(NONCE, server, TARGETS)
    body = json.loads(request.json())
    assert body.pop("environment") == request.environment == draft.environment.strip()
    assert body.pop("noop") is (draft.mode is Mode.NOOP)
    assert body.pop("concurrency", None) == request.concurrency
    target, scope = body.pop("target", None), body.pop("scope", None)
    assert (target is None and scope is None) == (draft.kind is ScopeKind.ENVIRONMENT)
    assert target is None or (server.has(Feature.TARGET) and target == draft.target.strip())
    # A scope that names nothing could mean everything.
    assert scope is None or (server.has(Feature.SCOPES) and len(scope) == 1 and all(scope.values()))
    description = body.pop("description", None)
    if server.has(Feature.DESCRIPTIONS):
        assert f"[orch-tui {NONCE}]" in description
        assert draft.description.strip() in description
    else:
        assert description is None
    options = {option for option, text in draft.options.items() if text}
    assert {body.pop(option) is not None for option in options} <= {True}
    assert all(server.has(option) for option in options)
    assert body == {}
    assert DeployRequest.of_json(request.json(), NONCE) == request
    # Review shows it as it stands: it must do nothing to the terminal.
    assert request.json().isascii()
    assert request.json().isprintable()


def test_a_blank_field_is_not_sent() -> None:
    draft = DeployDraft("production", concurrency="  ", options={Option.TAGS: ""})
    request = draft.request(NONCE, OLDEST, TARGETS)
    assert request == DeployRequest("production", Mode.NOOP, nonce=NONCE)
    assert request.json() == '{"environment": "production", "noop": true}'


def test_the_form_opens_on_noop() -> None:
    assert DeployDraft("production").request(NONCE, OLDEST, TARGETS).mode is Mode.NOOP


@pytest.mark.parametrize(
    ("kind", "text", "sent"),
    [
        (ScopeKind.APPLICATION, "Lamp[shop]", {"application": "Lamp[shop]"}),
        (ScopeKind.NODES, "web-2 web-1, web-2", {"nodes": ["web-2", "web-1"]}),
        (ScopeKind.NODES, "@web.txt", {"nodes": ["web-1", "web-2"]}),
        (ScopeKind.NODES, "#42 failed", {"nodes": ["db-1"]}),
        (ScopeKind.QUERY, "nodes[certname] { }", {"query": "nodes[certname] { }"}),
        (ScopeKind.QUERY, '["~", "certname", "^web"]', {"query": ["~", "certname", "^web"]}),
        (ScopeKind.NODE_GROUP, "Webservers", {"node_group": GROUP}),
        (ScopeKind.NODE_GROUP, GROUP.upper(), {"node_group": GROUP}),
    ],
)
def test_a_scope_is_sent_as_its_kind_wants_it(kind: ScopeKind, text: str, sent: object) -> None:
    request = DeployDraft("a", kind=kind, target=text, lists=LISTS).request(NONCE, LATER, TARGETS)
    assert json.loads(request.json())["scope"] == sent


def test_an_application_is_a_target_where_scopes_are_not_certain() -> None:
    draft = DeployDraft("a", kind=ScopeKind.APPLICATION, target="Lamp")
    for server in (OLDEST, Capabilities().before("2016.5")):
        assert json.loads(draft.request(NONCE, server, TARGETS).json())["target"] == "Lamp"
    assert set(draft.faults(NEWEST, TARGETS)) == {Field.SCOPE}


@pytest.mark.parametrize(
    ("server", "kinds"),
    [
        (SERVERS["2016.2"], "whole environment, application"),
        (SERVERS["2016.4"], "whole environment, application, nodes, query"),
        (SERVERS["2018.1"], "whole environment, application, nodes, query, node group"),
        (SERVERS["2021.7"], "whole environment, nodes, query, node group"),
        (Capabilities(), "whole environment"),
    ],
)
def test_a_server_is_offered_what_it_certainly_takes(server: Capabilities, kinds: str) -> None:
    assert ", ".join(scope_kinds(server)) == kinds


@pytest.mark.parametrize(
    ("draft", "faulty"),
    [
        (DeployDraft(), {Field.ENVIRONMENT}),
        (DeployDraft("a-b"), {Field.ENVIRONMENT}),
        (DeployDraft("production\nx"), {Field.ENVIRONMENT}),
        (DeployDraft("a", concurrency="0"), {Field.CONCURRENCY}),
        (DeployDraft("a", concurrency="-1"), {Field.CONCURRENCY}),
        (DeployDraft("a", concurrency="1.5"), {Field.CONCURRENCY}),
        (DeployDraft("a", concurrency="٣"), {Field.CONCURRENCY}),
        (DeployDraft("a", concurrency="1000001"), {Field.CONCURRENCY}),
        (DeployDraft("a", concurrency="10000000"), {Field.CONCURRENCY}),
        (DeployDraft("a", kind=APP, target="1Lamp"), {Field.TARGET}),
        (DeployDraft("a", kind=APP, target="Lamp["), {Field.TARGET}),
        (DeployDraft("a", kind=APP, target="Lamp[]"), {Field.TARGET}),
        (DeployDraft("a", kind=APP, target="Lamp[a][b]"), {Field.TARGET}),
        (DeployDraft("a", kind=APP, target="Lamp[a\nb]"), {Field.TARGET}),
        (
            DeployDraft("", concurrency="x", kind=APP, target="x y"),
            {Field.ENVIRONMENT, Field.CONCURRENCY, Field.TARGET},
        ),
        *(
            (DeployDraft("a", kind=kind), {Field.TARGET})
            for kind in ScopeKind
            if kind.value != "whole environment"
        ),
        (DeployDraft("a", kind=ScopeKind.NODES, target="web-1 Web_2!"), {Field.TARGET}),
        (DeployDraft("a", kind=ScopeKind.NODES, target="@gone.txt", lists=LISTS), {Field.TARGET}),
        (DeployDraft("a", kind=ScopeKind.NODES, target="@web.txt"), {Field.TARGET}),
        (DeployDraft("a", kind=ScopeKind.NODES, target="# a comment"), {Field.TARGET}),
        (DeployDraft("a", kind=ScopeKind.QUERY, target="[1,"), {Field.TARGET}),
        (DeployDraft("a", kind=ScopeKind.NODE_GROUP, target="Nobody"), {Field.TARGET}),
        (DeployDraft("a", options={Option.NO_NOOP: "yes"}), {Option.NO_NOOP}),
        (DeployDraft("a", Mode.ENFORCE, options={Option.NO_NOOP: "yes"}), set()),
        (DeployDraft("a", options={Option.TAGS: "web"}), {Option.TAGS}),
        (DeployDraft("a", options={Option.TAGS: "", Option.DEBUG: "maybe"}), {Option.DEBUG}),
        (DeployDraft("a", description="two\nlines"), {Field.DESCRIPTION}),
        (DeployDraft("a", description="x" * 501), {Field.DESCRIPTION}),
        (DeployDraft("a", description="OpenSSL: the shop first"), set()),
        (DeployDraft("a", concurrency="1000000"), set()),
        (DeployDraft("a", concurrency=" 1 ", kind=APP, target="Lamp"), set()),
        (DeployDraft("a", kind=APP, target="Forge::Site['production']"), set()),
    ],
)
def test_each_field_is_judged_by_itself(draft: DeployDraft, faulty: set[Field | Option]) -> None:
    assert set(draft.faults(LATER, TARGETS)) == faulty


@pytest.mark.parametrize(
    ("text", "is_object"),
    [
        ('{"ticket": "CHG-1234", "approved": [true, null, 1.5]}', True),
        ("{}", True),
        ('{"ü": "\\u202e\\ud800"}', True),
        ('["CHG-1234"]', False),
        ("CHG-1234", False),
        ("{'ticket': 1}", False),
        ('{"a": NaN}', False),
        ('{"a": 1e999}', False),
        ('{"a":' * 190 + "1" + "}" * 190, False),
        ("[" * 1000, False),
    ],
)
def test_userdata_is_an_object_and_is_sent_as_it_is(text: str, is_object: bool) -> None:
    draft = DeployDraft("production", options={Option.USERDATA: text})
    assert set(draft.faults(NEWEST, TARGETS)) == (set() if is_object else {Option.USERDATA})
    if is_object:
        request = draft.request(NONCE, NEWEST, TARGETS)
        assert json.loads(request.json())["userdata"] == json.loads(text)
        assert option_text(request.options[Option.USERDATA]).isprintable()
        assert DeployRequest.of_json(request.json(), NONCE) == request


def test_a_name_that_several_node_groups_have_is_none() -> None:
    other = NodeGroup(GROUP.replace("4a", "5b"), "Webservers", has_rules=False)
    targets = Targets(groups=(*TARGETS.groups, other))
    assert (TARGETS.group_names, targets.group_names) == (("Webservers",), (GROUP,))
    assert targets.group_id("Webservers") is None


def test_the_mark_follows_the_text_or_comes_before_one_that_a_server_may_cut() -> None:
    for text, description in (
        ("", f"[orch-tui {NONCE}]"),
        ("weekly", f"weekly [orch-tui {NONCE}]"),
        ("as before [orch-tui 000000000000]", f"as before [orch-tui {NONCE}]"),
        ("x" * 201, f"[orch-tui {NONCE}] {'x' * 201}"),
    ):
        draft = DeployDraft("production", description=text)
        assert draft.request(NONCE, LATER, TARGETS).description == description


def test_no_two_deploys_have_one_nonce() -> None:
    nonces = {new_nonce() for _ in range(1000)}
    assert len(nonces) == 1000
    assert all(re.fullmatch("[0-9a-f]{12}", nonce) for nonce in nonces)


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"environment": 1}', '{"environment":"a","noop":true}', '{"environment": "a", "x": 1}'],
)
def test_what_is_no_body_of_ours_is_no_request(body: str) -> None:
    with pytest.raises(ValueError, match=r"not (a|the) body|Expecting"):
        DeployRequest.of_json(body, NONCE)
