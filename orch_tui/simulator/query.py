"""As much of PuppetDB's query languages as a rehearsal needs, over the nodes of the fleet.

PQL: `nodes[certname] { certname ~ "^web-" and not facts.role = "db" }`, with `and`, `or`, `in` and brackets.
AST: `["from", "nodes", ["~", "certname", "^web-"]]`, with `extract` too. Anything else is taken for a
mistake, as PuppetDB takes most of it. PQL is made into AST, so that both mean the same.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NoReturn

from orch_tui.simulator.node import Node

Match = Callable[[Node], bool]

_FIELDS: Mapping[str, Callable[[Node], object]] = MappingProxyType(
    {
        "certname": lambda node: node.name,
        "catalog_environment": lambda node: node.environment,
        "facts_environment": lambda node: node.environment,
        "report_environment": lambda node: node.environment,
        "deactivated": lambda _: None,
        "expired": lambda _: None,
    }
)
"""Of the nodes entity."""
_FACTS: Mapping[str, Callable[[Node], object]] = MappingProxyType(
    {
        "facts.role": lambda node: node.role,
        "facts.agent_specified_environment": lambda node: node.environment,
        "trusted.certname": lambda node: node.name,
        "trusted.extensions.pp_role": lambda node: node.role,
    }
)
"""What can be asked for, but is not told unless it is."""
_ENTITIES = ("nodes", "inventory")
_OPERATORS = ("=", "!=", "~", "!~")
_TOKEN = re.compile(
    r"""\s*(?: (?P<text> "[^"]*" | '[^']*' ) | (?P<word> \w[\w.]* ) | (?P<sign> != | !~ | [][(){},=~!] )
      | (?P<end> $ ) | (?P<nothing> . ) )""",
    re.VERBOSE | re.DOTALL,
)


class QueryError(ValueError):
    """This is not a query that we understand; the text is in PuppetDB's words."""


@dataclass(frozen=True, slots=True)
class Query:
    fields: tuple[str, ...]
    """Which to tell of each node."""
    matches: Match

    def row(self, node: Node) -> dict[str, object]:
        return {field: _reader(field)(node) for field in self.fields}


def compile_query(query: object) -> Query:
    """A PQL string, or AST that begins with `from`.

    Raises:
        QueryError: It is neither.
    """
    match _Pql(query).query() if isinstance(query, str) else query:
        case ["from", str(entity)] if entity in _ENTITIES:
            return Query(tuple(_FIELDS), lambda node: True)
        case ["from", str(entity), ["extract", fields, *conditions]] if (
            entity in _ENTITIES and len(conditions) < 2
        ):
            names = tuple(map(str, fields if isinstance(fields, list) else [fields]))
            for name in names:
                _reader(name)  # raises for what we do not know
            return Query(names, _condition(conditions[0]) if conditions else lambda node: True)
        case ["from", str(entity), condition] if entity in _ENTITIES:
            return Query(tuple(_FIELDS), _condition(condition))
    raise QueryError(f"Query is not understood: {query}")


def _condition(condition: object) -> Match:
    match condition:
        case ["and", *operands]:
            every = [_condition(operand) for operand in operands]
            return lambda node: all(match(node) for match in every)
        case ["or", *operands]:
            some = [_condition(operand) for operand in operands]
            return lambda node: any(match(node) for match in some)
        case ["not", operand]:
            match = _condition(operand)
            return lambda node: not match(node)
        case ["=", field, value]:
            read = _reader(field)
            return lambda node: read(node) == value
        case ["in", field, ["array", list(values)]]:
            read = _reader(field)
            return lambda node: read(node) in values
        case ["~", field, str(value)]:
            read, pattern = _reader(field), _pattern(value)
            return lambda node: pattern.search(str(read(node))) is not None
    raise QueryError(f"Query condition is not understood: {condition}")


def _reader(field: object) -> Callable[[Node], object]:
    """AST writes facts as `["fact", "role"]` and trusted facts as paths; PQL has dots."""
    match field:
        case ["fact", str(name)]:
            field = f"facts.{name}"
        case ["trusted", *path]:
            field = ".".join(("trusted", *map(str, path)))
    reader = (_FIELDS.get(field) or _FACTS.get(field)) if isinstance(field, str) else None
    if reader is None:
        raise QueryError(f"Can't query on field {field!r}")
    return reader


def _pattern(value: str) -> re.Pattern[str]:
    try:
        return re.compile(value)
    except re.error:
        raise QueryError(f"invalid regular expression: {value}") from None


class _Pql:
    """A parser that gives AST. Each method takes its part from the front of what is left."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def query(self) -> list[object]:
        entity = self._word("nodes", "inventory")
        fields = self._fields() if self._takes("[") else None
        self._need("{")
        condition = None if self._takes("}") else self._or()
        if condition:
            self._need("}")
        self._end()
        tail = [condition] if condition else []
        return ["from", entity, *([["extract", fields, *tail]] if fields else tail)]

    def _fields(self) -> list[object]:
        fields: list[object] = [self._word()]
        while self._takes(","):
            fields.append(self._word())
        self._need("]")
        return fields

    def _or(self) -> list[object]:
        operands = [self._and()]
        while self._takes("or"):
            operands.append(self._and())
        return operands[0] if len(operands) == 1 else ["or", *operands]

    def _and(self) -> list[object]:
        operands = [self._not()]
        while self._takes("and"):
            operands.append(self._not())
        return operands[0] if len(operands) == 1 else ["and", *operands]

    def _not(self) -> list[object]:
        if self._takes("not") or self._takes("!"):
            return ["not", self._not()]
        if self._takes("("):
            inner = self._or()
            self._need(")")
            return inner
        field = self._word()
        if self._takes("in"):
            self._need("[")
            values: list[object] = [self._value()]
            while self._takes(","):
                values.append(self._value())
            self._need("]")
            return ["in", field, ["array", values]]
        for operator in _OPERATORS:
            if self._takes(operator):
                plain: list[object] = [operator.removeprefix("!"), field, self._value()]
                return ["not", plain] if operator.startswith("!") else plain
        return self._expected(*_OPERATORS, "in")

    def _next(self) -> re.Match[str]:
        token = _TOKEN.match(self._text, self._at)
        assert token is not None  # its last branch takes anything
        return token

    def _takes(self, wanted: str) -> bool:
        token = self._next()
        if wanted not in (token["word"], token["sign"]):
            return False
        self._at = token.end()
        return True

    def _need(self, wanted: str) -> None:
        if not self._takes(wanted):
            self._expected(wanted)

    def _word(self, *known: str) -> str:
        token = self._next()
        word = token["word"]
        if word is None or (known and word not in known):
            return self._expected(*(known or ("field",)))
        self._at = token.end()
        return word

    def _value(self) -> object:
        token = self._next()
        if token["text"] is None:
            return self._expected("string")
        self._at = token.end()
        return token["text"][1:-1]

    def _end(self) -> None:
        if self._next()["end"] is None:
            self._expected("end of input")

    def _expected(self, *wanted: str) -> NoReturn:
        """As PuppetDB says it (recorded as far as the blank line), with a mark below the place."""
        before = self._text[: self._at]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        shown = self._text.splitlines()[line - 1 : line] or [""]
        raise QueryError(
            f"PQL parse error at line {line}, column {column}:\n\n{shown[0]}\n{' ' * (column - 1)}^\n\n"
            f"Expected one of:\n\n" + "\n".join(wanted)
        )
