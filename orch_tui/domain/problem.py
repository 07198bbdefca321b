"""Everything that can go wrong between us and an orchestrator, as one typed value."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """The API's own `kind` strings, then ours (`orch-tui/…`) for what never reached an orchestrator."""

    UNKNOWN_ENVIRONMENT = "puppetlabs.orchestrator/unknown-environment"
    EMPTY_ENVIRONMENT = "puppetlabs.orchestrator/empty-environment"
    EMPTY_TARGET = "puppetlabs.orchestrator/empty-target"
    UNKNOWN_TARGET = "puppetlabs.orchestrator/unknown-target"
    DEPENDENCY_CYCLE = "puppetlabs.orchestrator/dependency-cycle"
    PUPPETDB_ERROR = "puppetlabs.orchestrator/puppetdb-error"
    QUERY_ERROR = "puppetlabs.orchestrator/query-error"
    UNKNOWN_JOB = "puppetlabs.orchestrator/unknown-job"
    # The documents say `puppetlabs.orchestrator/…`, the vendor's own client matches only this one.
    VALIDATION_ERROR = "puppetlabs.validators/validation-error"
    UNKNOWN_ERROR = "puppetlabs.orchestrator/unknown-error"

    USER_UNAUTHENTICATED = "puppetlabs.rbac/user-unauthenticated"
    TOKEN_EXPIRED = "puppetlabs.rbac/token-expired"
    TOKEN_REVOKED = "puppetlabs.rbac/token-revoked"
    INVALID_TOKEN = "puppetlabs.rbac/invalid-token"
    USER_REVOKED = "puppetlabs.rbac/user-revoked"
    PERMISSION_DENIED = "puppetlabs.rbac/permission-denied"

    NO_TOKEN = "orch-tui/no-token"
    LOGIN_REFUSED = "orch-tui/login-refused"
    LIFETIME_REFUSED = "orch-tui/lifetime-refused"
    NAME_UNKNOWN = "orch-tui/name-unknown"
    REFUSED = "orch-tui/connection-refused"
    NO_CONNECTION = "orch-tui/no-connection"
    CA_UNKNOWN = "orch-tui/ca-unknown"
    WRONG_HOST = "orch-tui/wrong-host-name"
    CERTIFICATE_DATES = "orch-tui/certificate-dates"
    NOT_TLS = "orch-tui/not-tls"
    TLS_TOO_OLD = "orch-tui/tls-too-old"
    CLIENT_CERTIFICATE = "orch-tui/client-certificate"
    NO_ANSWER = "orch-tui/no-answer"
    CONNECTION_LOST = "orch-tui/connection-lost"
    UNAVAILABLE = "orch-tui/unavailable"
    REDIRECTED = "orch-tui/redirected"
    NOT_UNDERSTOOD = "orch-tui/not-understood"
    TOO_LARGE = "orch-tui/too-large"
    REQUEST_TOO_LARGE = "orch-tui/request-too-large"
    ANOTHER_JOB = "orch-tui/another-job"
    NO_JOBS = "orch-tui/no-jobs"
    ANOTHER_RELEASE = "orch-tui/another-release"
    STILL_SENDING = "orch-tui/still-sending"
    READ_ONLY = "orch-tui/read-only"
    CANNOT_RECORD = "orch-tui/cannot-record"
    UNSETTLED = "orch-tui/unsettled"
    OTHER = "orch-tui/other"

    @classmethod
    def _missing_(cls, value: object) -> "ProblemKind":
        """Servers use two names for some kinds, and may have kinds that no document lists."""
        return _ALSO_KNOWN_AS.get(str(value), cls.OTHER)


_ALSO_KNOWN_AS = {
    "puppetlabs.orchestrator/validation-error": ProblemKind.VALIDATION_ERROR,
    "puppetlabs.orchestrator/not-permitted": ProblemKind.PERMISSION_DENIED,
    "puppetlabs.rbac/token-timed-out": ProblemKind.TOKEN_EXPIRED,
}

NOT_SENT = frozenset(
    {
        ProblemKind.NO_TOKEN,
        ProblemKind.NAME_UNKNOWN,
        ProblemKind.REFUSED,
        ProblemKind.NO_CONNECTION,
        ProblemKind.CA_UNKNOWN,
        ProblemKind.WRONG_HOST,
        ProblemKind.CERTIFICATE_DATES,
        ProblemKind.NOT_TLS,
        ProblemKind.TLS_TOO_OLD,
        ProblemKind.ANOTHER_JOB,
        ProblemKind.ANOTHER_RELEASE,
        ProblemKind.STILL_SENDING,
        ProblemKind.READ_ONLY,
        ProblemKind.CANNOT_RECORD,
        ProblemKind.UNSETTLED,
    }
)
"""The kinds after which a request certainly never left for the server."""

_OUT_OF_REACH = frozenset(
    {
        ProblemKind.NAME_UNKNOWN,
        ProblemKind.REFUSED,
        ProblemKind.NO_CONNECTION,
        ProblemKind.NO_ANSWER,
        ProblemKind.CONNECTION_LOST,
    }
)

_NOT_SIGNED_IN = frozenset(
    {
        ProblemKind.USER_UNAUTHENTICATED,
        ProblemKind.TOKEN_EXPIRED,
        ProblemKind.TOKEN_REVOKED,
        ProblemKind.INVALID_TOKEN,
        ProblemKind.USER_REVOKED,
        ProblemKind.NO_TOKEN,
    }
)

_UNTRUSTED = frozenset({ProblemKind.CA_UNKNOWN, ProblemKind.WRONG_HOST, ProblemKind.CERTIFICATE_DATES})

_CERTAINLY_REFUSED = frozenset({400, 401, 403, 404, 409, 413, 422, 429})


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: safe to show, never with a secret in it.

    Attributes:
        kind: What sort of thing it is.
        message: The server's own words, or ours where nothing answered.
        status: HTTP status, None where there was none.
        server_kind: The `kind` as the server wrote it, empty where it wrote none.
        details: The server's `details` as indented JSON, empty where it sent none.
        cycle: The resources of a dependency cycle in their order, where the details name them.
        retry_after: Seconds that the server asks to wait.
        permission: What the user's role needs for it, in words, where that is what lacks.
        facts: What was found out about it, each with a short label.
    """

    kind: ProblemKind
    message: str
    status: int | None = None
    server_kind: str = ""
    details: str = ""
    cycle: tuple[str, ...] = ()
    retry_after: float | None = None
    permission: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def is_out_of_reach(self) -> bool:
        """Whether nothing answered: a server that answers, if only to refuse, is in reach."""
        return self.kind in _OUT_OF_REACH

    @property
    def needs_sign_in(self) -> bool:
        """Whether another token would mend it."""
        return self.kind in _NOT_SIGNED_IN

    @property
    def is_untrusted(self) -> bool:
        """Whether the server could not prove who it is: no time heals that, somebody has to look."""
        return self.kind in _UNTRUSTED

    @property
    def leaves_command_unknown(self) -> bool:
        """Whether a command that met this problem may have been carried out all the same."""
        return self.kind not in NOT_SENT and self.status not in _CERTAINLY_REFUSED


READ_ONLY = Problem(ProblemKind.READ_ONLY, "this profile is read-only")


def another_job(number: str) -> Problem:
    """The job of this number is not the one that was meant."""
    words = f"job {number} is not the one that was watched: the server was restored, it seems"
    return Problem(ProblemKind.ANOTHER_JOB, words)


class OrchestratorError(Exception):
    """A call that did not work. Not a dataclass: a frozen exception cannot carry its own traceback."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.kind}: {problem.message}")
        self.problem = problem
