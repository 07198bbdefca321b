"""What only a person can mend, put before them: a token that is not taken, a server that is not trusted."""

from textual.app import App

from orch_tui.domain.problem import Problem
from orch_tui.session.session import Session
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.sign_in import SignInDialog


class Mending:
    """Calls for help once, when polls begin to fail in a way that no waiting mends."""

    def __init__(self, app: App[None], session: Session) -> None:
        self._app = app
        self._session = session
        self._has_called = False

    def polled(self, problem: Problem | None) -> None:
        """A poll went well, or met `problem`."""
        if problem is None or not (problem.needs_sign_in or problem.is_untrusted):
            self._has_called = False
            if problem is None and isinstance(self._app.screen, SignInDialog):
                self._app.screen.not_needed()
        elif self._has_called:
            return
        elif problem.needs_sign_in:
            self.ask_to_sign_in(problem)
        else:
            self._has_called = True
            self._app.push_screen(ProblemDialog(problem, is_unasked=True))

    def ask_to_sign_in(self, problem: Problem, concern: str = "") -> None:
        """Open the dialog; where it is open already, only say what else the missing token has prevented."""
        if not isinstance(self._app.screen, SignInDialog):
            self._app.push_screen(self.sign_in_dialog(problem, concern))
        elif concern:
            self._app.notify(concern)

    def sign_in_dialog(self, problem: Problem, concern: str) -> SignInDialog:
        """The dialog, for those who open it themselves."""
        self._has_called = True
        return SignInDialog(self._session, problem, concern)
