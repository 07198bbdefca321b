"""Everything about a simulated orchestrator that can be chosen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orch_tui.simulator.dialect import DIALECTS, Dialect
from orch_tui.simulator.scenario import SCENARIOS, Scenario

ValidationKind = Literal["puppetlabs.validators/validation-error", "puppetlabs.orchestrator/validation-error"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to make the world. The second half chooses between answers nobody has documented."""

    nodes: int = 120
    """Over all environments."""
    seed: int = 1
    speed: float = 1.0
    """World seconds to a real one. Only the real clock heeds it."""
    scenario: str = "calm"
    api: str = "2019.7"
    history: bool = True
    """Begin with a dozen past jobs and one that is running."""
    past_jobs: int = 0
    """So many small jobs more, before those."""
    epoch: datetime | None = None
    """The world's time at start, with its time zone. None = now."""
    slots: int | None = None
    """Nodes that run at once over all jobs, as `global_concurrent_compiles`. None = a tenth, at least 8."""
    rate: float | None = None
    """Changes of a node's state (starts and ends) per world second, held by each job deployed from now on as
    long as nodes remain, whatever its concurrency: see Pace. Slots then limit each job by itself.
    None = runs take their usual time, and changes come as they come."""

    token: str = "simulator"
    read_only_token: str = "read-only"
    expired_token: str = "expired"
    revoked_token: str = "revoked"
    revoked_user_token: str = "revoked-user"

    user: str = "admin"
    """Who can sign in, with `password`."""
    password: str = "simulator"
    plain_user: str = "plain"
    """Signs in too, but may not choose how long a token lasts."""
    revoked_user: str = "revoked"

    list_environments: bool | None = None
    """Whether /environments and what is below it answer. None: on the releases that have a page for them.
    True is possible too: the root document of every release links to it."""
    unknown_keys: Literal["ignored", "refused"] = "ignored"
    """What becomes of keys of a command that the release does not know."""
    scope_needed: bool = False
    """True: releases without `target` refuse a deploy without `scope`. Their pages contradict each other."""
    stopped_nodes: Literal["new", "skipped"] = "new"
    """What becomes of nodes that never started when their job is stopped."""
    zero_counts: bool = True
    """The answer to stop counts all six node states (documented) or only those met (recorded)."""
    validation_kind: ValidationKind = "puppetlabs.validators/validation-error"
    """The vendor's own client expects the first, the vendor's pages name the second."""
    report_key: Literal["items", "report"] = "items"
    """Top key of a job's report: documented or recorded."""
    unknown_target: bool = False
    """An application that is not defined answers `unknown-target` (recorded) and not `empty-target`."""
    puppetdb_down: bool = False
    """Deploys that must ask PuppetDB answer `puppetdb-error`."""
    events_per_page: int | None = None
    """No limit is documented."""

    def __post_init__(self) -> None:
        if self.scenario not in SCENARIOS:
            raise ValueError(f"no scenario {self.scenario!r}; there are {', '.join(SCENARIOS)}")
        if self.api not in DIALECTS:
            raise ValueError(f"no API {self.api!r}; there are {', '.join(DIALECTS)}")
        if (
            min(self.nodes, self.past_jobs) < 0
            or self.speed <= 0
            or (self.slots is not None and self.slots < 1)
        ):
            raise ValueError("nodes and past jobs must not be negative; speed and slots must be positive")
        if self.rate is not None and self.rate <= 0:
            raise ValueError("the rate must be positive")

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.api]

    @property
    def day(self) -> Scenario:
        """The scenario itself; `scenario` is its name."""
        return SCENARIOS[self.scenario]

    @property
    def slot_count(self) -> int:
        return self.slots if self.slots is not None else max(8, self.nodes // 10)
