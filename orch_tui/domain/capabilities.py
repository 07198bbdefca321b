"""What a server can do. Releases differ, and none says which it is: its answers tell, as far as they do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

RELEASES = (
    *("2016.2", "2016.4", "2016.5", "2017.2", "2017.3", "2018.1"),
    *("2019.8.1", "2019.8.3", "2019.8.5", "2021.7", "2025"),
)
"""Those that changed something for us, oldest first; one in between is as the one before it."""


class Feature(StrEnum):
    """What some releases have and others have not, beside the options of a run."""

    TARGET = "target"
    """A deploy may name an application as its `target`. What later servers make of one is unknown: if they
    pay no heed to it, they deploy the whole environment."""
    SCOPES = "scopes"
    """A deploy may have a `scope`: nodes, or a query."""
    APPLICATION_SCOPE = "application scope"
    NODE_GROUPS = "node groups"
    """A deploy may have a node group as its scope."""
    DESCRIPTIONS = "descriptions"
    """A deploy may carry a `description`, and its job shows it."""
    PAGES = "pages"
    """The list of jobs can be read from an `offset` on."""
    INVENTORY = "inventory"
    """The orchestrator tells which nodes are connected."""
    LIMITED = "limited"
    """A job without `concurrency` runs on as many nodes as `global_concurrent_compiles` says (8 as shipped);
    on earlier releases on all at once."""
    FORCE = "force"
    """A stop may end the runs that are under way, too."""


class Option(StrEnum):
    """Keys of a deploy that change how each node runs, and one that is only kept with the job."""

    NO_NOOP = "no_noop"
    ENFORCE_ENVIRONMENT = "enforce_environment"
    DEBUG = "debug"
    TRACE = "trace"
    EVALTRACE = "evaltrace"
    TAGS = "tags"
    SKIP_TAGS = "skip_tags"
    ORDERING = "ordering"
    USE_CACHED_CATALOG = "use_cached_catalog"
    USECACHEONFAILURE = "usecacheonfailure"
    TIMEOUT = "timeout"
    FILETIMEOUT = "filetimeout"
    HTTP_CONNECT_TIMEOUT = "http_connect_timeout"
    HTTP_KEEPALIVE_TIMEOUT = "http_keepalive_timeout"
    HTTP_READ_TIMEOUT = "http_read_timeout"
    USERDATA = "userdata"


# Since which release, and before which, by the vendor's pages of each.
_NEVER = ""
_SPANS: dict[Feature | Option, tuple[str, str]] = {
    Feature.TARGET: ("2016.2", "2019.8.5"),
    Feature.SCOPES: ("2016.4", _NEVER),
    Feature.APPLICATION_SCOPE: ("2016.4", "2021.7"),
    Feature.NODE_GROUPS: ("2018.1", _NEVER),
    Feature.DESCRIPTIONS: ("2017.3", _NEVER),
    Feature.PAGES: ("2017.3", _NEVER),
    Feature.INVENTORY: ("2016.5", _NEVER),
    Feature.LIMITED: ("2019.8.3", _NEVER),
    Feature.FORCE: ("2021.7", _NEVER),
    **dict.fromkeys(
        (Option.ENFORCE_ENVIRONMENT, Option.DEBUG, Option.TRACE, Option.EVALTRACE), ("2016.4", _NEVER)
    ),
    Option.NO_NOOP: ("2017.3", _NEVER),
    Option.USERDATA: ("2019.8.5", _NEVER),
    Option.TIMEOUT: ("2025", _NEVER),
    **dict.fromkeys(
        (
            Option.TAGS,
            Option.SKIP_TAGS,
            Option.ORDERING,
            Option.USE_CACHED_CATALOG,
            Option.USECACHEONFAILURE,
            Option.FILETIMEOUT,
            Option.HTTP_CONNECT_TIMEOUT,
            Option.HTTP_KEEPALIVE_TIMEOUT,
            Option.HTTP_READ_TIMEOUT,
        ),
        ("2019.8.1", _NEVER),
    ),
}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The releases that a server can be, by what its answers tell: places in `RELEASES`, both included."""

    oldest: int = 0
    newest: int = len(RELEASES) - 1

    @classmethod
    def of_release(cls, release: str) -> Self:
        """What the release of that name can do: `2019.8.6`, or `current`.

        Raises:
            ValueError: No release is called that.
        """
        place = _place(release)
        return cls(place, place)

    def has(self, what: Feature | Option) -> bool:
        """Whether it is certain that the server has `what`: all releases that it can be do."""
        since, before = _span(what)
        return since <= self.oldest and self.newest < before

    def may_have(self, what: Feature | Option) -> bool:
        """Whether any release that the server can be has `what`."""
        since, before = _span(what)
        return since <= self.newest and self.oldest < before

    @property
    def options(self) -> tuple[Option, ...]:
        """The options that a deploy certainly can have."""
        return tuple(option for option in Option if self.has(option))

    @property
    def words(self) -> str:
        """The releases that it can be, for people."""
        oldest = RELEASES[self.oldest]
        if self.newest == len(RELEASES) - 1:
            return f"{oldest} or later"
        return f"{oldest} or later, but before {RELEASES[self.newest + 1]}"

    def since(self, release: str) -> Self:
        """As `release` or later; unchanged if that contradicts what is known."""
        place = _place(release)
        return type(self)(max(place, self.oldest), self.newest) if place <= self.newest else self

    def before(self, release: str) -> Self:
        """As a release before that one; unchanged if that contradicts what is known."""
        place = _place(release)
        return type(self)(self.oldest, min(place - 1, self.newest)) if place > self.oldest else self

    def agrees_with(self, other: "Capabilities") -> bool:
        """Whether there are releases that both can be."""
        return self.oldest <= other.newest and other.oldest <= self.newest


def _span(what: Feature | Option) -> tuple[int, int]:
    since, before = _SPANS[what]
    return RELEASES.index(since), len(RELEASES) if before == _NEVER else RELEASES.index(before)


def _place(release: str) -> int:
    if release == "current":
        return len(RELEASES) - 1
    number = _number(release)
    return max((place for place, known in enumerate(RELEASES) if _number(known) <= number), default=0)


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))
