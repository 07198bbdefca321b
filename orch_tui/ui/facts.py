"""Nodes, causes and jobs in full, in words: pure functions, with the server's time as an argument."""

from collections.abc import Iterable
from datetime import datetime
from heapq import nsmallest

from textual.content import Content
from textual.style import Style

from orch_tui.domain.causes import Cause
from orch_tui.domain.event import Event
from orch_tui.domain.job import Job
from orch_tui.domain.node import Node, NodeState, Outcome
from orch_tui.domain.run_option import is_default
from orch_tui.domain.summary import Summary
from orch_tui.session.rollout import Rollout
from orch_tui.ui.deploy_text import options_words
from orch_tui.ui.text import (
    MUTED,
    STRONG,
    count_words,
    duration,
    event_sign,
    job_sign,
    joined,
    metrics_words,
    mode_sign,
    moment,
    outcome_sign,
    state_cell,
    unreadable_words,
)

_WIDTH = 12
_NAMES_SHOWN = 200

Part = Content | str | tuple[str, str]


def link(url: str, *, bold: bool = False) -> Content:
    """A link in full, that opens by a click where the terminal knows how to; empty when there is none."""
    return Content.styled(url, Style(link=url, bold=bold or None))


def node_facts(
    node: Node, outcome: Outcome, now: datetime, summary: Summary, events: Iterable[Event]
) -> Content:
    """One node in words, with those of `events` that are its own."""
    state = state_cell(node, outcome)
    typical = "" if summary.typical is None else f"; the median is {duration(summary.typical)}"
    took, running = duration(node.took), "" if node.state.is_over else duration(node.seconds(now))
    noop = outcome is Outcome.WOULD_CHANGE or (node.noop and outcome is Outcome.UNCHANGED)
    parts: list[Part] = [(f"{node.name}\n", STRONG), (state.text, state.look)]
    if words := _explained(node, outcome):
        parts.append(f"\n{words}")
    # Why it went wrong is what is looked for, and has to be in sight on a small screen.
    comes_first = bool(node.message) and outcome.is_trouble
    if comes_first:
        parts.append(f"\n\n{node.message}\n")
    parts += _rows(
        ("took", took and took + typical),
        ("running", running and running + typical),
        ("started", moment(node.started)),
        ("ended", moment(node.finished)),
        ("mode", "noop: nothing was changed" if noop else ""),
        ("counts", metrics_words(node.metrics, outcome) if node.metrics else ""),
        ("version", node.configuration_version),
        ("report", link(node.report_url)),
    )
    if node.message and not comes_first:
        parts.append(f"\n\n{node.message}")
    own = [event for event in events if event.node == node.name]
    if own:
        parts.append(("\n\nEvents", MUTED))
        parts += [_event_line(event) for event in own]
    return Content.assemble(*parts)


def _explained(node: Node, outcome: Outcome) -> str:
    """What an outcome means that the server's own words do not tell."""
    match outcome:
        case Outcome.QUEUED:
            return "Not started yet."
        case Outcome.NEVER_RAN:
            return "The job ended before this node was started."
        case Outcome.FINISHED:
            return "The server does not tell what changed."
        case Outcome.FAILED if node.state is NodeState.FINISHED:
            return "Its run came to its end, but some resources failed: the report tells which."
        case Outcome.UNKNOWN if node.state is NodeState.RUNNING:
            return "The job has ended, and yet the server says that this node is running."
    return ""


def _event_line(event: Event) -> str:
    time = f"{event.timestamp:%H:%M:%S}" if event.timestamp else "--:--:--"
    return f"\n{time}  {event_sign(event).word}"


def event_facts(event: Event) -> Content:
    """One event in words."""
    sign = event_sign(event)
    parts: list[Part] = [(f"{event.node or 'the job'}\n", STRONG), (sign.label.strip(), sign.look)]
    parts += _rows(
        ("time", moment(event.timestamp)),
        ("number", f"{event.id}"),
        ("version", event.configuration_version),
        ("report", link(event.report_url)),
    )
    if event.message:
        parts.append(f"\n\n{event.message}")
    return Content.assemble(*parts)


