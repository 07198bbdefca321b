"""The deploy form: each field is checked as it is typed, then comes Review."""

import re
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.message import Message

from orch_tui.domain.capabilities import Capabilities, Option
from orch_tui.domain.deploy import DeployDraft, DeployRequest, Field, Mode
from orch_tui.domain.environment import Targets
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from orch_tui.domain.scope import ScopeKind
from orch_tui.session.deploys import Fate, Submission
from orch_tui.ui.deploy_text import request_facts
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.dialogs.sign_in import SignInDialog
from orch_tui.ui.screens.base import Cockpit, CockpitScreen
from orch_tui.ui.text import STRONG
from orch_tui.ui.widgets.deploy_form import DeployForm
from orch_tui.ui.widgets.key_line import KeyLine
from orch_tui.ui.widgets.line import Line

_AT_FAULT = {
    ProblemKind.UNKNOWN_ENVIRONMENT: Field.ENVIRONMENT,
    ProblemKind.EMPTY_ENVIRONMENT: Field.ENVIRONMENT,
    ProblemKind.DEPENDENCY_CYCLE: Field.ENVIRONMENT,
    ProblemKind.EMPTY_TARGET: Field.TARGET,
    ProblemKind.UNKNOWN_TARGET: Field.TARGET,
    ProblemKind.REQUEST_TOO_LARGE: Field.TARGET,
}


