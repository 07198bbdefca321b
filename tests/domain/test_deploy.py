"""The form's draft says what is wrong with it, or is a request that goes out just as it reads."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orch_tui.domain.capabilities import Capabilities
from orch_tui.domain.deploy import DeployDraft, DeployRequest, Field, Mode, new_nonce

NONCE = "7f3a9c21e04b"
OLDEST, LATER = Capabilities(), Capabilities(has_descriptions=True, has_pages=True)
NEWEST = Capabilities(has_descriptions=True, has_pages=True, has_targets=False)
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=20)
DRAFTS = st.builds(
    DeployDraft,
    environment=ANYTHING | st.from_regex(r"\s*[A-Za-z0-9_]{1,9}\s*", fullmatch=True),
    mode=st.sampled_from(Mode),
    concurrency=ANYTHING | st.integers(-3, 2_000_000).map(str) | st.just(""),
    target=ANYTHING | st.sampled_from(["", " Lamp ", "Lamp[shop]", "Forge::Site['x']", "Lamp[a\x7f]"]),
    description=ANYTHING | st.text("ab ü", min_size=190, max_size=510),
)


@given(DRAFTS, st.sampled_from([OLDEST, LATER, NEWEST]))
@example(DeployDraft("production", target="Lamp[\x1b]"), OLDEST)
@example(DeployDraft("production", concurrency="9" * 5000), OLDEST)
def test_a_draft_without_faults_is_a_request_and_one_with_faults_is_none(
    draft: DeployDraft, server: Capabilities
) -> None:
    faults = draft.faults(server)
    if faults:
        with pytest.raises(ValueError, match=next(iter(faults))):
            draft.request(NONCE, server)
        return
    request = draft.request(NONCE, server)
    body = json.loads(request.json())
    assert body.pop("environment") == request.environment == draft.environment.strip()
    assert body.pop("noop") is (draft.mode is Mode.NOOP)
    assert body.pop("concurrency", None) == request.concurrency
    assert body.pop("target", None) == request.target
    description = body.pop("description", None)
    if server.has_descriptions:
        assert f"[orch-tui {NONCE}]" in description
        assert draft.description.strip() in description
    else:
        assert description is None
    assert body == {}
    assert DeployRequest.of_json(request.json(), NONCE) == request
    # Review shows it as it stands: it must do nothing to the terminal.
    assert request.json().isascii()
    assert request.json().isprintable()


def test_a_blank_field_is_not_sent() -> None:
    request = DeployDraft("production", concurrency="  ", target=" ").request(NONCE, OLDEST)
    assert request == DeployRequest("production", Mode.NOOP, None, None, None, NONCE)
    assert request.json() == '{"environment": "production", "noop": true}'


def test_the_form_opens_on_noop() -> None:
    assert DeployDraft("production").request(NONCE, OLDEST).mode is Mode.NOOP


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
        (DeployDraft("a", target="1Lamp"), {Field.TARGET}),
        (DeployDraft("a", target="Lamp["), {Field.TARGET}),
        (DeployDraft("a", target="Lamp[]"), {Field.TARGET}),
        (DeployDraft("a", target="Lamp[a][b]"), {Field.TARGET}),
        (DeployDraft("a", target="Lamp[a\nb]"), {Field.TARGET}),
        (
            DeployDraft("", concurrency="x", target="x y"),
            {Field.ENVIRONMENT, Field.CONCURRENCY, Field.TARGET},
        ),
        (DeployDraft("a", description="two\nlines"), {Field.DESCRIPTION}),
        (DeployDraft("a", description="x" * 501), {Field.DESCRIPTION}),
        (DeployDraft("a", description="OpenSSL: the shop first"), set()),
        (DeployDraft("a", concurrency="1000000"), set()),
        (DeployDraft("a", concurrency=" 1 ", target="Lamp"), set()),
        (DeployDraft("a", target="Forge::Site['production']"), set()),
    ],
)
def test_each_field_is_judged_by_itself(draft: DeployDraft, faulty: set[Field]) -> None:
    assert set(draft.faults(LATER)) == faulty


def test_a_target_is_at_fault_where_the_server_would_not_heed_it() -> None:
    draft = DeployDraft("production", target="Lamp[shop]")
    assert not draft.faults(LATER)
    assert set(draft.faults(NEWEST)) == {Field.TARGET}
    assert not DeployDraft("production").faults(NEWEST)


def test_the_mark_follows_the_text_or_comes_before_one_that_a_server_may_cut() -> None:
    for text, description in (
        ("", f"[orch-tui {NONCE}]"),
        ("weekly", f"weekly [orch-tui {NONCE}]"),
        ("as before [orch-tui 000000000000]", f"as before [orch-tui {NONCE}]"),
        ("x" * 201, f"[orch-tui {NONCE}] {'x' * 201}"),
    ):
        draft = DeployDraft("production", description=text)
        assert draft.request(NONCE, LATER).description == description


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
