"""Commands, begun and seen to their ends."""

from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.job import Job
from orch_tui.session.deploys import Submission
from orch_tui.session.session import Session
from orch_tui.session.stops import StopReply


async def deploy(session: Session, request: DeployRequest) -> Submission:
    """Send `request` and wait for what becomes of it."""
    return session.begin_deploy(request) or await session.end_of_deploy(request)


async def stop(session: Session, job: str, seen: Job | None = None, *, by_force: bool = False) -> StopReply:
    """Stop `job` and wait for what becomes of that."""
    return await session.end_of_stop(session.begin_stop(job, seen, by_force=by_force))
