"""What every screen is told about where it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen

from orch_tui.config import Profile
from orch_tui.domain.intent import Intent
from orch_tui.domain.problem import Problem
from orch_tui.session.journal import CannotRecord
from orch_tui.session.session import Session
from orch_tui.ui.dialogs.base import Answer, Dialog
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.unsettled import Unsettled, UnsettledDialog
from orch_tui.ui.text import MUTED, STRONG, duration

_CLOCKS_DIFFER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Cockpit:
    """One profile, and the session with its server."""

    profile_name: str
    profile: Profile
    session: Session
    slow_link: bool = False
    """Whether to draw news at most once a second."""
    is_demo: bool = False
    """Whether the server is a simulator of our own, whose clock goes as fast as somebody wants."""

    @property
    def where(self) -> str:
        """Profile and host, as they are said in a sentence."""
        return f"{self.profile_name} ({self.profile.host})"

    def title(self) -> Content:
        """The left of every title line: which server, whether anything can be done to it, and what is."""
        read_only = ("  READ ONLY", "bold $warning") if self.profile.read_only else ""
        under_way = (f"  {words}", "bold $warning") if (words := self._under_way()) else ""
        return Content.assemble(
            (f" {self.profile_name} ", STRONG), (self.profile.host, MUTED), read_only, under_way
        )

    def _under_way(self) -> str:
        """The deploys that wait for an answer, or for somebody who knows what became of them."""
        pending = self.session.deploys.pending
        now = self.session.monotonic()
        words = [f"looking for {p.request.nonce} {now - p.since:.0f}s" for p in pending if p.is_sought]
        sending = len(pending) - len(words)
        unknown = len(self.session.deploys.unknown)
        words += [f"{sending} sending"] if sending else []
        words += [f"{unknown} deploy{'s' if unknown > 1 else ''} UNKNOWN"] if unknown else []
        return ", ".join(words)


class CockpitScreen(Screen[None]):
    """A screen of one cockpit."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("e", "explain", "Why?", id="screen.explain")]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - Textual's own declaration

    def __init__(self, cockpit: Cockpit) -> None:
        super().__init__()
        self.cockpit = cockpit
        self.session = cockpit.session

    @property
    def trouble(self) -> Problem | None:
        """Why what is shown is not up to date."""
        return None

    @property
    def clock_note(self) -> str:
        """That the server's clock and ours differ by more than what a journey of a message explains."""
        offset = self.session.clock_offset
        if self.cockpit.is_demo or abs(offset) < _CLOCKS_DIFFER:
            return ""
        way = "ahead" if offset > timedelta(0) else "behind"
        return f"server clock {duration(abs(offset).total_seconds())} {way}"

    class Polled(Message):
        """A poll of this screen went well, or met a problem."""

        def __init__(self, problem: Problem | None) -> None:
            super().__init__()
            self.problem = problem

    def action_refresh(self) -> None:
        """Read what is shown anew, where it is read again and again."""

    def action_explain(self) -> None:
        if self.trouble is not None:
            self.open(ProblemDialog(self.trouble))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "explain" or self.trouble is not None

    class SeeJobs(Message):
        """Somebody wants to look at the jobs of `environment`."""

        def __init__(self, environment: str) -> None:
            super().__init__()
            self.environment = environment

    def unless_unsettled(self, environment: str, go_on: Callable[[], None]) -> None:
        """Go on to a deploy of `environment`, or, while nobody knows what became of one, ask first."""
        if self.session.deploys.unsettled(environment) is None:
            go_on()
        else:
            self._ask_about(environment, go_on)

    @work(group="unsettled", exclusive=True)
    async def _ask_about(self, environment: str, go_on: Callable[[], None]) -> None:
        await self.session.deploys.refresh()  # another program may have found out
        intent = self.session.deploys.unsettled(environment)
        if intent is None:
            go_on()
            return

        def answered(answer: Unsettled | None) -> None:
            if answer == "set aside":
                self._set_aside(intent, go_on)
            elif answer == "jobs":
                self.post_message(self.SeeJobs(environment))

        self.ask(UnsettledDialog(intent, self.session.deploys.pending_of(intent)), answered)

    @work(group="unsettled")
    async def _set_aside(self, intent: Intent, go_on: Callable[[], None]) -> None:
        try:
            await self.session.deploys.set_aside(intent)
        except CannotRecord as error:
            self.notify(f"It is set aside until you leave, but not for good: {error}", severity="warning")
        go_on()

    def open(self, screen: Screen[Answer]) -> None:
        """Put `screen` over this one, once: of two fast presses the second finds this one covered."""
        if self.app.screen is self:
            self.app.push_screen(screen)

    def ask(self, dialog: Dialog[Answer], then: Callable[[Answer | None], object]) -> None:
        """Open `dialog`; `then` is told its answer."""
        dialog.then = then
        self.open(dialog)

    def action_back(self) -> None:
        if self.app.screen is self:
            self.app.pop_screen()
