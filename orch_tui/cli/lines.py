"""News of a job as lines: for people, and as JSON for programs. Pure functions."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from orch_tui.cli.news import ContactNews, EndNews, JobNews, News, NodeNews
from orch_tui.domain.node import Outcome
from orch_tui.domain.problem import Problem
from orch_tui.session.rollout import Rollout
from orch_tui.ui.explain import in_one_line
from orch_tui.ui.text import (
    clock,
    count_words,
    duration,
    job_sign,
    joined,
    mode_sign,
    one_line,
    outcome_sign,
    reason,
    state_cell,
    unreadable_words,
)

_STATE, _NAME = 14, 30
"""Columns; a longer name moves what is behind it."""


def plain_line(news: News, now: datetime) -> str:
    """One line, with the server's time; of contact with `now`, by this machine's clock. All in UTC."""
    match news:
        case JobNews(rollout):
            return _job_line(rollout, _about(rollout))
        case NodeNews(node, outcome, seen):
            state = state_cell(node, outcome).text
            head = f"{clock(news.when or seen, seen):<8}  {state:<{_STATE}} {node.name:<{_NAME}}"
            return f"{head}  {reason(node, outcome)}".rstrip()
        case ContactNews(problem):
            return f"{now:%H:%M:%S}  {_lost(problem) if problem else 'contact is back'}"
        case EndNews(rollout):
            return _job_line(rollout, _sums(rollout))


def json_line(news: News, now: datetime) -> str:
    """One JSON object, as docs/watch.md describes it."""
    match news:
        case JobNews(rollout):
            kind, told = "job", _job(rollout)
        case NodeNews(node, outcome, _):
            kind = "node"
            told = {
                "name": node.name,
                "state": node.state_text or node.state.value,
                "outcome": outcome.value,
                "message": node.message,
                "report": node.report_url,
                "started": _moment(node.started),
                "finished": _moment(node.finished),
            }
        case ContactNews(problem):
            kind = "contact"
            told = {
                "lost": problem is not None,
                "problem": problem.kind.value if problem else None,
                "message": in_one_line(problem) if problem else "",
            }
        case EndNews(rollout):
            kind, told = "end", {**_job(rollout), "elapsed": _elapsed(rollout)}
    return json.dumps({"time": _moment(now), "type": kind, **told}, ensure_ascii=False)


def counted(counts: Mapping[Outcome, int]) -> str:
    """`1 failed, 9 changed`."""
    words = ((counts.get(outcome, 0), outcome_sign(outcome).word) for outcome in Outcome)
    return ", ".join(f"{count:,} {word}" for count, word in words if count)


def _job(rollout: Rollout) -> dict[str, object]:
    job = rollout.job
    return {
        "id": job.id,
        "state": job.state_text or job.state.value,
        "environment": job.environment,
        "noop": job.noop,
        "owner": job.owner,
        "counts": {outcome.value: count for outcome in Outcome if (count := rollout.counts.get(outcome, 0))},
        "total": rollout.total,
        "unreadable": rollout.unreadable,
    }


def _elapsed(rollout: Rollout) -> float | None:
    elapsed = rollout.job.elapsed(rollout.server_time)
    return None if elapsed is None else elapsed.total_seconds()


def _moment(time: datetime | None) -> str | None:
    if time is None:
        return None
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _job_line(rollout: Rollout, words: str) -> str:
    return f"{rollout.server_time:%H:%M:%S}  {job_sign(rollout.job).label:<{_STATE}} {words}"


def _about(rollout: Rollout) -> str:
    job = rollout.job
    owner = f"by {job.owner}" if job.owner else ""
    total = count_words(rollout.total or 0, "node")
    facts = (f"job {job.id}", job.environment, mode_sign(job.noop).text, owner, job.target, total)
    return joined(one_line(fact) for fact in facts)


def _sums(rollout: Rollout) -> str:
    elapsed = duration(_elapsed(rollout))
    after = f"after {elapsed}" if elapsed else ""
    unreadable = unreadable_words(rollout.unreadable, "item")
    return joined((_about(rollout), counted(rollout.counts), after, unreadable))


def _lost(problem: Problem) -> str:
    if problem.needs_sign_in:
        return f"{in_one_line(problem)}: waiting for a new one in the token file (`puppet access login`)"
    word = "no contact" if problem.is_out_of_reach else "not updated"
    return f"{word}, and tried again until it is back: {in_one_line(problem)}"
