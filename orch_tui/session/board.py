"""One poll of the home screen: the environments, and the recent jobs."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from orch_tui.api.client import OrchestratorClient
from orch_tui.domain.environment import EnvironmentList, EnvironmentSource
from orch_tui.domain.job import Jobs
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.session.history import PAGE

# Environments come and go with code deploys; listing them costs the server more than it tells us.
_POLLS_PER_LISTING = 15


@dataclass(frozen=True, slots=True)
class Board:
    """All environments and the newest jobs.

    Attributes:
        server_time: The server's clock when this was read.
        went_back: The newest job is older than one that was listed before, as after a server's restore.
    """

    environments: EnvironmentList
    jobs: Jobs
    server_time: datetime
    went_back: bool = False

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way."""
        return any(not job.state.is_over for job in self.jobs.items)


class BoardPoll:
    """Remembers between polls which source tells the environments on this server."""

    def __init__(self, client: OrchestratorClient, configured: str | None) -> None:
        self._client = client
        self._configured = configured
        self._listed: tuple[str, ...] | None = None
        self._source = EnvironmentSource.ORCHESTRATOR
        self._orchestrator_lists = False
        self._denied: Problem | None = None
        self._polls = 0
        self._newest = 0

    async def __call__(self) -> Board:
        """Environments and jobs as they are now.

        Raises:
            OrchestratorError: The server could not be asked.
        """
        if self._polls % _POLLS_PER_LISTING == 0:
            await self._list_environments()
        jobs = await self._client.jobs(PAGE)
        self._polls += 1
        names = set(self._listed or ())
        if self._source is EnvironmentSource.HISTORY:
            names = {job.environment for job in jobs.items if job.environment}
            names |= {self._configured} if self._configured else set()
        environments = EnvironmentList(tuple(sorted(names)), self._source, self._denied)
        newest = max((int(job.id) for job in jobs.items), default=0)
        self._newest = max(self._newest, newest)
        return Board(environments, jobs, self._client.server_now(), went_back=newest < self._newest)

    def list_again(self) -> None:
        """Ask for the environments with the next poll, not only for the jobs."""
        self._polls = 0
        self._source = EnvironmentSource.ORCHESTRATOR
        self._denied = None

    async def _list_environments(self) -> None:
        """Ask each documented source in turn (API facts 2.1); the last one is the jobs themselves."""
        if self._denied is not None:
            self.list_again()  # permissions are granted, too
        for source, ask in self._sources():
            try:
                self._listed = await ask()
            except OrchestratorError as error:
                # The screen says which source it shows; a service beside the server must not close it.
                if source is EnvironmentSource.ORCHESTRATOR:
                    self._pass_over(error.problem)
            else:
                self._source = source
                self._orchestrator_lists |= source is EnvironmentSource.ORCHESTRATOR
                return
        self._source = EnvironmentSource.HISTORY

    def _sources(self) -> Iterator[tuple[EnvironmentSource, Callable[[], Awaitable[tuple[str, ...]]]]]:
        if self._source is EnvironmentSource.ORCHESTRATOR:
            yield EnvironmentSource.ORCHESTRATOR, self._client.environments
        if self._client.classifier:
            yield EnvironmentSource.CLASSIFIER, self._client.classifier.environments
        if self._client.puppetdb:
            yield EnvironmentSource.PUPPETDB, self._client.puppetdb.environments

    def _pass_over(self, problem: Problem) -> None:
        """Raises OrchestratorError where `problem` does not mean that the orchestrator lists none."""
        if problem.kind is ProblemKind.PERMISSION_DENIED:
            self._denied = problem
        # A server that has listed them once can do it: then a 404 is a proxy's, and passes.
        elif problem.status != 404 or self._orchestrator_lists:
            raise OrchestratorError(problem)