class DeployScreen(CockpitScreen):
    """Asks what to deploy. The deploy itself is sent by the program, which outlives this screen.

    Args:
        cockpit: Where it goes.
        environment: What is in the form at first, unless `draft` tells all of it.
        known: The environments to choose from.
        draft: What the form is opened with; its `lists` can be chosen as the target.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "review", "Review", priority=True, id="deploy.review"),
        Binding("tab", "field(1)", "Next field", id="deploy.next-field"),
        Binding("shift+tab", "field(-1)", "Field before", show=False, id="deploy.previous-field"),
        Binding("ctrl+o", "options", "More options", id="deploy.options"),
        Binding("escape", "back", "Back", id="deploy.back"),
    ]

    class Confirmed(Message):
        """Review was answered with yes: the deploy of `request` has been begun, or met a `refusal`."""

        def __init__(self, form: "DeployScreen", request: DeployRequest, refusal: Submission | None) -> None:
            super().__init__()
            self.form = form
            self.request = request
            self.refusal = refusal

    def __init__(
        self, cockpit: Cockpit, environment: str, known: tuple[str, ...], draft: DeployDraft | None = None
    ) -> None:
        super().__init__(cockpit)
        self.fields = DeployForm(draft or DeployDraft(environment, Mode(cockpit.profile.default_mode)), known)
        self._known = known
        self._sent: DeployRequest | None = None
        self.title_line, self.status = Line(), Line()

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.fields
        yield self.status
        yield KeyLine()

    def on_mount(self, _: Mount) -> None:
        self.title_line.right = Content.styled("Deploy ", STRONG)
        self.set_interval(1.0, self._tick)
        self._tick()
        if self.session.server is None:
            self.ask_server()
        else:
            self.fields.take_server(self.session.server)
        # Watched, and not told by messages: Enter may follow at once, and must find nothing of another one.
        self.watch(self.fields.environment, "value", self.learn_targets)
        is_whole = self.fields.draft.kind is ScopeKind.ENVIRONMENT
        self.fields.go_to(Field.ENVIRONMENT if is_whole else Field.TARGET)

    @work(group="server", exclusive=True)
    async def ask_server(self, *, then_review: bool = False) -> None:
        """Learn what the server takes: the form shows that, and Review needs it."""
        try:
            self.fields.take_server(await self.session.ask_server())
        except OrchestratorError as error:
            # What no time heals is told before anything is typed.
            if then_review or error.problem.kind is ProblemKind.ANOTHER_RELEASE:
                concern = "Before a deploy, the list of jobs is read. Nothing was deployed."
                self.open(ProblemDialog(error.problem, concern))
            return
        self.learn_targets()  # node groups are asked for only where the server knows them
        if then_review:
            self.action_review()

    def _tick(self) -> None:
        """Once a second: how the deploy fares that was sent from here."""
        if self.app.screen is not self:
            return
        self.title_line.content = self.cockpit.title()
        for pending in self.session.deploys.pending:
            if pending.request is self._sent and pending.is_sought:
                seconds = self.session.monotonic() - pending.since
                lost = f" Sent; the answer was lost; looking for the job with {pending.request.nonce}"
                self.status.content = Content.styled(f"{lost} … {seconds:.0f} s", STRONG)

    def learn_targets(self) -> None:
        """Ask what the environment offers; where the server cannot tell, the field takes any name."""
        self.fields.take_targets(Targets(groups=self.fields.targets.groups))  # they belong to none
        self._ask_targets(self.fields.environment.value.strip())

    @work(group="targets", exclusive=True)
    async def _ask_targets(self, environment: str) -> None:
        if environment in self._known:
            self.fields.take_targets(await self.session.targets(environment))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "options":
            return self.fields.options.display
        return super().check_action(action, parameters)

    def action_field(self, step: int) -> None:
        self.fields.move(step)

    def action_options(self) -> None:
        self.fields.options.toggle()

    def action_review(self) -> None:
        server = self.session.server
        if server is not None and server != self.fields.server:
            self.fields.take_server(server)
        if self._sent is not None or self.session.deploys.is_sending:
            self.notify("The deploy before is still being sent.")
        elif server is None:
            self.ask_server(then_review=True)
        elif not self.fields.go_to_fault():
            draft = self.fields.draft
            if draft.file:
                self._read_again(draft, server)
            else:
                self._go_on(draft, server)

    @work(group="review", exclusive=True)
    async def _read_again(self, draft: DeployDraft, server: Capabilities) -> None:
        """Go on with the names that the file has now: they may be others than when its name was typed."""
        names = await self.fields.read_file(draft.file)
        self._go_on(replace(draft, lists={**draft.lists, draft.file: names}), server)

    def _go_on(self, draft: DeployDraft, server: Capabilities) -> None:
        self.unless_unsettled(draft.environment.strip(), lambda: self._review(draft, server))

    def _review(self, draft: DeployDraft, server: Capabilities) -> None:
        if draft.faults(server, self.fields.targets):  # there were none, but time has passed
            self.fields.go_to_fault()
            return
        request = draft.request(self.session.new_nonce(), server, self.fields.targets)
        dialog = ReviewDialog(
            request,
            self.cockpit.where,
            request_facts(request, self.fields.targets),
            self.session.preflight(request, self.fields.targets),
            protected=request.mode is Mode.ENFORCE and request.environment in self.cockpit.profile.protected,
        )
        self.ask(dialog, lambda go_ahead: self._send(request, server, go_ahead))

    def _send(self, request: DeployRequest, server: Capabilities, go_ahead: bool | None) -> None:
        if go_ahead and (self.session.server is None or not self.session.server.agrees_with(server)):
            # What one release does not understand of a deploy could make another deploy to all.
            self.notify("Not sent: the server answers as another release since. Look at the form again.")
        elif go_ahead and self._sent is None:
            self._sent = request
            self.status.content = Content.styled(
                " Sending, once. The answer is announced if you leave.", STRONG
            )
            refusal = self.session.begin_deploy(request)
            # To the app, for this screen may be gone before it passes a message on.
            self.app.post_message(self.Confirmed(self, request, refusal))

    def refused(self, submission: Submission, dialog: ProblemDialog | SignInDialog) -> None:
        """Show why nothing was started (or why nobody knows), and put the cursor where it can be mended."""
        unknown = submission.fate is Fate.UNKNOWN
        words = (
            " The deploy before was sent, and what became of it is not known: look at the jobs."
            if unknown
            else ""
        )
        self.status.content = Content.styled(words, "bold $state-failed")
        self._sent = None

        def mend(_: None) -> None:
            if submission.problem and (name := _at_fault(submission.problem)):
                self.fields.go_to(name)

        self.app.push_screen(dialog, mend)


def _at_fault(problem: Problem) -> Field | Option | None:
    if problem.kind is not ProblemKind.VALIDATION_ERROR:
        return _AT_FAULT.get(problem.kind)
    keys: dict[str, Field | Option] = {"noop": Field.MODE}
    keys |= {field.value: field for field in Field} | {option.value: option for option in Option}
    named = [keys[word] for word in re.findall(r"\w+", problem.message.lower()) if word in keys]
    return named[0] if named else Field.ENVIRONMENT
