"""Write the table of releases into the README: `python docs/make_releases_table.py` (a test says when to)."""

from collections.abc import Iterator
from pathlib import Path

from orch_tui.domain.capabilities import RELEASES, Capabilities, Feature, Option
from orch_tui.domain.deploy import scope_kinds
from orch_tui.domain.scope import ScopeKind
from orch_tui.simulator import DIALECTS
from orch_tui.simulator.facts import Place

README = Path(__file__).parent.parent / "README.md"

_BEGIN = "<!-- releases: made by docs/make_releases_table.py -->\n"
_END = "<!-- end of releases -->\n"

_LETTERS = {ScopeKind.APPLICATION: "A", ScopeKind.NODES: "N", ScopeKind.QUERY: "Q", ScopeKind.NODE_GROUP: "G"}
_HEADS = (
    *("release", "environments", "scope", "described", "options"),
    *("pages", "inventory", "force", "at once"),
)
_NEWEST = "current"
"""As the simulator calls the newest release."""


def table() -> str:
    """What is between the marks: a row for each release that changed something, and when each option came."""
    rows = [_HEADS, *(_row(release) for release in RELEASES)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    rule = " | ".join("-" * width for width in widths)
    return "".join(f"| {line} |\n" for line in (lines[0], rule, *lines[1:])) + f"\n{_options()}\n"


def page(text: str) -> str:
    """`text`, the README, with the table as it should be."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table()}\n{_END}{after}"


def _row(release: str) -> tuple[str, ...]:
    server = Capabilities.of_release(release)
    # Not a matter of the domain: whoever lists environments is asked, and a 404 goes to the next.
    listed = "GET/environments" in DIALECTS.get(release, DIALECTS[_NEWEST])[Place.ENDPOINT]
    return (
        release,
        _mark(listed),
        " ".join(letter for kind, letter in _LETTERS.items() if kind in scope_kinds(server)),
        _mark(server.has(Feature.DESCRIPTIONS)),
        str(len(server.options) or "-"),
        _mark(server.has(Feature.PAGES)),
        _mark(server.has(Feature.INVENTORY)),
        _mark(server.has(Feature.FORCE)),
        "8" if server.has(Feature.LIMITED) else "all",
    )


def _mark(has: bool) -> str:
    return "yes" if has else "-"


def _options() -> str:
    came = "\n".join(f"- {release}: {', '.join(f'`{o}`' for o in new)}" for release, new in _new_options())
    return f"The options of a run came with\n\n{came}"


def _new_options() -> Iterator[tuple[str, tuple[Option, ...]]]:
    known: tuple[Option, ...] = ()
    for release in RELEASES:
        options = Capabilities.of_release(release).options
        if new := tuple(option for option in options if option not in known):
            yield release, new
        known = options


if __name__ == "__main__":
    README.write_text(page(README.read_text()))
