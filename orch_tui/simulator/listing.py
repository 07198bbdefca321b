"""GET /jobs: which jobs, in which order, and the `pagination` that tells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from orch_tui.simulator.dialect import Dialect
from orch_tui.simulator.errors import Invalid, Json
from orch_tui.simulator.job import Job

_ORDERS: Mapping[str, Callable[[Job], tuple[object, ...]]] = MappingProxyType(
    {
        "owner": lambda job: (job.owner.login, job.number),
        "timestamp": lambda job: (job.changed, job.number),
        "environment": lambda job: (job.order.environment, job.number),
        "name": lambda job: (job.number,),  # as numbers: whether as text is unknown
        "state": lambda job: (job.state, job.number),
    }
)


def whole_number(key: str, text: str) -> int:
    """A count or an id from a path or a query string."""
    if not (text.isascii() and text.isdigit()):
        raise Invalid(key, f"{text!r} is not an integer")
    return int(text)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of all jobs was asked for; defaults are the documented ones where there are any."""

    limit: int | None = None
    """None = all: no default is documented."""
    offset: int = 0
    order_by: str = "timestamp"
    order: str = "asc"

    @classmethod
    def asked(cls, dialect: Dialect, query: Mapping[str, str]) -> "Page":
        """Parameters that a release does not know are ignored (invented)."""
        limit = whole_number("limit", query["limit"]) if "limit" in query else None
        if not dialect.paging:
            # "Only the most recent n": before `order` came, newest first.
            return cls(limit, order="desc")
        order_by, order = query.get("order_by", "timestamp"), query.get("order", "asc")
        if order_by not in _ORDERS:
            raise Invalid("order_by", f"{order_by!r} is none of {', '.join(_ORDERS)}")
        if order not in ("asc", "desc"):
            raise Invalid("order", f"{order!r} is neither asc nor desc")
        return cls(limit, whole_number("offset", query.get("offset", "0")), order_by, order)

    def of(self, jobs: Iterable[Job]) -> Sequence[Job]:
        ordered = sorted(jobs, key=_ORDERS[self.order_by], reverse=self.order == "desc")
        return ordered[self.offset : None if self.limit is None else self.offset + self.limit]

    def pagination(self, dialect: Dialect, total: int) -> Json:
        whole: Json = {
            "limit": self.limit,
            "offset": self.offset,
            "total": total,
            "order": self.order,
            "order_by": self.order_by,
            "type": "",
        }
        return {key: whole[key] for key in dialect.pagination}
