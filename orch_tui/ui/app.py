"""The Textual app: themes, keys that work everywhere, and the one place that sees a deploy to its end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, cast

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Event, InputEvent, Key, Resize
from textual.screen import Screen
from textual.theme import Theme

from orch_tui.domain.node import Outcome
from orch_tui.domain.problem import Problem
from orch_tui.plain import plain
from orch_tui.ui import palette
from orch_tui.ui.attention import title_words
from orch_tui.ui.dialogs.base import Dialog
from orch_tui.ui.dialogs.choice import LeaveDialog, Leaving
from orch_tui.ui.dialogs.help import HelpDialog
from orch_tui.ui.dialogs.palette import PaletteScreen
from orch_tui.ui.dialogs.sign_in import SignInDialog
from orch_tui.ui.keymap import Misplaced
from orch_tui.ui.screens.base import Cockpit, CockpitScreen
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.job import JobScreen
from orch_tui.ui.screens.mending import Mending
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.screens.sending import Sending
from orch_tui.ui.screens.takeaway import TakeawayScreen
from orch_tui.ui.terminal.app import TerminalApp
from orch_tui.ui.terminal.escape import Call
from orch_tui.ui.terminal_picture import TerminalPicture
from orch_tui.ui.theme import with_state_defaults
from orch_tui.ui.widgets.text_field import is_typed

DEFAULT_THEME = "terminal"


class OrchApp(TerminalApp):
    """The cockpit.

    Args:
        cockpit: The profile and the session to work with.
        themes: Themes by name; without them Textual's own are there.
        theme: The one to start with.
        keys: Other keys for bindings, by the binding's id.
        job: The one to watch at once; home is below it.
        complaints: What was wrong with files that are not needed to run, one line each.
        driver: What draws on the terminal.
        call: How somebody is called to it.
        painted: Called once, when the first picture is drawn.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "keys", "Keys", id="app.keys"),
        Binding("colon,ctrl+p", "palette", "Commands", show=False, id="app.palette"),
        Binding("s", "sign_in", "Sign in", id="app.sign-in"),
        Binding("t", "next_theme", "Next theme", show=False, id="app.next-theme"),
        Binding("ctrl+l", "redraw", "Draw anew", show=False, priority=True, id="app.redraw"),
    ]

    CSS_PATH = "app.tcss"
    TITLE = "orch-tui"
    ENABLE_COMMAND_PALETTE = False  # Textual's own

    def __init__(
        self,
        cockpit: Cockpit,
        *,
        themes: Mapping[str, Theme] | None = None,
        theme: str = DEFAULT_THEME,
        keys: Mapping[str, str] | None = None,
        job: str | None = None,
        complaints: Iterable[str] = (),
        driver: type[Driver] | None = None,
        call: Call = "bell",
        painted: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(keys or {}, driver, call)
        self.cockpit = cockpit
        self._home = EnvironmentsScreen(cockpit)
        self._first_job = job
        self._own_themes = dict(themes or {})
        self._complaints = list(complaints)
        self._painted = painted
        self._picture = TerminalPicture(has_links=self._surroundings.has_links)
        self._misplaced = Misplaced(type(self), keys or {})
        self._mending = Mending(self, cockpit.session)
        self._sending = Sending(self, cockpit, self._mending)
        for own in self._own_themes.values():
            self.register_theme(own)
        if theme in self.available_themes:
            self.theme = theme
        else:
            self._complaints.append(f"no theme is called {plain(theme)}")
            self.theme = DEFAULT_THEME if DEFAULT_THEME in self.available_themes else "ansi-dark"

    async def on_event(self, event: Event) -> None:
        if isinstance(event, InputEvent):
            self.cockpit.session.pace.touched()
        if isinstance(event, Resize):
            # It comes with each entering of the alternate screen too, which clears that.
            self._picture.forget()
            if self._home.is_mounted:
                self.screen.refresh()
        await super().on_event(event)

    def holds_back(self, key: Key) -> bool:
        screen = self.screen
        return isinstance(screen, Dialog) and key.key not in self.leave_keys and screen.holds_back(key)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            # Textual knows updates of its own kind by their class; they need not be renderables besides.
            renderable = cast("RenderableType", self._picture.difference(renderable))
        super()._display(screen, renderable)

    def unbound(self, key: str) -> None:
        """Say why a key does nothing here that does something elsewhere."""
        screen = self.screen
        is_place = isinstance(screen, EnvironmentsScreen | RolloutScreen)
        if isinstance(screen, Dialog):
            screen.unbound(key)
        elif is_place and is_typed(key) and key not in screen.active_bindings:
            where = "rollout" if isinstance(screen, RolloutScreen) else "environments"
            if words := self._misplaced.why(key, where, is_read_only=self.cockpit.profile.read_only):
                self.notify(words)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return with_state_defaults(self.current_theme.to_color_system().generate())

    def on_mount(self) -> None:
        self.push_screen(self._home)
        if self._first_job is not None:
            self.push_screen(RolloutScreen(self.cockpit, self._first_job))
        self.app_resume_signal.subscribe(self, self._continued)
        for complaint in self._complaints:
            self.notify(complaint, severity="warning", timeout=10)
        self._sending.resume()

    @property
    def _watched(self) -> RolloutScreen | None:
        """The job on the screen, or behind the dialogs on it."""
        watched = [screen for screen in self.screen_stack if isinstance(screen, RolloutScreen)]
        return watched[-1] if watched else None

    def terminal_title(self) -> str:
        words = title_words(self._watched.reading) if self._watched else ""
        return words or f"orch-tui {self.cockpit.profile_name}"

    def on_rollout_screen_news(self, message: RolloutScreen.News) -> None:
        self.call_attention(message.words)

    def essentials(self) -> Iterator[str]:
        watched = self._watched
        rollout = watched.reading.value if watched else None
        if rollout is None:
            running = self.cockpit.session.running_jobs
            yield f"{len(running)} jobs run"
            yield " ".join(job.id for job in running)
        else:
            counts, job = rollout.counts, rollout.job
            yield f"{job.id} {job.state_word}"
            yield f"{rollout.done:,} of {len(rollout.nodes):,} done"
            yield f"{counts.get(Outcome.FAILED, 0):,} failed {counts.get(Outcome.ERRORED, 0):,} errored"
            yield "" if job.state.is_over else "the job goes on"

    def _continued(self, _: App[None]) -> None:
        """We, or the terminal, stood still: what is on the screen is old, and perhaps not even there."""
        self.action_redraw()
        for screen in self.screen_stack:
            if isinstance(screen, CockpitScreen):
                screen.action_refresh()

    def on_ready(self) -> None:
        self.call_after_refresh(self._painted)

    def notify(self, message: str, **options: Any) -> None:
        """Never read as markup, whoever wrote it: `[/]` in a node's message would end the program."""
        options["markup"] = False
        self.clear_notifications()  # the new one is what counts; a pile would lie over the rows
        super().notify(message, **options)

    def _offered(self) -> Iterator[palette.Command]:
        later = partial(self.call_later, self.run_action)
        yield from palette.commands(self.screen, later, self.get_key_display)
        yield from palette.environments(self._home.known, self._see_jobs)
        yield from palette.jobs(self.cockpit.session.history.jobs, self._watch)
        yield from palette.themes(self._theme_names, self._choose_theme)

    async def action_palette(self) -> None:
        save_as = self.screen.save_as if isinstance(self.screen, TakeawayScreen) else None
        await self.push_screen(PaletteScreen(self._offered(), save_as), lambda found: found and found.do())

    def action_keys(self) -> None:
        bindings = self.screen.active_bindings
        shown = {key: self.get_key_display(active.binding) for key, active in bindings.items()}
        self.push_screen(HelpDialog(bindings, shown))

    def action_redraw(self) -> None:
        """Mend a terminal on which others have written."""
        self._picture.forget()
        self.forget_title()
        self.screen.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "sign_in" or self._why_sign_in is not None

    @property
    def _why_sign_in(self) -> Problem | None:
        trouble = self.screen.trouble if isinstance(self.screen, CockpitScreen) else None
        return trouble if trouble is not None and trouble.needs_sign_in else None

    def action_sign_in(self) -> None:
        if self._why_sign_in is not None:
            self._mending.ask_to_sign_in(self._why_sign_in)

    def on_sign_in_dialog_signed_in(self, message: SignInDialog.SignedIn) -> None:
        self.notify(message.notice)
        for screen in self.screen_stack:
            if isinstance(screen, RolloutScreen):
                screen.action_refresh()

    def on_cockpit_screen_polled(self, message: CockpitScreen.Polled) -> None:
        self._mending.polled(message.problem)

    @property
    def _theme_names(self) -> list[str]:
        return sorted(self._own_themes) or sorted(self.available_themes)

    def action_next_theme(self) -> None:
        names = self._theme_names
        place = names.index(self.theme) + 1 if self.theme in names else 0
        self._choose_theme(names[place % len(names)])

    def _choose_theme(self, name: str) -> None:
        self.theme = name
        self.notify(f"Theme: {name}")

    def action_suspend_process(self) -> None:
        if self.cockpit.session.is_waiting:
            self.notify("Not while the answer to a command is awaited.")
        else:
            super().action_suspend_process()

    def action_leave_home(self) -> None:
        self.exit()

    def action_ask_to_leave(self) -> None:
        if isinstance(self.screen, LeaveDialog):
            self.exit()
            return
        rollout = self.screen if isinstance(self.screen, RolloutScreen) else None
        runs_on = rollout is not None and not rollout.is_over
        can_stop = rollout is not None and runs_on and rollout.check_action("stop", ()) is True

        def answered(answer: Leaving | None) -> None:
            if answer == "leave":
                self.exit()
            elif answer == "stop" and rollout is not None:
                rollout.action_stop()

        self.push_screen(
            LeaveDialog(rollout.job if rollout and runs_on else None, can_stop=can_stop), answered
        )

    def on_job_screen_stop_confirmed(self, message: JobScreen.StopConfirmed) -> None:
        self._sending.stop(message.screen, message.begun)

    def on_job_screen_rerun_chosen(self, message: JobScreen.RerunChosen) -> None:
        screen, draft = message.screen, message.draft
        known = self._home.known
        screen.unless_unsettled(
            draft.environment,
            lambda: screen.open(DeployScreen(self.cockpit, draft.environment, known, draft)),
        )

    def on_deploy_screen_confirmed(self, message: DeployScreen.Confirmed) -> None:
        self._sending.deploy(message.form, message.request, message.refusal)

    def on_cockpit_screen_see_jobs(self, message: CockpitScreen.SeeJobs) -> None:
        self._see_jobs(message.environment)

    def _see_jobs(self, environment: str) -> None:
        self._go_home()
        self._home.see_jobs(environment)

    def _watch(self, job: str) -> None:
        self._go_home()
        self._home.open_job(job)

    def _go_home(self) -> None:
        while self.screen is not self._home:
            self.pop_screen()
