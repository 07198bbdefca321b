"""GET /jobs/:id/report: what Puppet did to each node, as PuppetDB's resource events."""

from collections.abc import Iterator
from random import Random

from orch_tui.simulator.clock import timestamp
from orch_tui.simulator.errors import Json
from orch_tui.simulator.job import Job, Run
from orch_tui.simulator.messages import RESOURCES, Resource
from orch_tui.simulator.settings import Settings

_MOST = 4
"""Resource events shown for a node; the metrics may count more."""


def report(settings: Settings, job: Job) -> Json:
    """`items` and its keys are documented; `report`, its two timestamps and the events' keys are recorded."""
    return {settings.report_key: [_of_node(settings, job, run) for run in job.runs]}


def _of_node(settings: Settings, job: Job, run: Run) -> Json:
    item: Json = {
        "node": run.node.name,
        "state": run.state,
        "timestamp": timestamp(run.ended or run.started or job.created),
        "events": list(_resource_events(settings, job, run)),
    }
    if settings.report_key == "report":
        item["start_timestamp"] = timestamp(run.started) if run.started else None
        item["finish_timestamp"] = timestamp(run.ended) if run.ended else None
    return item


def _resource_events(settings: Settings, job: Job, run: Run) -> Iterator[Json]:
    if run.ended is None or run.outcome is None or run.outcome.metrics is None:
        return
    metrics = run.outcome.metrics
    rng = Random(f"{settings.seed}/{job.number}/{run.node.name}/report")
    statuses = ["failure"] * metrics.failed + ["success"] * metrics.changed
    if job.order.noop:
        statuses = ["noop"] * metrics.out_of_sync
    for status, resource in zip(statuses[:_MOST], rng.sample(RESOURCES, _MOST), strict=False):
        yield _resource_event(resource, status, timestamp(run.ended), run)


def _resource_event(resource: Resource, status: str, when: str, run: Run) -> Json:
    message = f"{resource.property} changed {resource.old!r} to {resource.new!r}"
    if status == "noop":
        message = f"current_value {resource.old!r}, should be {resource.new!r} (noop)"
    elif status == "failure":
        message = run.outcome.message if run.outcome else ""
    return {
        "resource_type": resource.type,
        "resource_title": resource.title,
        "property": resource.property,
        "old_value": resource.old,
        "new_value": resource.new,
        "status": status,
        "message": message,
        "containment_path": [*resource.containment, f"{resource.type}[{resource.title}]"],
        "timestamp": when,
    }
