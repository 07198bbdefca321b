"""The palette: finds commands, environments, jobs and themes by their names."""

from collections.abc import Callable, Iterable, Iterator

from textual.app import SystemCommand
from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.fuzzy import FuzzySearch
from textual.screen import Screen

from orch_tui.domain.job import Job
from orch_tui.ui.text import MUTED, job_sign, joined, mode_sign, one_line

ASKS = "Search for a command, environment, job or theme"

_MOVES = {"table", "details", "choice", "field"}
_TURNS = {
    "app.palette",
    "environments.next-pane",
    "rollout.next-tab",
    "rollout.previous-tab",
    "deploy.next-field",
    "deploy.previous-field",
}
"""Keys by which one moves about: nobody looks for them by name."""


class Finder(Provider):
    """Searches the app's `get_system_commands`, one line each. Textual's own reads their names as markup, and
    the name of an environment may hold any."""

    async def discover(self) -> Hits:
        commands = (command for command in self.app.get_system_commands(self.screen) if command.discover)
        for command in sorted(commands, key=lambda command: command.title):
            yield DiscoveryHit(_line(command), command.callback, text=command.title)

    async def search(self, query: str) -> Hits:
        fuzzy = FuzzySearch()
        for command in self.app.get_system_commands(self.screen):
            score, places = fuzzy.match(query, command.title)
            if score > 0:
                line = _line(command)
                for place in places:
                    line = line.stylize("bold underline", place, place + 1)
                yield Hit(score, line, command.callback, text=command.title)


def _line(command: SystemCommand) -> Content:
    return Content.assemble(command.title, (f"  {command.help}", MUTED))


def commands(
    screen: Screen[object], run: Callable[[str, DOMNode], object], shown: Callable[[Binding], str]
) -> Iterator[SystemCommand]:
    """The commands that work on `screen` now, by the names of their bindings."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        name, words, action = active.binding.id, active.binding.description, active.binding.action
        is_command = name is not None and name not in _TURNS and name.split(".")[0] not in _MOVES
        if active.enabled and is_command and words and action not in seen:
            seen.add(action)
            yield SystemCommand(words, shown(active.binding), lambda a=action, node=active.node: run(a, node))


def environments(names: Iterable[str], see: Callable[[str], object]) -> Iterator[SystemCommand]:
    """Each environment, to see its jobs."""
    for name in names:
        yield SystemCommand(f"Environment {name}", "", lambda name=name: see(name), discover=False)


def jobs(known: Iterable[Job], watch: Callable[[str], object]) -> Iterator[SystemCommand]:
    """Each job that was read, to watch it."""
    for job in known:
        facts = joined(
            [job_sign(job).label.strip(), mode_sign(job.noop).text, job.owner, one_line(job.description)]
        )
        yield SystemCommand(
            f"Job {job.id} {job.environment}", facts, lambda number=job.id: watch(number), discover=False
        )


def themes(names: Iterable[str], choose: Callable[[str], object]) -> Iterator[SystemCommand]:
    """Each theme, to have it at once."""
    for name in names:
        yield SystemCommand(f"Theme {name}", "", lambda name=name: choose(name), discover=False)
