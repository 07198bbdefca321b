"""Commands, seen to their end: by the app and not by screens, whose workers end with them."""

from asyncio import Task
from collections.abc import Callable, Coroutine
from functools import partial

from textual.app import App
from textual.worker import Worker

from orch_tui.domain.deploy import DeployRequest
from orch_tui.domain.job import Job
from orch_tui.session.deploys import Fate, Submission
from orch_tui.session.journal import CannotRecord
from orch_tui.session.journal_line import How
from orch_tui.session.stops import StopReply
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.sign_in import SignInDialog
from orch_tui.ui.dialogs.which_job import WhichJobDialog
from orch_tui.ui.screens.base import Cockpit, CockpitScreen
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.job import JobScreen
from orch_tui.ui.screens.mending import Mending
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.text import scope_words, stop_words


class Sending:
    """Waits for what becomes of each deploy and stop, and tells it wherever its user is by then."""

    def __init__(self, app: App[None], cockpit: Cockpit, mending: Mending) -> None:
        self._app = app
        self._cockpit = cockpit
        self._session = cockpit.session
        self._mending = mending

    def stop(self, screen: JobScreen, begun: Task[StopReply]) -> None:
        """See to its end a stop of the job of `screen`."""
        self._run(partial(self._stop, screen, begun))

    def deploy(self, form: DeployScreen, request: DeployRequest, refusal: Submission | None) -> None:
        """See to its end what `form` asked for, unless it met its `refusal` at once."""
        if refusal is None:
            self._run(partial(self._deploy, form, request))
        else:
            self._tell_end(refusal, form)

    def resume(self) -> None:
        """Look for the jobs of deploys that an earlier run left open."""
        for request in self._session.deploys.resume():
            self._run(partial(self._see_to_its_end, request))

    def _run(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        # Not the coroutine itself: of one that the end of the program overtakes, Python would complain.
        _: Worker[None] = self._app.run_worker(work, group="sending")

    async def _stop(self, screen: JobScreen, begun: Task[StopReply]) -> None:
        reply = await self._session.end_of_stop(begun)
        if reply.problem is not None and reply.problem.needs_sign_in:
            self._mending.ask_to_sign_in(reply.problem, f"Job {reply.number} was not stopped.")
        elif reply.problem is not None:
            concern = f"Stop job {reply.number}{' by force' if reply.by_force else ''}"
            if reply.is_unknown and reply.job is not None:
                concern += f": read again since, it is {reply.job.state_word}"
            is_unknown = reply.is_unknown
            self._app.push_screen(
                ProblemDialog(reply.problem, concern, is_unknown=is_unknown, is_unasked=True)
            )
        else:
            self._app.notify(stop_words(reply))
        screen.stopped()

    async def _deploy(self, form: DeployScreen, request: DeployRequest) -> None:
        self._tell_end(await self._session.end_of_deploy(request), form)

    async def _see_to_its_end(self, request: DeployRequest) -> None:
        submission = await self._session.deploys.end_of(request.nonce)
        # One that stays unknown is told on the first screen, until somebody sees to it.
        if submission.fate is Fate.ACCEPTED:
            self._tell_job(submission, None)

    def _tell_end(self, submission: Submission, form: DeployScreen) -> None:
        is_form_open = form in self._app.screen_stack
        if submission.fate is Fate.ACCEPTED:
            self._tell_job(submission, form if is_form_open else None)
            return
        dialog = self._problem_dialog(submission, is_awaited=self._app.screen is form)
        if is_form_open:
            form.refused(submission, dialog)
        else:
            self._app.push_screen(dialog)
        if submission.fitting:
            which = WhichJobDialog(submission.request, submission.fitting)
            self._app.push_screen(which, lambda job: self._chosen(submission.request, job))

    def _tell_job(self, submission: Submission, form: DeployScreen | None) -> None:
        request = submission.request
        lost = (
            ""
            if submission.how is How.ANSWERED
            else f" Its answer was lost; it was found by {request.nonce}."
        )
        if form is not None:
            while self._app.screen is not form:
                self._app.pop_screen()
            self._app.switch_screen(RolloutScreen(self._cockpit, submission.job))
        if form is None or lost:
            words = f"The deploy of {request.environment} is job {submission.job}.{lost}"
            self._app.notify(words, timeout=10)

    def _chosen(self, request: DeployRequest, job: Job | None) -> None:
        if job is not None:
            self._run(partial(self._adopt, request, job))

    async def _adopt(self, request: DeployRequest, job: Job) -> None:
        try:
            await self._session.deploys.adopt(request, job)
        except CannotRecord as error:
            words = f"This choice holds until you leave, but not for good: {error}"
            self._app.notify(words, severity="warning")
        self._app.post_message(CockpitScreen.SeeJobs(request.environment))
        self._app.call_later(self._app.push_screen, RolloutScreen(self._cockpit, job.id))

    def _problem_dialog(self, submission: Submission, *, is_awaited: bool) -> ProblemDialog | SignInDialog:
        assert submission.problem is not None
        request = submission.request
        concern = f"Deploy {scope_words(request.scope, request.environment)}, {request.mode.upper()}"
        is_unknown = submission.fate is Fate.UNKNOWN
        if is_unknown:
            concern += f", marked {request.nonce}"
            if request.description is not None:
                concern += ". It was looked for in the list of jobs, and not found"
        if submission.problem.needs_sign_in and not is_unknown:
            words = f"{concern}: refused, nothing was started."
            return self._mending.sign_in_dialog(submission.problem, words)
        return ProblemDialog(submission.problem, concern, is_unknown=is_unknown, is_unasked=not is_awaited)
