"""What the documented releases take and send: one table, a row for what came (and went) together.

docs/releases.md shows it to people.

Sources: "page" is the vendor's page of that release, named where it is not that of the endpoint itself;
"recorded" is a live server's answer; "inferred" is what the others suggest. Where a page contradicts
recordings, the page wins here and the row says so: a client has to live with both.
"""

from enum import StrEnum, unique
from typing import NamedTuple

RELEASES = (
    *("2016.2", "2016.4", "2016.5", "2017.1", "2017.2", "2017.3", "2018.1"),
    *("2019.0", "2019.1", "2019.2", "2019.4", "2019.5", "2019.7"),
    *("2019.8.1", "2019.8.3", "2019.8.4", "2019.8.5", "2019.8.7"),
    *("2021.0", "2021.2", "2021.6", "2021.7", "2023.8", "current"),
)
"""Those whose pages differ, oldest first; a release in between speaks as the one before it."""

UNDOCUMENTED = ("2015.3", "2016.1")
"""They have the service, but no page tells what it takes or sends; the first of `RELEASES` stands in."""


@unique
class Place(StrEnum):
    """Where a name belongs. All but `TRAIT` hold names as they are on the wire."""

    ENDPOINT = "endpoints below /orchestrator/v1"
    DEPLOY = "keys of POST /command/deploy"
    SCOPE = "keys of the scope of a deploy, exactly one of which is given"
    STOP = "keys of POST /command/stop"
    JOBS_QUERY = "query parameters of GET /jobs"
    PAGINATION = "keys of the pagination object of GET /jobs; without any there is no such object"
    JOB_IN_LIST = "keys of an item of GET /jobs"
    JOB = "keys of GET /jobs/:id"
    OPTIONS = "keys of a job's options"
    NODES = "keys of GET /jobs/:id/nodes beside items"
    NODES_QUERY = "query parameters of GET /jobs/:id/nodes"
    NODE = "keys of an item of GET /jobs/:id/nodes"
    REPORTED = "keys of a node's details once it has a report: finished or failed"
    METRICS = "resource counts of a report"
    NEXT_EVENTS = "keys of next-events of GET /jobs/:id/events"
    EVENT = "types of events"
    INVENTORY = "keys of a connected node in the inventory"
    TRAIT = "what is no name on the wire"


@unique
class Trait(StrEnum):
    BLANK_ENVIRONMENT = "`environment` may be empty: each node then runs in its own environment"
    EIGHT_AT_ONCE = "a job without `concurrency` runs on 8 nodes at once (`global_concurrent_compiles`)"
    NAMES_NO_TARGET = "`options.target` of a job that was given none is `whole environment` and not null"
    MESSAGE_BESIDE_DETAILS = "a node's message stands beside `details` and not in it"
    NULL_TOTAL = "`pagination.total` is null when there are no jobs"
    APPLICATIONS = "environments have applications, whose nodes run in order"
    REFUSES_CYCLES = "application code with a dependency cycle is refused"


class Fact(NamedTuple):
    """`names` are known at `place` from release `since` to release `until`, both included.

    Those of an endpoint are its method and its path; those of traits are the names in `Trait`.
    """

    place: Place
    names: tuple[str, ...]
    since: str
    until: str
    source: str


def _fact(place: Place, names: str, since: str, source: str = "page", until: str = RELEASES[-1]) -> Fact:
    return Fact(place, tuple(names.split()), since, until, source)


def _trait(trait: Trait, since: str, source: str, until: str = RELEASES[-1]) -> Fact:
    return Fact(Place.TRAIT, (trait.name,), since, until, source)


_ENVIRONMENTS = (
    "GET/environments GET/environments/{name} "
    "GET/environments/{name}/applications GET/environments/{name}/instances"
)

_ENDPOINTS = (
    _fact(Place.ENDPOINT, "POST/command/deploy POST/command/stop GET/jobs GET/jobs/{job}", "2016.2"),
    _fact(Place.ENDPOINT, "GET/jobs/{job}/nodes GET/jobs/{job}/events GET/jobs/{job}/report", "2016.2"),
    # The root document of every release links to the list, but only two releases have pages for it.
    _fact(Place.ENDPOINT, _ENVIRONMENTS, "2016.2", until="2016.2"),
    _fact(Place.ENDPOINT, _ENVIRONMENTS, "2017.2", until="2017.2"),
    _fact(Place.ENDPOINT, "GET/inventory GET/inventory/{name} POST/inventory", "2016.5"),
    _fact(Place.ENDPOINT, "GET/tasks", "2017.3"),
    _fact(Place.ENDPOINT, "GET/scheduled_jobs", "2018.1"),
    _fact(Place.ENDPOINT, "GET/scheduled_jobs/environment_jobs", "2021.7"),
)

