"""Every key there is, and whether other ones that somebody wants can work."""

import re
import unicodedata
from collections.abc import Mapping

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from orch_tui.ui.dialogs.base import Dialog
from orch_tui.ui.dialogs.choice import LeaveDialog, StopDialog
from orch_tui.ui.dialogs.copy import CopyDialog, LinkDialog
from orch_tui.ui.dialogs.details import DetailsDialog
from orch_tui.ui.dialogs.force_stop import ForceStopDialog
from orch_tui.ui.dialogs.job_number import JobNumberDialog
from orch_tui.ui.dialogs.problem import ProblemDialog
from orch_tui.ui.dialogs.rerun import RerunDialog
from orch_tui.ui.dialogs.review import ReviewDialog
from orch_tui.ui.dialogs.save import SaveDialog
from orch_tui.ui.dialogs.sign_in import SignInDialog
from orch_tui.ui.dialogs.unsettled import UnsettledDialog
from orch_tui.ui.dialogs.which_job import WhichJobDialog
from orch_tui.ui.screens.base import CockpitScreen
from orch_tui.ui.screens.deploy import DeployScreen
from orch_tui.ui.screens.environments import EnvironmentsScreen
from orch_tui.ui.screens.job import JobScreen
from orch_tui.ui.screens.rollout import RolloutScreen
from orch_tui.ui.screens.takeaway import TakeawayScreen
from orch_tui.ui.terminal.app import TerminalApp
from orch_tui.ui.widgets.cause_pane import CausePane
from orch_tui.ui.widgets.form import ChoiceInput, OneOf, Tick
from orch_tui.ui.widgets.job_pane import JobPane
from orch_tui.ui.widgets.line_table import LineTable
from orch_tui.ui.widgets.node_pane import NodePane
from orch_tui.ui.widgets.rollout_tabs import RolloutTabs

_OWNERS: tuple[type[DOMNode], ...] = (
    TerminalApp,
    CockpitScreen,
    EnvironmentsScreen,
    DeployScreen,
    JobScreen,
    RolloutScreen,
    TakeawayScreen,
    RolloutTabs,
    LineTable,
    NodePane,
    CausePane,
    JobPane,
    ChoiceInput,
    OneOf,
    Tick,
    Dialog,
    SignInDialog,
    ReviewDialog,
    StopDialog,
    ForceStopDialog,
    RerunDialog,
    LeaveDialog,
    ProblemDialog,
    UnsettledDialog,
    WhichJobDialog,
    JobNumberDialog,
    DetailsDialog,
    CopyDialog,
    LinkDialog,
    SaveDialog,
)

# The first halves of the ids of commands that work at the same time.
_TOGETHER = (
    {"app", "screen", "table", "environments"},
    {"app", "screen", "table", "nodes", "rollout"},
    {"app", "screen", "table", "causes", "rollout"},
    {"app", "screen", "details", "rollout"},
    {"app", "deploy", "field", "choice"},
    {"app", "dialog", "review"},
    {"app", "dialog", "stop"},
    {"app", "dialog", "force-stop"},
    {"app", "dialog", "table", "rerun"},
    {"app", "dialog", "leave"},
    {"app", "dialog", "problem"},
    {"app", "dialog", "text"},
    {"app", "dialog", "unsettled"},
    {"app", "dialog", "table", "which-job"},
    {"app", "dialog", "job-number"},
    {"app", "dialog", "table", "copy"},
    {"app", "dialog", "link"},
    {"app", "dialog", "save"},
)

_PLACES = {
    "app": "everywhere",
    "screen": "everywhere",
    "environments": "at home",
    "rollout": "in a job: Enter opens one",
    "nodes": "in the list of a job's nodes",
    "causes": "in the failures of a job",
}
"""Where the commands with this first half of their ids work."""
_NOT_NOW = {
    "screen.explain": "There is nothing to explain: what is shown is up to date.",
    "app.sign-in": "There is no need to sign in: the server takes the token.",
}
_CHANGING = {"environments.deploy", "rollout.stop", "rollout.force-stop", "rollout.rerun"}

_KEY = re.compile(r"(?:(?:ctrl|shift|alt)\+)*(?P<key>[a-z0-9_]+|\S)")


class Misplaced:
    """Tells of keys that do nothing where they were pressed.

    Args:
        app: Whose commands there are besides those of the screens.
        wanted: Other keys for commands, by id.
    """

    def __init__(self, app: type[DOMNode], wanted: Mapping[str, str]) -> None:
        self._commands = [
            (name, wanted.get(name, binding.key).split(","), binding.description)
            for name, binding in commands(app).items()
        ]

    def why(self, key: str, where: str, *, is_read_only: bool) -> str:
        """In words, why `key` does nothing `where`, the first half of the ids of its commands; empty for a
        key that has no command anywhere."""
        for command, keys, words in self._commands:
            place = command.split(".")[0]
            if key not in keys or place not in _PLACES:
                continue
            if command in _CHANGING and is_read_only:
                return "This profile is read-only: nothing is deployed or stopped."
            elsewhere = "" if place == where else f" It works {_PLACES[place]}."
            return _NOT_NOW.get(command) or f"{words}: not here and now.{elsewhere}"
        return ""


def commands(app: type[DOMNode]) -> dict[str, Binding]:
    """Every command that can have other keys, by id; of two bindings with one id, the first."""
    found: dict[str, Binding] = {}
    for binding in (binding for owner in (app, *_OWNERS) for binding in owner.BINDINGS):
        if isinstance(binding, Binding) and binding.id is not None:
            found.setdefault(binding.id, binding)
    return found


def default_keys(app: type[DOMNode]) -> dict[str, str]:
    """The keys that each command has, by its id."""
    return {name: binding.key for name, binding in commands(app).items()}


def key_fault(wanted: Mapping[str, str], defaults: Mapping[str, str]) -> str:
    """What is wrong with the keys that somebody wants, in one line; empty when all can work."""
    for command, keys in wanted.items():
        if command not in defaults:
            return f"{command}: no such command; `orch-tui config --example` lists them all"
        for key in keys.split(","):
            if not _is_key(key):
                return f'{command}: {key!r} is no key; write x, X, f5, "ctrl+x" or "question_mark"'
    final = {**defaults, **wanted}
    for command in wanted:
        for other in final:
            is_other = other != command and _meet(command, other) and not _share(defaults, command, other)
            if is_other and (shared := _share(final, command, other)):
                return f"{command}: {min(shared)} is a key of {other} too"
    return ""


def _is_key(key: str) -> bool:
    matched = _KEY.fullmatch(key)
    if matched is None:
        return False
    name = matched["key"]
    named = {*(known.value for known in Keys), *KEY_NAME_REPLACEMENTS.values()}
    if len(name) == 1 or name in named:
        return True
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return True


def _meet(one: str, other: str) -> bool:
    return any({one.split(".")[0], other.split(".")[0]} <= group for group in _TOGETHER)


def _share(keys: Mapping[str, str], one: str, other: str) -> set[str]:
    return set(keys[one].split(",")) & set(keys[other].split(","))
