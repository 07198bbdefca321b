"""Values made from JSON by name: a table of frozen dataclasses is all there is to say about them."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from orch_tui.simulator.errors import Invalid, Json

Kind = type[Any]
"""A frozen dataclass. The first line of its docstring tells what it does; its fields are its parameters."""
Table = Mapping[str, Kind]


def table(*kinds: Kind) -> Table:
    """`kinds` by name: `CutBody` is `cut-body`."""
    return MappingProxyType({re.sub(r"\B(?=[A-Z])", "-", kind.__name__).lower(): kind for kind in kinds})


def made(what: str, kinds: Table, values: Mapping[str, object]) -> Any:
    """The value that `values` describe: `values[what]` is its name, the rest its parameters.

    Raises:
        Invalid: There is nothing of this name, or a parameter is missing, unknown, or of the wrong sort.
    """
    name = values.get(what)
    if not isinstance(name, str) or name not in kinds:
        raise Invalid(what, f"{name!r} is none of {', '.join(kinds)}")
    return filled(kinds[name], {key: value for key, value in values.items() if key != what})


def filled(kind: Kind, values: Mapping[str, object]) -> Any:
    """A value of this kind.

    Raises:
        Invalid: A parameter is missing, unknown, or of the wrong sort.
    """
    known = {field.name: field for field in fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise Invalid(key, f"no such parameter; there are {', '.join(known) or 'none'}")
        _check(key, value, known[key].type)
    for key, field in known.items():
        if field.default is MISSING and key not in values:
            raise Invalid(key, "missing")
    try:
        return kind(**values)
    except ValueError as error:
        raise Invalid("value", str(error)) from None


def described(what: str, kinds: Table) -> list[Json]:
    """One object a kind: its name, what it does, its parameters with their defaults (null: give one)."""
    return [
        {what: name, "does": line(kind), "parameters": {f.name: _default(f) for f in fields(kind)}}
        for name, kind in kinds.items()
    ]


def line(kind: Kind) -> str:
    """What a kind does, in one line."""
    return (kind.__doc__ or "").partition("\n")[0]


def _default(field: Field[Any]) -> object:
    return None if field.default is MISSING else field.default


def _check(key: str, value: object, sort: Any) -> None:
    if get_origin(sort) is Literal:
        if value not in get_args(sort):
            raise Invalid(key, f"{value!r} is none of {', '.join(get_args(sort))}")
        return
    if sort is float:
        sort = int | float
    # To Python a bool is an int.
    if sort is not object and (isinstance(value, bool) != (sort is bool) or not isinstance(value, sort)):
        raise Invalid(key, f"{value!r} will not do")
