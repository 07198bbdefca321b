"""What can be sent to a clipboard: pure, and made only when it is asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from orch_tui.domain.job import Job
from orch_tui.session.rollout import Rollout
from orch_tui.ui.text import one_line


@dataclass(frozen=True, slots=True)
class Clip:
    """Something to copy: what it is, how it begins, and all of it."""

    what: str
    preview: str
    text: Callable[[], str]


def clip(what: str, text: str) -> list[Clip]:
    """A text that is at hand; nothing where it is empty."""
    return [Clip(what, one_line(text), lambda: text)] if text else []


def run_clips(node: str, message: str, report: str) -> list[Clip]:
    """What is known of one node's run."""
    return [*clip("node", node), *clip("message", message), *clip("report link", report)]


def names_clip(what: str, count: int, names: Callable[[], Iterable[str]]) -> list[Clip]:
    """Names, sorted, one a line; nothing where there are none."""
    return [Clip(f"{count:,} {what}", "one name a line", lambda: "\n".join(sorted(names())))] if count else []


def failed_clip(rollout: Rollout) -> list[Clip]:
    """The names of all nodes that went wrong."""
    count = sum(count for outcome, count in rollout.counts.items() if outcome.is_trouble)
    return names_clip("failed nodes", count, lambda: _failed(rollout))


def _failed(rollout: Rollout) -> Iterator[str]:
    for place, outcome in enumerate(rollout.outcomes):
        if outcome.is_trouble and place not in rollout.gone:
            yield rollout.nodes[place].name


def board_clips(environment: str, job: Job | None) -> Sequence[Clip]:
    """What is highlighted at home."""
    return [*clip("environment", environment), *clip("job", "" if job is None else job.id)]
