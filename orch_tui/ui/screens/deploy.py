"""The deploy form: each field is checked as it is typed, then comes Review."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Mount
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from orch_tui.domain.capabilities import Capabilities, Feature, Option
from orch_tui.domain.deploy import DeployDraft, DeployRequest, Field, Mode, nodes_in_both
from orch_tui.domain.environment import Targets
from orch_tui.domain.job import Job
from orch_tui.domain.problem import OrchestratorError, ProblemKind
from orch_tui.domain.scope import ScopeKind
from orch_tui.session.deploys import Fate, Submission
from orch_tui.ui.deploy_text import Fact, request_facts
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.dialogs.sign_in import SignInDialog
from orch_tui.ui.screens.base import Cockpit, CockpitScreen
from orch_tui.ui.text import MUTED, STRONG
from orch_tui.ui.widgets.form import ChoiceInput, ModeChoice
from orch_tui.ui.widgets.key_line import KeyLine
from orch_tui.ui.widgets.line import Line

_AT_FAULT = {
    ProblemKind.UNKNOWN_ENVIRONMENT: Field.ENVIRONMENT,
    ProblemKind.EMPTY_ENVIRONMENT: Field.ENVIRONMENT,
    ProblemKind.DEPENDENCY_CYCLE: Field.ENVIRONMENT,
    ProblemKind.EMPTY_TARGET: Field.TARGET,
    ProblemKind.UNKNOWN_TARGET: Field.TARGET,
}

_OFFERED_SHOWN = 8


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
        # With priority: a key that follows at once must find the next field, not still this one.
        Binding("tab", "app.focus_next", "Next field", priority=True, id="deploy.next-field"),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "Field before",
            show=False,
            priority=True,
            id="deploy.previous-field",
        ),
        Binding("escape", "back", "Back", id="deploy.back"),
    ]

    CSS_PATH = "deploy.tcss"

    class Confirmed(Message):
        """Review was answered with yes: send `request`, once."""

        def __init__(self, form: "DeployScreen", request: DeployRequest) -> None:
            super().__init__()
            self.form = form
            self.request = request

    def __init__(
        self, cockpit: Cockpit, environment: str, known: tuple[str, ...], draft: DeployDraft | None = None
    ) -> None:
        super().__init__(cockpit)
        self._start = draft or DeployDraft(environment, Mode(cockpit.profile.default_mode))
        self._known = known
        self._targets = Targets()
        self._sent: DeployRequest | None = None
        self.title_line, self.status = Line(), Line()
        self.environment = ChoiceInput(self._start.environment, id=Field.ENVIRONMENT)
        self.mode = ModeChoice(id=Field.MODE)
        self.concurrency = ChoiceInput(self._start.concurrency, id=Field.CONCURRENCY, restrict=r"[0-9]*")
        self.target = ChoiceInput(self._start.target, id=Field.TARGET)
        self.description = ChoiceInput(self._start.description, id=Field.DESCRIPTION)
        self.describing = Vertical(id="describing")
        self.hints = {field: Line(classes="hint") for field in Field}
        self.offered = Static(id="offered")

    def compose(self) -> ComposeResult:
        yield self.title_line
        with VerticalScroll(id="form", can_focus=False):
            yield from self._field("Environment", Field.ENVIRONMENT, self.environment)
            yield from self._field("Mode", Field.MODE, self.mode)
            yield from self._field("Concurrency", Field.CONCURRENCY, self.concurrency)
            yield from self._field("Target", Field.TARGET, self.target)
            with self.describing:
                yield from self._field("Description", Field.DESCRIPTION, self.description)
            yield self.offered
        yield self.status
        yield KeyLine()

    def _field(self, label: str, field: Field, widget: Widget) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Static(Content.styled(label, STRONG), classes="label")
            yield widget
        yield self.hints[field]

    def on_mount(self, _: Mount) -> None:
        self.title_line.right = Content.styled("Deploy ", STRONG)
        self.set_interval(1.0, self._tick)
        self._tick()
        if self.session.server is None:
            self.ask_server()
        else:
            self._take_server(self.session.server)
        self.environment.offer(self._known)
        self.mode.mode = self._start.mode
        self.environment.focus()
        self.learn_targets()
        self._check()

    @work(group="server", exclusive=True)
    async def ask_server(self, *, then_review: bool = False) -> None:
        """Learn what the server takes: the form shows that, and Review needs it."""
        try:
            self._take_server(await self.session.ask_server())
        except OrchestratorError as error:
            if then_review:
                self.open(ProblemDialog(error.problem, "Before a deploy, the list of jobs is read"))
            return
        if then_review:
            self.action_review()

    def _take_server(self, server: Capabilities) -> None:
        self.describing.display = server.has(Feature.DESCRIPTIONS)
        self._check()

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

    @property
    def draft(self) -> DeployDraft:
        """The form as it stands."""
        target = self.target.value
        typed = ScopeKind.APPLICATION if target.strip() else ScopeKind.ENVIRONMENT
        return replace(
            self._start,
            environment=self.environment.value,
            mode=self.mode.mode,
            concurrency=self.concurrency.value,
            kind=self._start.kind if target == self._start.target else typed,
            target=target,
            description=self.description.value,
        )

    @work(group="targets", exclusive=True)
    async def learn_targets(self) -> None:
        """Ask what the environment offers; where the server cannot tell, the field takes any name."""
        environment = self.environment.value.strip()
        self._targets = Targets()
        if environment in self._known:
            self._targets = await self.session.targets(environment)
        self.target.offer(self._targets.names)
        self._check()

    @on(Input.Changed, "#environment")
    def _environment_changed(self) -> None:
        self.learn_targets()

    @on(Input.Changed)
    @on(ModeChoice.Changed)
    def _check(self) -> None:
        faults = self._faults(self.draft)
        for field in Field:
            fault = faults.get(field)
            self.hints[field].content = Content.styled(fault, "$text-error") if fault else self._hint(field)
        self._show_offered()

    def _faults(self, draft: DeployDraft) -> dict[Field | Option, str]:
        faults = draft.faults(self._server, self._targets)
        if fault := faults.pop(Field.SCOPE, ""):
            faults[Field.TARGET] = f"must be blank: {fault}"
        return faults

    @property
    def _server(self) -> Capabilities:
        """Until an answer has told, one of whom nothing is known; Review waits for the answer."""
        return self.session.server or Capabilities()

    def _hint(self, field: Field) -> Content:
        match field:
            case Field.ENVIRONMENT:
                name = self.environment.value.strip()
                known = f"{len(self._known)} known: ↓ ↑ choose" if self._known else ""
                words = known if name in self._known else f"not in the list; the server will tell. {known}"
            case Field.MODE:
                words = "space changes it"
            case Field.CONCURRENCY:
                words = "nodes at once" if self.concurrency.value else "blank: the server's own limit"
            case Field.SCOPE:
                words = ""
            case Field.TARGET if not self._server.has(Feature.TARGET):
                words = "none on this server: the whole environment"
            case Field.TARGET:
                names = self._targets.names
                offer = f"{len(names)} offered: ↓ ↑ choose" if names else ""
                words = offer if self.target.value else f"blank: the whole environment. {offer}"
            case Field.DESCRIPTION:
                words = "shown with the job; our mark is added, to find it by"
        return Content.styled(words, MUTED)

    def on_descendant_focus(self) -> None:
        self._show_offered()

    def _show_offered(self) -> None:
        """The names that the focused field offers, around the chosen one."""
        field = self.focused
        if not isinstance(field, ChoiceInput) or not field.offered:
            self.offered.update(Content(""))
            return
        offered = field.offered
        place = offered.index(field.value) if field.value in offered else 0
        first = max(0, min(place - _OFFERED_SHOWN // 2, len(offered) - _OFFERED_SHOWN))
        rows = [
            Content.styled(
                f"▸ {name}" if name == field.value else f"  {name}", STRONG if name == field.value else ""
            )
            for name in offered[first : first + _OFFERED_SHOWN]
        ]
        self.offered.update(Content("\n").join(rows))

    def action_review(self) -> None:
        draft = self.draft
        faults = self._faults(draft)
        if faults:
            self.query_one(f"#{next(iter(faults))}").focus()
        elif self._sent is not None or self.session.deploys.is_sending:
            self.notify("The deploy before is still being sent.")
        elif (server := self.session.server) is None:
            self.ask_server(then_review=True)
        else:
            self.unless_unsettled(draft.environment.strip(), lambda: self._review(draft, server))

    def _review(self, draft: DeployDraft, server: Capabilities) -> None:
        request = draft.request(self.session.new_nonce(), server, self._targets)
        dialog = ReviewDialog(
            request,
            self.cockpit.where,
            self._facts(request),
            protected=request.mode is Mode.ENFORCE and request.environment in self.cockpit.profile.protected,
        )
        dialog.reach = self._reach(request)
        self.open(dialog, lambda go_ahead: self._send(request, go_ahead))

    def _send(self, request: DeployRequest, go_ahead: bool | None) -> None:
        if go_ahead and self._sent is None:
            self._sent = request
            self.status.content = Content.styled(
                " Sending, once. The answer is announced if you leave.", STRONG
            )
            self.post_message(self.Confirmed(self, request))

    def _facts(self, request: DeployRequest) -> Iterator[Fact]:
        yield from request_facts(request, self._targets)
        if request.scope.kind is ScopeKind.APPLICATION and (reach := self._reach(request)) is not None:
            yield Fact("Reaches", f"{reach:,} nodes now, by the server's list of instances")
        if overlaps := "\n".join(self._overlaps(request)):
            yield Fact("Under way", overlaps, "bold $warning")

    def _reach(self, request: DeployRequest) -> int | None:
        nodes = self._targets.nodes_of(request.scope)
        return None if nodes is None else len(nodes)

    def _overlaps(self, request: DeployRequest) -> Iterator[str]:
        """A line for each job under way that reaches, or may reach, the same nodes."""
        for job in self.session.running_jobs:
            common = nodes_in_both(request, job, self._targets)
            if job.environment == request.environment and common != 0:
                nodes = "perhaps on the same nodes" if common is None else f"{common:,} nodes are in both"
                yield f"Job {job.id}{_by(job)} is {job.state_word} here: {nodes}."

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
            problem = submission.problem
            field = _AT_FAULT.get(problem.kind) if problem else None
            if problem and problem.kind is ProblemKind.VALIDATION_ERROR:
                named = [field for field in Field if field in problem.message.lower()]
                field = named[0] if named else Field.ENVIRONMENT
            if field is not None:
                self.query_one(f"#{field}").focus()

        self.app.push_screen(dialog, mend)


def _by(job: Job) -> str:
    return f" by {job.owner}" if job.owner else ""
