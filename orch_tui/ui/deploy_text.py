"""A deploy in words: pure functions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from orch_tui.domain.capabilities import Option
from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.environment import Targets
from orch_tui.domain.run_option import option_text
from orch_tui.domain.scope import ScopeKind

OPTIONS = {
    Option.NO_NOOP: ("Never noop", "enforce even on nodes that are configured as noop"),
    Option.ENFORCE_ENVIRONMENT: ("Enforce env.", "whether nodes run in it even if they belong to another"),
    Option.DEBUG: ("Debug", "whether agents log everything they do"),
    Option.TRACE: ("Trace", "whether errors come with a stack trace"),
    Option.EVALTRACE: ("Resource log", "whether agents log each resource and how long it took"),
    Option.TAGS: ("Tags", "only resources with one of these: web,db"),
    Option.SKIP_TAGS: ("Skip tags", "all resources but those with one of these: web,db"),
    Option.ORDERING: ("Order", "of unrelated resources: manifest, title-hash or random"),
    Option.USE_CACHED_CATALOG: ("Old catalog", "whether nodes apply their last catalog, not a new one"),
    Option.USECACHEONFAILURE: ("Fall back", "whether the last catalog will do if a new one fails"),
    Option.TIMEOUT: ("Time limit", "seconds until a node's run is given up"),
    Option.FILETIMEOUT: ("File checks", "seconds between two looks whether a file changed"),
    Option.HTTP_CONNECT_TIMEOUT: ("HTTP connect", "seconds that an agent waits for a connection"),
    Option.HTTP_KEEPALIVE_TIMEOUT: ("HTTP idle", "seconds that an agent keeps an idle connection"),
    Option.HTTP_READ_TIMEOUT: ("HTTP read", "seconds that an agent waits for more of an answer"),
    Option.USERDATA: ("User data", 'kept with the job, an object in JSON: {"ticket": "CHG-1234"}'),
}
"""Each option as it is called, and what it does."""

_NAMES_SHOWN = 3
_NAMES_SENT_SHOWN = 5


class Fact(NamedTuple):
    """One line about a deploy that is to be sent: what it is about, what is known, and its look."""

    label: str
    value: str
    look: str = ""


def request_facts(request: DeployRequest, targets: Targets) -> Iterator[Fact]:
    """What `request` itself tells; `targets` is what it was chosen from."""
    scope = request.scope
    match scope.kind:
        case ScopeKind.NODES:
            yield Fact("Nodes", first_names(scope.nodes))
        case ScopeKind.QUERY:
            yield Fact("Query", scope.value)
        case ScopeKind.NODE_GROUP:
            name = next((group.name for group in targets.groups if group.id == scope.value), "")
            yield Fact("Node group", f"{name}, {scope.value}" if name else scope.value)
    if request.options:
        yield Fact("Options", options_words(request.options))


def options_words(options: Mapping[Option, bool | int | str]) -> str:
    """`Debug yes, Tags web`."""
    return ", ".join(f"{OPTIONS[option][0]} {option_text(value)}" for option, value in options.items())


def first_names(names: tuple[str, ...]) -> str:
    """The first few, and how many more there are."""
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def shown_json(request: DeployRequest) -> str:
    """The body as it is sent; of a long list of nodes only the first and the last."""
    names = request.scope.nodes
    left_out = len(names) - 2 * _NAMES_SENT_SHOWN
    if left_out <= _NAMES_SENT_SHOWN:
        return request.json()
    kept = (*names[:_NAMES_SENT_SHOWN], "…", *names[-_NAMES_SENT_SHOWN:])
    body = replace(request, scope=replace(request.scope, nodes=kept)).json()
    # The first: in the order of the keys only an environment is before the scope, and it has no such name.
    return body.replace('"\\u2026"', f"… {left_out:,} more names …", 1)
