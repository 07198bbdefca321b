"""What the palette finds by names: commands, environments, jobs and themes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from orch_tui.domain.job import Job
from orch_tui.ui.text import job_sign, joined, mode_sign, one_line

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

_AS_IN_VI = {"environments.quit": "q", "rollout.back": "q", "deploy.back": "q", "rollout.save": "w"}


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be found and done.

    Attributes:
        words: Its name, by which it is found.
        facts: What else is said of it.
        do: Does it.
        is_listed: Whether it is offered before anything is typed, too.
        typed: What stands for it alone, as it does in vi.
    """

    words: str
    facts: str
    do: Callable[[], object]
    is_listed: bool = False
    typed: str = ""


def found(
    query: str, offered: Iterable[Command], save_as: Callable[[str], object] | None
) -> Sequence[Command]:
    """Those of `offered` that fit `query`: first what it stands for, then what has words that begin so.

    Args:
        save_as: Saves what is shown under a name, where that can be done: `w NAME` means nothing else.
    """
    if not query:
        return sorted((each for each in offered if each.is_listed), key=lambda each: each.words)
    verb, _, name = query.partition(" ")
    if verb == "w" and name:
        saved = partial(save_as, name) if save_as else None
        return [Command(f"Save what the tab shows as {name}", "", saved)] if saved else []
    fitting = [each for each in offered if query == each.typed or _fits(query, each.words)]
    return sorted(fitting, key=lambda each: (query != each.typed, not _begins(query, each.words)))


def _fits(query: str, words: str) -> bool:
    """Whether all words of `query` are in `words`. Letters here and there are not enough, for Enter acts."""
    return all(part in words.casefold() for part in query.casefold().split())


def _begins(query: str, words: str) -> bool:
    return f" {query}".casefold() in f" {words}".casefold()


def commands(
    screen: Screen[object], run: Callable[[str, DOMNode], object], shown: Callable[[Binding], str]
) -> Iterator[Command]:
    """The commands that work on `screen` now, by the names of their bindings."""
    seen: set[str] = set()
    for active in screen.active_bindings.values():
        name, words, action = active.binding.id, active.binding.description, active.binding.action
        is_command = name is not None and name not in _TURNS and name.split(".")[0] not in _MOVES
        if active.enabled and is_command and words and action not in seen:
            seen.add(action)
            do = partial(run, action, active.node)
            typed = _AS_IN_VI.get(name or "", "")
            yield Command(words, shown(active.binding), do, is_listed=True, typed=typed)


def environments(names: Iterable[str], see: Callable[[str], object]) -> Iterator[Command]:
    """Each environment, to see its jobs."""
    for name in names:
        yield Command(f"Environment {name}", "", partial(see, name))


def jobs(known: Iterable[Job], watch: Callable[[str], object]) -> Iterator[Command]:
    """Each job that was read, to watch it."""
    for job in known:
        facts = joined(
            [job_sign(job).label.strip(), mode_sign(job.noop).text, job.owner, one_line(job.purpose)]
        )
        yield Command(f"Job {job.id} {job.environment}", facts, partial(watch, job.id))


def themes(names: Iterable[str], choose: Callable[[str], object]) -> Iterator[Command]:
    """Each theme, to have it at once."""
    for name in names:
        yield Command(f"Theme {name}", "", partial(choose, name))
