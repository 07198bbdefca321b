"""What stays in the terminal of a job that was watched, so that a colleague can go on. Pure functions."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from orch_tui.cli.lines import counted
from orch_tui.domain.causes import Causes
from orch_tui.domain.node import Outcome
from orch_tui.session.rollout import Rollout
from orch_tui.ui.text import (
    count_words,
    duration,
    job_sign,
    mode_sign,
    moment,
    one_line,
    scope_words,
    unreadable_words,
)

_WIDTH = 80
_TIE = "\N{NO-BREAK SPACE}"
_INDENT = 15
_MOST_CAUSES = 5
_MOST_NODES = 20
_MOST_LINES = 3
_ORDER = {outcome: place for place, outcome in enumerate(Outcome)}


def in_short(rollout: Rollout) -> list[str]:
    """A job in a line, or as few as hold all that became of it."""
    job = rollout.job
    mode = mode_sign(job.noop).text
    nodes = count_words(sum(rollout.counts.values()), "node")
    environment = one_line(job.environment)
    sign = job_sign(job).label.strip()
    # No line ends between a number and what it counts.
    counts = counted(rollout.counts).replace(" ", _TIE).replace(f",{_TIE}", ", ")
    line = f"job {job.id}  {sign}  {mode}  {environment}  {nodes}: {counts}"
    lines = wrap(line, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    return [line.replace(_TIE, " ") for line in lines]


def in_full(rollout: Rollout, causes: Causes, where: str, command: str) -> Iterator[str]:
    """A job with all that somebody needs who takes over.

    Args:
        causes: Why its nodes went wrong.
        where: The server that it runs on; empty where that is gone.
        command: What brings it back to the screen; empty where nothing does.
    """
    job = rollout.job
    told = job.target if job.scope is None else scope_words(job.scope, job.environment)
    yield f"job {job.id}  {job_sign(job).label.strip()}  {mode_sign(job.noop).text}"
    yield from _block("environment", _wrapped(job.environment))
    yield from _block("target", _wrapped("" if job.is_of_whole_environment else told))
    yield from _block("description", _wrapped(job.description))
    yield from _block("started by", _wrapped(job.owner))
    yield from _block("server", _wrapped(where))
    yield from _block("state", _wrapped(_state(rollout)))
    yield from _block("nodes", _wrapped(_nodes(rollout)))
    yield from _block("causes", _causes(causes))
    yield from _block("went wrong", _wrong(rollout))
    # Whole, however long: it is there to be copied.
    yield from _block("come back", [command] if command else [])


def _block(label: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"  {label:<{_INDENT - 2}}{line}"
        label = ""


def _wrapped(text: str, narrower: int = 0) -> list[str]:
    width = _WIDTH - _INDENT - narrower
    return wrap(one_line(text), width, max_lines=_MOST_LINES, placeholder=" …", break_on_hyphens=False)


def _state(rollout: Rollout) -> str:
    job = rollout.job
    elapsed = job.elapsed(rollout.server_time)
    took = f" after {duration(elapsed.total_seconds())}" if elapsed is not None else ""
    if job.state.is_over:
        ended = moment(job.ended)
        return f"{job.state_word}{took}" + (f", at {ended}" if ended else "")
    return f"{job.state_word}{took} when last heard of, at {moment(rollout.server_time)}"


def _nodes(rollout: Rollout) -> str:
    if not rollout.is_whole:
        return f"{rollout.named:,} read, then their list was left"
    unreadable = unreadable_words(rollout.unreadable, "item")
    return f"{rollout.named:,}: {counted(rollout.counts)}" + (f" ({unreadable})" if unreadable else "")


def _causes(causes: Causes) -> Iterator[str]:
    numbers = causes.by_count()
    shown = [causes.cause(number) for number in numbers[:_MOST_CAUSES]]
    digits = max((len(f"{cause.count:,}") for cause in shown), default=0)
    for cause in shown:
        count = f"{cause.count:,}"
        for line in _wrapped(cause.text, digits + 2):
            yield f"{count:>{digits}}  {line}"
            count = ""
    if more := len(numbers) - len(shown):
        yield f"and {count_words(more, 'cause')} more"


def _wrong(rollout: Rollout) -> Iterator[str]:
    bad = [
        (_ORDER[outcome], place)
        for place, outcome in enumerate(rollout.outcomes)
        if outcome.is_trouble and place not in rollout.gone
    ]
    names = ", ".join(rollout.nodes[place].name for _, place in sorted(bad)[:_MOST_NODES])
    yield from wrap(names, _WIDTH - _INDENT, break_long_words=False, break_on_hyphens=False)
    if len(bad) > _MOST_NODES:
        yield f"and {len(bad) - _MOST_NODES:,} more"
