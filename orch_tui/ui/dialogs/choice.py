"""Dialogs that ask before something ends: stop a job, leave the program."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Button, Static

from orch_tui.domain.job import Job
from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.text import STRONG, count_words, mode_sign

Leaving = Literal["leave", "stop"]


class Choice(Button):
    """One of the answers of a dialog. Enter is the dialog's: a button's own press would be known only after
    the key that follows, and `q` would take it back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.choose", "Choose this")]


@dataclass(frozen=True, slots=True)
class Stoppable:
    """A job that can be stopped, as its user sees it.

    Attributes:
        where: The profile and server that it is on.
        running: Nodes that are running.
        waiting: Nodes that have not started: they never will. None where the nodes are not known yet.
        doubt: Why these numbers may be old.
    """

    job: Job
    where: str
    running: int | None
    waiting: int | None
    doubt: str = ""

    @property
    def words(self) -> Static:
        """Which job it is, and on which server."""
        job = self.job
        owner = f", started by {job.owner}" if job.owner else ""
        return paragraph(
            (f"{mode_sign(job.noop).text} of {job.environment}{owner}", STRONG), f"\non {self.where}."
        )


class StopDialog(Dialog[bool]):
    """Stop this job? Starts on Cancel, and takes no keys typed ahead; True is the go-ahead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,right", "other", "Other", key_display="Left Right", id="stop.choose"),
        Binding("escape,q", "dismiss", "Cancel", id="stop.cancel"),
    ]

    DEFAULT_CSS = """
    StopDialog .buttons { height: 1; align-horizontal: center; margin: 0 0 1 0; }
    StopDialog Button { margin: 0 2; }
    """

    def __init__(self, stoppable: Stoppable) -> None:
        super().__init__(f"Stop job {stoppable.job.id}?", holds=True)
        self.add_class("-trouble")
        self._stoppable = stoppable

    def body(self) -> Iterable[Widget]:
        job, running, waiting = self._stoppable.job, self._stoppable.running, self._stoppable.waiting
        yield self._stoppable.words
        if running is None or waiting is None:
            yield paragraph("Its nodes are not known yet. Those that run will finish; no others will start.")
        else:
            finish = "it finishes" if running == 1 else "they finish"
            yield paragraph(
                f"{nodes_are(running)} running: {finish}.\n{not_started(waiting)}"
                + ("" if job.noop else "\nWhat has been changed stays changed.")
            )
        if self._stoppable.doubt:
            yield paragraph((self._stoppable.doubt, STRONG))

    def foot(self) -> Iterable[Widget]:
        with Horizontal(classes="buttons"):
            yield Choice("Cancel", id="cancel", compact=True)
            yield Choice("Stop the job", id="stop", compact=True, variant="error")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True if self.is_armed or action != "choose" else None

    def action_other(self) -> None:
        self.focus_next(Button)

    def action_choose(self) -> None:
        if isinstance(self.focused, Choice):
            self._answer(self.focused)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self._answer(event.button)

    def _answer(self, chosen: Button) -> None:
        if self.is_armed:
            self.dismiss(chosen.id == "stop")


class LeaveDialog(Dialog[Leaving]):
    """Ctrl-C: leave, stop the job, or stay. A second Ctrl-C leaves; the job is only ever stopped by `s`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "answer('leave')", "Leave", id="leave.leave"),
        Binding("s", "answer('stop')", "Stop the job", id="leave.stop"),
        Binding("escape,q", "dismiss", "Stay", id="leave.stay"),
    ]

    def __init__(self, job: str | None, *, can_stop: bool) -> None:
        super().__init__("Leave?")
        self._job = job
        self._can_stop = can_stop

    def body(self) -> Iterable[Widget]:
        if self._job is None:
            yield paragraph("Jobs on the server run on without this program.")
        else:
            yield paragraph(
                f"Job {self._job} runs on without this program: ", ("leaving does not stop it.", STRONG)
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._can_stop or parameters != ("stop",)

    def action_answer(self, answer: Leaving) -> None:
        self.dismiss(answer)


def nodes_are(count: int) -> str:
    """`1 node is`, `2,000 nodes are`."""
    return f"{count_words(count, 'node')} {'is' if count == 1 else 'are'}"


def not_started(count: int) -> str:
    """What a stop means for nodes that have not started."""
    return f"{nodes_are(count)} not started: {'it never will be' if count == 1 else 'they never will be'}."
