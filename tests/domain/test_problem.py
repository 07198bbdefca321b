"""Which problems leave it open whether a command was carried out."""

import pytest

from orch_tui.domain.problem import NOT_SENT, OrchestratorError, Problem, ProblemKind


@pytest.mark.parametrize("kind", list(ProblemKind))
def test_without_an_answer_only_what_was_never_sent_is_certain(kind: ProblemKind) -> None:
    assert Problem(kind, "m").leaves_command_unknown is (kind not in NOT_SENT)


@pytest.mark.parametrize(
    ("status", "unknown"),
    [
        *((status, False) for status in (400, 401, 403, 404, 409, 422, 429)),
        *((status, True) for status in (None, 200, 202, 302, 408, 418, 500, 502, 503, 504)),
    ],
)
def test_an_answer_is_a_refusal_only_where_its_status_says_so(status: int | None, unknown: bool) -> None:
    assert Problem(ProblemKind.OTHER, "m", status).leaves_command_unknown is unknown


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("puppetlabs.orchestrator/validation-error", ProblemKind.VALIDATION_ERROR),
        ("puppetlabs.validators/validation-error", ProblemKind.VALIDATION_ERROR),
        ("puppetlabs.orchestrator/not-permitted", ProblemKind.PERMISSION_DENIED),
        ("puppetlabs.rbac/token-timed-out", ProblemKind.TOKEN_EXPIRED),
        ("puppetlabs.orchestrator/brand-new", ProblemKind.OTHER),
        ("", ProblemKind.OTHER),
    ],
)
def test_every_word_for_a_kind_is_known_and_any_other_is_other(word: str, kind: ProblemKind) -> None:
    assert ProblemKind(word) is kind


def test_an_error_carries_its_problem_and_reads_as_it() -> None:
    error = OrchestratorError(Problem(ProblemKind.REFUSED, "connection refused"))
    assert str(error) == "orch-tui/connection-refused: connection refused"
    assert error.problem.kind is ProblemKind.REFUSED
