"""The form's draft says what is wrong with it, or is a request that goes out just as it reads."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orch_tui.domain.deploy import DeployDraft, DeployRequest, Field, Mode

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=20)
DRAFTS = st.builds(
    DeployDraft,
    environment=ANYTHING | st.from_regex(r"\s*[A-Za-z0-9_]{1,9}\s*", fullmatch=True),
    mode=st.sampled_from(Mode),
    concurrency=ANYTHING | st.integers(-3, 2_000_000).map(str) | st.just(""),
    target=ANYTHING | st.sampled_from(["", " Lamp ", "Lamp[shop]", "Forge::Site['x']", "Lamp[a\x7f]"]),
)


@given(DRAFTS)
@example(DeployDraft("production", target="Lamp[\x1b]"))
@example(DeployDraft("production", concurrency="9" * 5000))
def test_a_draft_without_faults_is_a_request_and_one_with_faults_is_none(draft: DeployDraft) -> None:
    faults = draft.faults()
    if faults:
        with pytest.raises(ValueError, match=next(iter(faults))):
            draft.request()
        return
    request = draft.request()
    body = json.loads(request.json())
    assert body.pop("environment") == request.environment == draft.environment.strip()
    assert body.pop("noop") is (draft.mode is Mode.NOOP)
    assert body.pop("concurrency", None) == request.concurrency
    assert body.pop("target", None) == request.target
    assert body == {}
    # Review shows it as it stands: it must do nothing to the terminal.
    assert request.json().isascii()
    assert request.json().isprintable()


def test_a_blank_field_is_not_sent() -> None:
    request = DeployDraft("production", concurrency="  ", target=" ").request()
    assert request == DeployRequest("production", Mode.NOOP, None, None)
    assert request.json() == '{"environment": "production", "noop": true}'


def test_the_form_opens_on_noop() -> None:
    assert DeployDraft("production").request().mode is Mode.NOOP


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
        (DeployDraft("a", concurrency="1000000"), set()),
        (DeployDraft("a", concurrency=" 1 ", target="Lamp"), set()),
        (DeployDraft("a", target="Forge::Site['production']"), set()),
    ],
)
def test_each_field_is_judged_by_itself(draft: DeployDraft, faulty: set[Field]) -> None:
    assert set(draft.faults()) == faulty
