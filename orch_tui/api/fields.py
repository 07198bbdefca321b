"""Field types that forgive: whatever a server sends, a field is a value of its type or None.

All text becomes safe to show here, on its way in.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from orch_tui.plain import plain

Made = TypeVar("Made", covariant=True)

_ID = re.compile(r"[0-9]{1,18}")
_DATE = re.compile(r"[0-9]{4}-")


def _or_none(value: object, handler: ValidatorFunctionWrapHandler) -> object:
    try:
        return handler(value)
    except ValidationError:
        return None


def utc(moment: datetime) -> datetime:
    """`moment` in UTC; one without a zone is that already: all recordings are.

    Raises:
        ValueError: Its zone leads out of the calendar.
    """
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("a zone that leads out of the calendar") from None


def _only_iso(value: object) -> object:
    """Keep pydantic from reading numbers as seconds since 1970: no release sends those."""
    return value if isinstance(value, str) and _DATE.match(value) else None


tolerant = WrapValidator(_or_none)
Text = Annotated[str | None, AfterValidator(lambda text: text and plain(text)), tolerant]
Name = Annotated[str, AfterValidator(plain), Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Number = Annotated[Count | None, tolerant]
Flag = Annotated[bool | None, tolerant]
Time = Annotated[
    datetime | None,
    AfterValidator(lambda moment: moment and utc(moment)),
    BeforeValidator(_only_iso),
    tolerant,
]


def identifier(value: object) -> str | None:
    """`value` as a job or event id: digits only, whatever type it came as; None if it is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if _ID.fullmatch(text) else None


class Wire(BaseModel):
    """One JSON object of the API; keys that we do not know are passed over."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True)


Many = Annotated[tuple[Any, ...], BeforeValidator(lambda value: value if isinstance(value, list) else [])]
"""A list whose items are read one by one, so that a bad one costs only itself."""


class Readable(Protocol[Made]):
    """A wire model that knows what it stands for."""

    @classmethod
    def model_validate(cls, obj: object) -> Self: ...

    def to_domain(self) -> Made: ...


def read_items(items: Iterable[object], model: type[Readable[Made]]) -> tuple[tuple[Made, ...], int]:
    """Each readable one of `items` as a domain value, and how many were not readable."""
    good: list[Made] = []
    bad = 0
    for item in items:
        try:
            good.append(model.model_validate(item).to_domain())
        except ValueError:  # pydantic's ValidationError is one
            bad += 1
    return tuple(good), bad
