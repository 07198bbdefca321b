"""How one release speaks: all facts that hold for it, by place."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from orch_tui.simulator.facts import FACTS, RELEASES, Place, Trait

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """`dialect[place]` are the names that its release knows there."""

    release: str
    _names: Mapping[Place, Keys]

    def __getitem__(self, place: Place) -> Keys:
        return self._names[place]

    def has(self, trait: Trait) -> bool:
        return trait.name in self._names[Place.TRAIT]


def _dialect(release: str) -> Dialect:
    names: dict[Place, Keys] = dict.fromkeys(Place, ())
    for fact in FACTS:
        first, last = RELEASES.index(fact.since), RELEASES.index(fact.until)
        if first <= RELEASES.index(release) <= last:
            names[fact.place] += fact.names
    return Dialect(release, MappingProxyType(names))


DIALECTS: Mapping[str, Dialect] = MappingProxyType({release: _dialect(release) for release in RELEASES})
