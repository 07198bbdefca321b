"""A deploy that was written down before it was sent, until it is known what became of it."""

from dataclasses import dataclass
from datetime import datetime

from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.job import Job
from orch_tui.domain.nonce import carries
from orch_tui.domain.scope import Scope, ScopeKind


@dataclass(frozen=True, slots=True)
class Intent:
    """A confirmed deploy whose end nobody has written down yet.

    Attributes:
        service_url: The server it was for.
        written: When, by this machine's clock.
        server_time: The same moment by the server's clock, as far as it was known.
        after: The newest job known then; empty where none was.
        pid: The process that sent it, and `host` the machine that runs it.
        was_sought: Whether its job has been looked for in vain.
    """

    request: DeployRequest
    service_url: str
    written: datetime
    server_time: datetime
    after: str
    pid: int
    host: str
    was_sought: bool = False

    def is_seen_in(self, job: Job) -> bool:
        """Whether `job` carries the nonce: then it is the job of this deploy, or of one made after it."""
        request = self.request
        if request.description is None or job.environment not in ("", request.environment):
            return False
        return carries(job.description, request.nonce)

    def fits(self, job: Job) -> bool:
        """Whether `job` could be the one, for servers that keep no description: only a person can tell."""
        request = self.request
        is_whole = request.scope.kind is ScopeKind.ENVIRONMENT and job.is_of_whole_environment
        return (
            job.environment == request.environment
            and job.noop in (None, request.mode is Mode.NOOP)
            and job.concurrency == request.concurrency
            and (is_whole or _is_same(request.scope, job))
            and int(job.id) > int(self.after or 0)
        )


def _is_same(scope: Scope, job: Job) -> bool:
    """Whether a job may be of `scope`: where the server tells no scope, its target is one word for it."""
    if job.scope is not None:
        return job.scope == scope
    words = {ScopeKind.NODES: "nodes", ScopeKind.QUERY: "query"}
    return job.target == words.get(scope.kind, scope.value)
