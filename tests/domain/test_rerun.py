"""What of a job can be run again, on which server, and what its form is filled with."""

import pytest

from orch_tui.domain.capabilities import Capabilities, Option
from orch_tui.domain.deploy import Mode
from orch_tui.domain.job import Job, JobState
from orch_tui.domain.node import Node, NodeState, Outcome
from orch_tui.domain.rerun import Nodes, Part, Rerun
from orch_tui.domain.scope import NodeNames, Scope, ScopeKind

NEWEST = Capabilities.of_release("current")
OUTCOMES = (
    *(Outcome.FAILED, Outcome.CHANGED, Outcome.ERRORED, Outcome.NEVER_RAN),
    *(Outcome.FAILED, Outcome.SKIPPED, Outcome.RUNNING, Outcome.QUEUED),
)
NAMES = tuple(f"web-{number}" for number in range(len(OUTCOMES)))


def nodes(*names: str, gone: frozenset[int] = frozenset()) -> Nodes:
    told = names or NAMES
    return Nodes([Node(name, NodeState.UNKNOWN) for name in told], OUTCOMES[: len(told)], gone)


def job(**facts: object) -> Job:
    known: dict[str, object] = {"id": "42", "state": JobState.RUNNING, "state_text": "running"}
    known |= {"environment": "production", "noop": False}
    return Job(**(known | facts))  # type: ignore[arg-type]


def parts(rerun: Rerun) -> dict[str, list[int]]:
    return {part.name: list(part.places) for part in rerun.parts}


def test_parts_follow_what_became_of_the_nodes_and_empty_ones_are_none() -> None:
    rerun = Rerun.of(job(), NEWEST, nodes(), Part("cause 3", {4}, "why"), {1, 3})
    assert parts(rerun) == {
        "cause 3": [4],
        "all that went wrong": [0, 4, 2],
        "failed": [0, 4],
        "errored": [2],
        "skipped": [5],
        "never ran": [3],
        "marked": [1, 3],
        "whole job": list(range(8)),
    }
    assert rerun.under_way == 2
    assert next(iter(parts(Rerun.of(job(), NEWEST, nodes("a", "b"), None, ())))) == "failed"


def test_nodes_that_left_and_those_that_cannot_be_named_are_in_no_part() -> None:
    fleet = nodes("web-0", "web-1", "db-0 web-1", "[/]", "web-4", gone=frozenset({4}))
    rerun = Rerun.of(job(), NEWEST, fleet, Part("cause 1", (3,)), {0, 2, 4})
    assert parts(rerun) == {"failed": [0], "marked": [0], "whole job": [0, 1]}
    assert rerun.unnamed == 2


def test_the_form_is_filled_with_all_that_the_job_had_but_its_nonce_and_what_is_default() -> None:
    options = {Option.TRACE: True, Option.DEBUG: False, Option.ENFORCE_ENVIRONMENT: True}
    options |= {Option.TAGS: "web", Option.SKIP_TAGS: "", Option.TIMEOUT: 60}  # type: ignore[dict-item]
    told = job(concurrency=7, options=options, description="weekly  run [orch-tui 7f3a9c21e001]")
    rerun = Rerun.of(told, NEWEST, nodes(), None, ())
    draft = rerun.draft(rerun.parts[0])
    assert (draft.environment, draft.mode, draft.concurrency) == ("production", Mode.ENFORCE, "7")
    assert (draft.kind, draft.target) == (ScopeKind.NODES, "#42 all that went wrong")
    assert draft.names == NodeNames(("web-0", "web-4", "web-2"))
    assert draft.description == "weekly run"
    assert draft.options == {Option.TRACE: "yes", Option.TAGS: "web", Option.TIMEOUT: "60"}


@pytest.mark.parametrize(("noop", "mode"), [(True, Mode.NOOP), (None, Mode.NOOP), (False, Mode.ENFORCE)])
def test_only_a_job_that_surely_changed_nodes_is_run_again_to_change_them(
    noop: bool | None, mode: Mode
) -> None:
    rerun = Rerun.of(job(noop=noop), NEWEST, nodes(), None, ())
    assert rerun.draft(rerun.parts[0]).mode is mode


def test_options_that_the_server_may_not_know_are_left_out_and_told() -> None:
    options: dict[Option, bool | int | str] = {Option.TAGS: "web", Option.ENFORCE_ENVIRONMENT: False}
    rerun = Rerun.of(job(options=options), Capabilities.of_release("2018.1"), nodes(), None, ())
    assert rerun.options == {Option.ENFORCE_ENVIRONMENT: "no"}
    assert rerun.unknown_options == (Option.TAGS,)


WHOLE = Scope()
LAMP = Scope(ScopeKind.APPLICATION, "Lamp")
PAIR = Scope(ScopeKind.NODES, nodes=("web-0", "web-9"))
QUERY = Scope(ScopeKind.QUERY, "nodes {}")


@pytest.mark.parametrize(
    ("release", "scope", "can"),
    [
        ("2016.2", WHOLE, True),
        ("2016.2", LAMP, True),
        ("2016.2", PAIR, False),
        ("current", WHOLE, True),
        ("current", LAMP, False),
        ("current", QUERY, True),
        ("current", PAIR, True),
        ("current", None, False),
        ("current", Scope(ScopeKind.QUERY, "nodes\x1b[2J {}"), False),
        ("current", Scope(ScopeKind.NODES, nodes=("web-0", "[/]")), False),
        ("current", Scope(ScopeKind.NODES), False),
    ],
)
def test_the_same_request_is_offered_where_it_is_told_for_sure_and_can_be_asked_for_again(
    release: str, scope: Scope | None, can: bool
) -> None:
    rerun = Rerun.of(job(scope=scope), Capabilities.of_release(release), nodes(), None, {0})
    assert (rerun.request == scope) == (can or scope is None)
    assert bool(rerun.parts) == (release == "current")
    if can and scope is not None:
        draft = rerun.draft(None)
        asked = draft.names.names if isinstance(draft.names, NodeNames) and draft.lists else ()
        told = draft.target if scope.kind is not ScopeKind.NODES else ""
        assert Scope(draft.kind, told, asked) == scope
