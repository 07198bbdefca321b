"""Words for every problem, and dependency cycles as drawings."""

import pytest

from orch_tui.domain.problem import NOT_SENT, Problem, ProblemKind
from orch_tui.ui.explain import EXPLANATIONS, drawn_cycle, explain, in_one_line


def test_every_kind_of_problem_is_explained_in_words_of_its_own() -> None:
    assert EXPLANATIONS.keys() == set(ProblemKind)
    titles = [explanation.title for explanation in EXPLANATIONS.values()]
    assert len(set(titles)) == len(titles)
    for explanation in EXPLANATIONS.values():
        assert all(explanation)
        assert not explanation.title.endswith(".")
        assert explanation.meaning.endswith(".")
        assert explanation.advice.endswith(
            (".", "ca.pem on any machine that runs Puppet against this server.")
        )


def test_an_unknown_kind_gets_the_general_words() -> None:
    problem = Problem(ProblemKind("puppetlabs.orchestrator/new-one"), "no")
    assert explain(problem) == EXPLANATIONS[ProblemKind.OTHER]


@pytest.mark.parametrize("kind", sorted(set(ProblemKind) - NOT_SENT))
def test_nothing_is_called_unsent_that_may_have_been_sent(kind: ProblemKind) -> None:
    assert "Nothing was sent" not in explain(Problem(kind, "")).meaning


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("connection refused", "Nothing listens there (connection refused)"),
        ("first\nsecond", "Nothing listens there (first)"),
        ("", "Nothing listens there (orch-tui/connection-refused)"),
    ],
)
def test_a_problem_in_one_line(message: str, line: str) -> None:
    assert in_one_line(Problem(ProblemKind.REFUSED, message)) == line


@pytest.mark.parametrize(
    ("cycle", "lines"),
    [
        ((), ()),
        (("Db[a]",), ("┌─▶ Db[a]", "└── waits for itself")),
        (("Db[a]", "Db[a]"), ("┌─▶ Db[a]", "└── waits for itself")),
        (("Lamp[a]", "Db[a]"), ("┌─▶ Lamp[a]", "│     ↓ waits for", "└── Db[a]")),
        (("Lamp[a]", "Db[a]", "Lamp[a]"), ("┌─▶ Lamp[a]", "│     ↓ waits for", "└── Db[a]")),
        (
            ("A[1]", "B[2]", "C[3]"),
            ("┌─▶ A[1]", "│     ↓ waits for", "│   B[2]", "│     ↓ waits for", "└── C[3]"),
        ),
    ],
)
def test_a_cycle_is_drawn_as_one(cycle: tuple[str, ...], lines: tuple[str, ...]) -> None:
    assert drawn_cycle(cycle) == lines
