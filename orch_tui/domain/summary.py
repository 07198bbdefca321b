"""What all nodes of a rollout come to in sum."""

from collections import Counter
from collections.abc import Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from orch_tui.domain.node import Metrics, Node, NodeState

_STEP = 2000


@dataclass(frozen=True, slots=True)
class Summary:
    """Sums over the nodes whose reports are in.

    Attributes:
        reports: How many those are.
        resources: Their counts of resources, added up.
        report_url: The link to one of the reports, where there are links.
        typical: The median of the whole seconds that runs took which ended well; None before any has.
    """

    reports: int = 0
    resources: Metrics = field(default_factory=Metrics)
    report_url: str = ""
    typical: int | None = None


def summing(nodes: Sequence[Node], gone: Collection[int]) -> Generator[None, None, Summary]:
    """The sums over all nodes that are not `gone`, in steps of some milliseconds."""
    names = [one.name for one in fields(Metrics)]
    sums = [0] * len(names)
    reports, report_url, took = 0, "", Counter[int]()
    for place, node in enumerate(nodes):
        if place % _STEP == _STEP - 1:
            yield
        if place in gone:
            continue
        if node.metrics is not None:
            reports += 1
            for number, name in enumerate(names):
                sums[number] += getattr(node.metrics, name)
        report_url = report_url or node.report_url
        if node.state is NodeState.FINISHED and (seconds := node.took) is not None:
            took[int(seconds)] += 1
    return Summary(reports, Metrics(**dict(zip(names, sums, strict=True))), report_url, _median(took))


def _median(counts: Mapping[int, int]) -> int | None:
    """The median of values that are so many each, the lower one of two: nothing large is sorted."""
    half = (sum(counts.values()) + 1) // 2
    for value in sorted(counts):
        half -= counts[value]
        if half <= 0:
            return value
    return None
