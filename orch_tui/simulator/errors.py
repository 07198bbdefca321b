"""Every refusal the orchestrator knows: HTTP status, `kind`, `msg` and `details`."""

from collections.abc import Iterable, Mapping

from orch_tui.simulator.settings import ValidationKind

Json = dict[str, object]


class Refusal(Exception):
    """The server will not. `details` None leaves the key out, as several recorded answers do."""

    def __init__(self, status: int, kind: str, msg: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(msg)
        self.status = status
        self.kind = kind
        self.msg = msg
        self.details = details

    def body(self) -> Json:
        """The documented error format."""
        body: Json = {"kind": self.kind, "msg": self.msg}
        return body if self.details is None else body | {"details": dict(self.details)}


def _orchestrator(status: int, kind: str, msg: str, details: Mapping[str, object] | None = None) -> Refusal:
    return Refusal(status, f"puppetlabs.orchestrator/{kind}", msg, details)


# Deploy. Kinds and statuses are documented; texts are recorded unless marked.


def unknown_environment(environment: str) -> Refusal:
    return _orchestrator(
        404, "unknown-environment", f"Unknown environment {environment}", {"environment": environment}
    )


def empty_environment(environment: str) -> Refusal:
    """Text and details invented: unknown on a real server."""
    msg = f"The environment {environment} contains no applications or nodes. Nothing to do."
    return _orchestrator(400, "empty-environment", msg, {"environment": environment})


def empty_target(environment: str, target: str) -> Refusal:
    return _orchestrator(
        400,
        "empty-target",
        "No nodes were found for the specified target. Nothing to do.",
        {"environment": environment, "target": target},
    )


def unknown_target(environment: str, target: str) -> Refusal:
    """Recorded in 2016.4, never documented."""
    msg = f"The target was not found in environment {environment}: {target}"
    return _orchestrator(404, "unknown-target", msg, {"environment": environment, "target": target})


def dependency_cycle(environment: str, cycle: tuple[str, ...]) -> Refusal:
    """Text and details invented: unknown on a real server."""
    msg = f"The application code in environment {environment} has a dependency cycle: {' -> '.join(cycle)}"
    return _orchestrator(400, "dependency-cycle", msg, {"environment": environment, "cycle": list(cycle)})


def puppetdb_error() -> Refusal:
    """Text invented, details unknown and so left out."""
    return _orchestrator(400, "puppetdb-error", "PuppetDB could not be reached: Connection refused")


def query_error(problem: str) -> Refusal:
    """What PuppetDB said, in several lines, and no details (recorded)."""
    return _orchestrator(400, "query-error", f"PuppetDB query failed: {problem}")


# Everywhere.


def unknown_job(job: object) -> Refusal:
    """Text and details invented: unknown on a real server."""
    return _orchestrator(404, "unknown-job", f"Unknown job {job}", {"job": str(job)})


class Invalid(ValueError):
    """A parameter or a key that will not do; `validation_error` tells the client."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


def validation_error(kind: ValidationKind, invalid: Invalid) -> Refusal:
    """Status documented; text and details invented: unknown on a real server."""
    return Refusal(
        400, kind, f"Invalid value for {invalid}", {"key": invalid.key, "problem": invalid.problem}
    )


# Invented: answers nobody has documented or recorded, all in this one place.


def unknown_route() -> Refusal:
    return _orchestrator(404, "not-found", "Not found")


def wrong_method() -> Refusal:
    return _orchestrator(405, "method-not-allowed", "Method not allowed")


def malformed_json() -> Refusal:
    return _orchestrator(400, "malformed-json", "The request body is not valid JSON")


def unknown_group() -> Refusal:
    return Refusal(404, "not-found", "The resource could not be found.")


def unknown_service(name: str) -> Refusal:
    """Status documented."""
    return Refusal(404, "service-not-found", f"No status function found for service {name}")


def bad_level(level: str, known: Iterable[str]) -> Refusal:
    """Status documented."""
    return Refusal(400, "request-data-invalid", f"Invalid level: {level!r} is none of {', '.join(known)}")


# Access. Kinds and texts are those of the open-source middleware in front of the services; no details, ever.


def unauthenticated() -> Refusal:
    return Refusal(401, "puppetlabs.rbac/user-unauthenticated", "Route requires authentication")


def token_expired() -> Refusal:
    return Refusal(401, "puppetlabs.rbac/token-expired", "The provided token has expired.")


def token_revoked() -> Refusal:
    return Refusal(401, "puppetlabs.rbac/token-revoked", "Authentication token has been revoked.")


def user_revoked() -> Refusal:
    """Text invented."""
    return Refusal(401, "puppetlabs.rbac/user-revoked", "The user has been revoked.")


def invalid_token() -> Refusal:
    """Text invented."""
    return Refusal(401, "puppetlabs.rbac/invalid-token", "The provided token is invalid.")


# The token service.


def login_refused() -> Refusal:
    """Text invented; bad credentials and SSO users get the same kind."""
    return Refusal(401, "puppetlabs.rbac/user-unauthenticated", "The credentials provided are not valid.")


def lifetime_denied() -> Refusal:
    """Text invented."""
    return Refusal(
        403, "puppetlabs.rbac/permission-denied", "You may not override the default lifetime of tokens."
    )


def malformed_login() -> Refusal:
    return Refusal(400, "puppetlabs.rbac/malformed-request", "The request body is not valid JSON.", {})


def schema_violation(submitted: object) -> Refusal:
    """Documented: the details repeat what was submitted, password and all."""
    return Refusal(
        400,
        "puppetlabs.rbac/schema-violation",
        "The object you submitted does not conform to the schema.",
        {"submitted": submitted, "error": "does not match"},
    )


def permission_denied() -> Refusal:
    """RBAC's own kind: which one the orchestrator sends is unknown. Text invented."""
    return Refusal(
        403, "puppetlabs.rbac/permission-denied", "You do not have permission to run this command."
    )
