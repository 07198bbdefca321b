"""The JSON lines of `watch` as docs/watch.md describes them, for a reader that trusts nothing."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PositiveInt, TypeAdapter
from pydantic import NonNegativeInt as Count

OutcomeWord = Literal[
    "failed", "errored", "unknown", "running", "would change", "changed",
    "finished", "unchanged", "skipped", "never ran", "queued",
]  # fmt: skip


class _Line(BaseModel):
    """Every key is there, is of its type and is known: nothing is converted, nothing passed over."""

    model_config = ConfigDict(extra="forbid", strict=True)

    time: AwareDatetime


class _AboutJob(_Line):
    id: Annotated[str, Field(pattern=r"^[0-9]+$")]
    state: Annotated[str, Field(min_length=1)]
    environment: str
    noop: bool | None
    owner: str
    counts: dict[OutcomeWord, PositiveInt]
    total: Count | None
    unreadable: Count


class JobLine(_AboutJob):
    """The first, and one for each new state but the last."""

    type: Literal["job"]


class NodeLine(_Line):
    """A node has another outcome than it had."""

    type: Literal["node"]
    name: Annotated[str, Field(min_length=1)]
    state: Annotated[str, Field(min_length=1)]
    outcome: OutcomeWord
    message: str
    report: str
    started: AwareDatetime | None
    finished: AwareDatetime | None


class ContactLine(_Line):
    """The server cannot be read, or can be again."""

    type: Literal["contact"]
    lost: bool
    problem: str | None
    message: str


class EndLine(_AboutJob):
    """The last."""

    type: Literal["end"]
    elapsed: Annotated[float, Field(ge=0)] | None


Line = JobLine | NodeLine | ContactLine | EndLine

_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="type")])


def read_line(text: str) -> Line:
    """One line.

    Raises:
        ValueError: It is not as that page has it.
    """
    assert text.endswith("\n")
    return _LINE.validate_json(text)


def check_order(lines: list[Line]) -> EndLine:
    """What a reader of a whole watch may rely on; the end."""
    first, last = lines[0], lines[-1]
    assert isinstance(first, JobLine)
    assert isinstance(last, EndLine)
    assert not any(isinstance(line, EndLine) for line in lines[:-1])
    assert all(before.time <= line.time for before, line in pairwise(lines))
    assert last.time.utcoffset() == timedelta(0)
    jobs = [line for line in lines if isinstance(line, JobLine | EndLine)]
    assert {(job.id, job.environment, job.noop) for job in jobs} == {(last.id, last.environment, last.noop)}
    # The end may tell of a state that was told before: it is then the list of nodes that was not whole yet.
    assert all(before.state != job.state for before, job in pairwise(jobs[:-1]))
    contacts = [line for line in lines if isinstance(line, ContactLine)]
    assert [line.lost for line in contacts] == [place % 2 == 0 for place in range(len(contacts))]
    assert all((line.problem is not None) == line.lost == bool(line.message) for line in contacts)
    return last