_COMMANDS = (
    _fact(Place.DEPLOY, "environment noop concurrency", "2016.2"),
    _fact(Place.DEPLOY, "target", "2016.2", "page; deprecated from 2016.4 on", until="2019.8.4"),
    _fact(Place.DEPLOY, "scope enforce_environment debug trace evaltrace", "2016.4"),
    _fact(Place.DEPLOY, "no_noop description", "2017.3"),
    _fact(
        Place.DEPLOY,
        "filetimeout http_connect_timeout http_keepalive_timeout http_read_timeout "
        "ordering skip_tags tags use_cached_catalog usecacheonfailure",
        "2019.8.1",
    ),
    _fact(Place.DEPLOY, "userdata", "2019.8.5"),
    _fact(Place.DEPLOY, "timeout", "current", "page; whether 2023 knows it is unknown"),
    _fact(Place.SCOPE, "nodes query", "2016.4"),
    _fact(Place.SCOPE, "application", "2016.4", until="2021.6"),
    _fact(Place.SCOPE, "whole_environment", "2016.4", "page; deprecated in 2017.3", until="2017.3"),
    _fact(Place.SCOPE, "node_group", "2018.1"),
    _fact(Place.STOP, "job", "2016.2"),
    _fact(Place.STOP, "force", "2021.7"),
    _trait(Trait.BLANK_ENVIRONMENT, "2018.1", "page"),
    _trait(Trait.EIGHT_AT_ONCE, "2019.8.3", "page; unlimited before"),
    _trait(Trait.APPLICATIONS, "2016.2", "inferred: Puppet 7 has no such language", until="2019.8.7"),
    _trait(Trait.REFUSES_CYCLES, "2016.2", "page; last in 2021.5", until="2021.2"),
)

_JOBS = (
    _fact(Place.JOBS_QUERY, "limit", "2016.2"),
    _fact(Place.JOBS_QUERY, "offset order_by order", "2017.3"),
    _fact(Place.JOBS_QUERY, "type task", "2019.8.1"),
    _fact(Place.JOBS_QUERY, "min_finish_timestamp max_finish_timestamp", "2021.7"),
    _fact(Place.PAGINATION, "limit offset total", "2017.3"),
    _fact(Place.PAGINATION, "order order_by type", "2019.8.5"),
    _trait(Trait.NULL_TOTAL, "2017.3", "release notes of 2021.7", until="2021.6"),
    *(
        fact
        for place in (Place.JOB_IN_LIST, Place.JOB)
        for fact in (
            _fact(place, "id name state options owner timestamp environment", "2016.2"),
            _fact(place, "command description", "2017.3"),
            _fact(place, "type", "2019.8.4"),
            _fact(place, "started_timestamp finished_timestamp duration userdata", "2019.8.5"),
        )
    ),
    _fact(Place.JOB_IN_LIST, "node_count nodes report events", "2016.4", "page; recorded soon after 2016.2"),
    _fact(Place.JOB_IN_LIST, "node_states", "2017.3"),
    _fact(Place.JOB, "status nodes report", "2016.2"),
    _fact(Place.JOB, "events", "2016.2", "recorded; on the page from 2017.3"),
    _fact(Place.JOB, "node_count", "2016.4"),
    _fact(Place.JOB, "node_states", "2017.3", "page; recorded in 2020, not on the page of 2021.7", "2021.6"),
    _fact(Place.OPTIONS, "noop concurrency environment target", "2016.2"),
    _fact(Place.OPTIONS, "scope enforce_environment debug trace evaltrace", "2016.4", "recorded"),
    _fact(Place.OPTIONS, "description", "2017.3"),
    _trait(Trait.NAMES_NO_TARGET, "2016.2", "recorded; the pages from 2017.3 show null", until="2017.2"),
)

_NODES = (
    _fact(Place.NODES, "next-events", "2017.3"),
    _fact(Place.NODES_QUERY, "limit offset order_by order", "2019.8.5"),
    _fact(Place.NODES_QUERY, "state", "2019.8.7", until="2019.8.7"),
    _fact(Place.NODES_QUERY, "state", "2021.2"),
    _fact(Place.NODE, "name state timestamp transaction_uuid details", "2016.2"),
    _fact(Place.NODE, "start_timestamp finish_timestamp duration result", "2017.3"),
    _fact(Place.NODE, "transport latest-event-id", "2018.1", "recorded from 2018 to 2020, on no page"),
    _fact(Place.REPORTED, "report-url metrics", "2016.2"),
    _fact(Place.REPORTED, "message hash environment", "2016.4", "recorded"),
    _trait(Trait.MESSAGE_BESIDE_DETAILS, "2016.2", "page; recordings have it in there", until="2016.2"),
    _fact(
        Place.METRICS,
        "total failed changed skipped restarted scheduled out_of_sync failed_to_restart",
        "2016.2",
    ),
    _fact(Place.METRICS, "corrective_change", "2016.4"),
)

_EVENTS = (
    _fact(Place.NEXT_EVENTS, "id", "2016.2"),
    _fact(Place.NEXT_EVENTS, "event", "2019.2", "page of a plan's events; the vendor's own client reads it"),
    _fact(
        Place.EVENT,
        "node_running node_finished node_failed node_errored node_skipped job_aborted",
        "2016.2",
    ),
    _fact(Place.EVENT, "job_stopping job_finished", "2019.8.1"),
)

_INVENTORY = (
    _fact(Place.INVENTORY, "name connected", "2016.5"),
    _fact(Place.INVENTORY, "broker timestamp", "2017.1"),
)

FACTS = (*_ENDPOINTS, *_COMMANDS, *_JOBS, *_NODES, *_EVENTS, *_INVENTORY)
