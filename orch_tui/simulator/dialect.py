"""What each release of Puppet Enterprise takes and sends: one row a release.

Rows follow the vendor's pages of that release. Where a page contradicts recordings of live servers,
the page wins here and the comment says so: a client has to live with both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Keys = tuple[str, ...]

METRICS_2016_2: Keys = (
    *("total", "failed", "changed", "skipped", "restarted", "scheduled"),
    *("out_of_sync", "failed_to_restart"),
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One release's way of speaking. `Keys` are the JSON keys it takes or sends, in its own order."""

    release: str

    # POST /command/deploy
    deploy: Keys
    scopes: Keys = ()
    blank_environment: bool = False
    """`environment` may be `""`: each node then runs in its own environment."""

    # GET /jobs, /jobs/:id
    job_in_list: Keys = ()
    job: Keys = ()
    options: Keys = ()
    no_target: str | None = None
    """`options.target` of a job that was given none."""
    paging: Keys = ()
    """Query parameters beside `limit`: offset, order_by, order."""
    pagination: Keys = ()
    """Keys of the `pagination` object; none means no such object."""

    # GET /jobs/:id/nodes
    node: Keys = ()
    details_of_report: Keys = ()
    """Keys of `details` when the node has a report: finished or failed."""
    message_beside_details: bool = False
    nodes_link_events: bool = False
    """The node list opens with `next-events`, `event` included."""
    metrics: Keys = METRICS_2016_2
    noop_in_result: bool = False
    """`result.noop` is an object of `noop` and `no_noop`."""

    # GET /jobs/:id/events
    next_events: Keys = ("id",)
    job_events: bool = False
    """Sends `job_stopping` and `job_finished` (2019.8 and later); before, nothing marks a job's end."""


PE_2016_2 = Dialect(
    release="2016.2",
    deploy=("environment", "noop", "concurrency", "target"),
    # Recordings of that autumn also list node_count, nodes, report and events; the page does not.
    job_in_list=("id", "name", "state", "options", "owner", "timestamp", "environment"),
    # `timestamp` and `events` are recorded, the rest is documented.
    job=(
        *("id", "name", "state", "options", "owner", "timestamp", "environment"),
        *("status", "nodes", "report", "events"),
    ),
    options=("noop", "concurrency", "environment", "target"),
    no_target="whole environment",
    node=("timestamp", "state", "transaction_uuid", "name", "details"),
    details_of_report=("report-url", "metrics"),
    message_beside_details=True,  # recordings have it inside `details`, as every later release
)

_JOB_2017_3: Keys = (
    *("id", "name", "state", "command", "options", "owner", "description", "timestamp", "environment"),
    *("node_count", "node_states", "nodes", "report", "events"),
)

PE_2019_7 = Dialect(
    release="2019.7",
    deploy=(
        *("environment", "noop", "no_noop", "concurrency", "target", "scope", "enforce_environment"),
        *("description", "debug", "trace", "evaltrace"),
    ),
    # whole_environment left the pages in 2018.1; servers are assumed to take it still.
    scopes=("application", "nodes", "query", "node_group", "whole_environment"),
    blank_environment=True,
    job_in_list=_JOB_2017_3,
    job=(*_JOB_2017_3, "status"),
    options=(
        *("concurrency", "noop", "trace", "debug", "scope", "enforce_environment", "environment"),
        *("evaltrace", "target", "description"),
    ),
    paging=("offset", "order_by", "order"),
    pagination=("limit", "offset", "total"),
    node=(
        *("timestamp", "start_timestamp", "finish_timestamp", "duration", "state", "transaction_uuid"),
        *("name", "details", "result"),
    ),
    details_of_report=("report-url", "message", "metrics", "hash", "environment"),
    nodes_link_events=True,
    metrics=(*METRICS_2016_2, "corrective_change"),
    noop_in_result=True,
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {dialect.release: dialect for dialect in (PE_2016_2, PE_2019_7)}
)
