"""Sign in: a password for a new token, in the middle of whatever is being watched."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Mount
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from orch_tui.domain.login import Login, is_lifetime
from orch_tui.domain.problem import OrchestratorError, Problem
from orch_tui.session.session import Session
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.explain import explain, says_as_much
from orch_tui.ui.text import MUTED, STRONG
from orch_tui.ui.widgets.form import Tick
from orch_tui.ui.widgets.text_field import TextField


class Entry(TextField):
    """One line to type into. Nothing goes to the clipboard: it may be secret."""

    def __init__(self, *, id: str, password: bool = False) -> None:
        super().__init__(id=id, password=password, disabled=True)

    def as_line(self, pasted: str) -> str:
        """The first line, to the letter: in a password nothing may be replaced."""
        return pasted.splitlines()[0] if pasted else ""

    def action_copy(self) -> None:
        """Nothing: Textual would send the clear text of a password to the terminal's clipboard."""

    def action_cut(self) -> None:
        """Nothing, for the same reason."""


class SignInDialog(Dialog[None]):
    """Asks for user and password until a token is there.

    It opens by itself, so it takes no keys until there was none for a while, and starts on the user, where
    one can see what is typed. Each Enter on the password is one request; none is repeated.

    Args:
        session: What signs in.
        problem: Why it is needed.
        concern: What was being done, where it was refused for want of a token.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next", "Sign in", priority=True, id="sign-in.send"),
        Binding("tab", "app.focus_next", "Next field", id="sign-in.next-field"),
        Binding("escape", "dismiss", "Not now", id="sign-in.close"),
    ]

    DEFAULT_CSS = """
    SignInDialog {
        .field { height: 1; }
        .field Static { width: 10; margin: 0; }
        .field Input { width: 1fr; }
        Tick { margin: 1 0 0 0; }
        #outcome { margin: 1 0; }
    }
    """

    class SignedIn(Message):
        """There is a new token; `notice` says so, and what became of the wish to keep it."""

        def __init__(self, notice: str) -> None:
            super().__init__()
            self.notice = notice

    def __init__(self, session: Session, problem: Problem, concern: str = "") -> None:
        super().__init__("Sign in", holds=True)
        self._session = session
        self._problem = problem
        self._concern = concern
        self._is_sending = False
        self.user, self.password = Entry(id="user"), Entry(id="password", password=True)
        self.lifetime = Entry(id="lifetime")
        file = session.token_file
        self.keep = Tick(f"also write the token to {file}")
        self.keep.display = file is not None
        self.outcome = Static(id="outcome")

    def body(self) -> Iterable[Widget]:
        if self._concern:
            yield paragraph((self._concern, STRONG))
        title, words = explain(self._problem).title, self._problem.message
        yield (
            paragraph((words, STRONG))
            if says_as_much(words, title)
            else paragraph((f"{title}. ", STRONG), words)
        )
        yield paragraph("The password goes to ", (self._session.sign_in_url, STRONG), " and nowhere else.")

    def foot(self) -> Iterable[Widget]:
        yield from self._field("User", self.user)
        yield from self._field("Password", self.password)
        yield from self._field("Lifetime", self.lifetime)
        yield self.keep
        yield self.outcome

    def _field(self, label: str, entry: Entry) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Static(Content(label))
            yield entry

    def on_mount(self, _: Mount) -> None:
        self.lifetime.placeholder = "blank: the server's own, most often 1h"
        self._say("")

    def watch_is_armed(self, is_armed: bool) -> None:
        for field in (self.user, self.password, self.lifetime, self.keep):
            field.disabled = not is_armed
        if is_armed and self.user.value:
            # What goes on here, after another dialog, must not be typed in sight.
            self.set_focus(self.password)
        elif is_armed:
            self.set_focus(self.user)
            self._say("Enter on the password signs in.")

    def not_needed(self) -> None:
        """The token is taken again. We stay all the same: what is being typed must not become keys."""
        if not self._is_sending:
            self._say("The token is taken again: Esc goes on.", "$text-success")

    def _say(self, words: str, look: str = MUTED) -> None:
        self.outcome.update(Content.styled(words or "…", look))
        self.call_after_refresh(self.fit)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True if action != "next" or self.is_armed else None

    def action_next(self) -> None:
        """On to what is missing; when nothing is, sign in."""
        if self.focused is self.user or not self.user.value.strip():
            self.set_focus(self.password if self.user.value.strip() else self.user)
        elif not self.password.value:
            self.set_focus(self.password)
        elif self.lifetime.value and not is_lifetime(self.lifetime.value):
            self._say("A lifetime is a number and s, m, h, d or y: 8h.", "$text-error")
            self.set_focus(self.lifetime)
        elif not self._is_sending:
            self._is_sending = True
            self._say("Signing in …")
            self.sign_in(Login(self.user.value.strip(), self.password.value, self.lifetime.value))

    @work(group="sign-in")
    async def sign_in(self, login: Login) -> None:
        self.password.value = ""
        try:
            await self._session.sign_in(login)
        except OrchestratorError as error:
            words = explain(error.problem)
            self._say(f"{words.title}: {error.problem.message}\n{words.advice}", "$text-error")
            self._is_sending = False
            self.set_focus(self.password)
            return
        notice = f"Signed in as {login.user}." + await self._kept()
        self._say(notice)  # another dialog may lie over us: then we stay
        self.post_message(self.SignedIn(notice))
        self.dismiss()

    async def _kept(self) -> str:
        if not self.keep.value:
            return ""
        try:
            await asyncio.to_thread(self._session.keep_token)
        except OSError as error:
            return f" The token could not be written: {error.strerror}."
        return f" The token was written to {self._session.token_file}."