def cause_facts(cause: Cause, names: Iterable[str]) -> Content:
    """One cause in words, with its nodes."""
    sign = outcome_sign(cause.outcome)
    parts: list[Part] = [
        (f"{sign.label}: {count_words(cause.count, 'node')}", sign.look),
        f"\n\n{cause.text}",
        *_rows(("since", moment(cause.first_seen)), first=2),
        "\n",
        *(f"\n{name}" for name in nsmallest(_NAMES_SHOWN, names)),
    ]
    if cause.count > _NAMES_SHOWN:
        parts.append((f"\nand {cause.count - _NAMES_SHOWN:,} more; Enter on the list shows all", MUTED))
    return Content.assemble(*parts)


def cause_text(cause: Cause, names: Iterable[str]) -> str:
    """A cause and all its nodes, for the clipboard."""
    return "\n".join((f"{cause.outcome}, {count_words(cause.count, 'node')}: {cause.text}", *sorted(names)))


def job_facts(rollout: Rollout, now: datetime, summary: Summary, api: str, pace: str) -> Content:
    """A job in words: the request as far as the server tells it, its history, and what came of it.

    Args:
        api: Where the API tells of the job.
        pace: How it is watched.
    """
    job = rollout.job
    sign, elapsed = job_sign(job), job.elapsed(now)
    chosen = {option: value for option, value in job.options.items() if not is_default(option, value)}
    parts: list[Part] = [(f"Job {job.id}  ", STRONG), (sign.label.strip(), sign.look)]
    parts += _rows(
        ("mode", mode_sign(job.noop).text),
        ("environment", job.environment),
        ("target", job.target),
        ("at once", "" if job.concurrency is None else f"{job.concurrency:,} nodes"),
        ("owner", job.owner),
        ("about", job.description),
        ("options", options_words(chosen)),
        (
            "took" if job.state.is_over else "running",
            duration(None if elapsed is None else elapsed.total_seconds()),
        ),
    )
    parts += _section("History")
    parts += _history(job, now)
    parts += _section("Nodes" if rollout.total is None else f"Nodes: {rollout.total:,}")
    parts += _rows(*_counts(rollout), *_sums(rollout, summary))
    parts += _section("Watched")
    parts += _rows(
        ("pace", pace),
        (
            "repaired",
            f"{count_words(rollout.repaired, 'node')} that no event had told of" if rollout.repaired else "",
        ),
        ("missing", unreadable_words(rollout.unreadable, "item")),
        ("API", link(api)),
        ("console", link(console(summary))),
    )
    return Content.assemble(*parts)


def _history(job: Job, now: datetime) -> list[Part]:
    """Which states it was in, since when and how long; less where the server does not tell."""
    parts: list[Part] = []
    for span in job.history:
        left = span.left or (None if job.state.is_over else now)
        took = duration((left - span.entered).total_seconds()) if left and span.entered else ""
        parts += _rows((span.state, joined((moment(span.entered) or "time not told", took))))
    return parts or _rows(("began", moment(job.began)), ("ended", moment(job.ended)))


def _counts(rollout: Rollout) -> Iterable[tuple[str, str]]:
    for outcome in Outcome:
        if count := rollout.counts.get(outcome):
            yield outcome.value, f"{count:,}"


def _sums(rollout: Rollout, summary: Summary) -> Iterable[tuple[str, str]]:
    if summary.reports:
        outcome = Outcome.WOULD_CHANGE if rollout.job.noop else Outcome.CHANGED
        words = metrics_words(summary.resources, outcome)
        yield "in sum", f"{words} in {count_words(summary.reports, 'report')}"
    if summary.typical is not None:
        yield "median", f"{duration(summary.typical)} for runs that ended well"


def console(summary: Summary) -> str:
    """The console, as links to reports name it; the API itself does not."""
    base, sign, _ = summary.report_url.partition("/#/")
    return base if sign else ""


def _section(title: str) -> list[Part]:
    return [(f"\n\n{title}", STRONG)]


def _rows(*rows: tuple[str, str | Content], first: int = 1) -> list[Part]:
    """A line for each row that says something."""
    parts: list[Part] = []
    for label, text in rows:
        if text:
            parts += [("\n" * first + f"{label:<{_WIDTH}} ", MUTED), text]
            first = 1
    return parts
