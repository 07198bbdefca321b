"""As much of PuppetDB's query languages as a rehearsal needs: certnames by `=` and `~`, `and`, `or`.

PQL: `nodes[certname] { certname ~ "^web-" }`. AST: `["~", "certname", "^web-"]`, also within
`["from", "nodes", ...]`. Anything else is taken for a mistake, as PuppetDB takes most of it.
"""

import re
from collections.abc import Callable

Match = Callable[[str], bool]
"""Whether a certname is meant."""

_PQL = re.compile(
    r"\s*(?:nodes|inventory)\s*(?:\[\s*certname\s*\])?\s*\{\s*(?P<condition>.*?)\s*\}\s*", re.DOTALL
)
_CLAUSE = re.compile(r"""certname\s*(?P<operator>=|~)\s*(?P<quote>['"])(?P<value>.*?)(?P=quote)""")


class QueryError(ValueError):
    """This is not a query that we understand."""


def compile_query(query: object) -> Match:
    if isinstance(query, str):
        return _pql(query)
    if isinstance(query, list) and query[:2] == ["from", "nodes"] and len(query) == 3:
        return _ast(query[2])
    return _ast(query)


def _pql(query: str) -> Match:
    found = _PQL.fullmatch(query)
    if not found:
        raise QueryError(query)
    if not found["condition"]:
        return lambda certname: True
    alternatives = [
        [_pql_clause(clause) for clause in re.split(r"\s+and\s+", alternative)]
        for alternative in re.split(r"\s+or\s+", found["condition"])
    ]
    return lambda certname: any(all(match(certname) for match in matches) for matches in alternatives)


def _pql_clause(clause: str) -> Match:
    found = _CLAUSE.fullmatch(clause)
    if not found:
        raise QueryError(clause)
    return _comparison(found["operator"], found["value"])


def _ast(query: object) -> Match:
    match query:
        case ["and", *operands]:
            every = [_ast(operand) for operand in operands]
            return lambda certname: all(match(certname) for match in every)
        case ["or", *operands]:
            some = [_ast(operand) for operand in operands]
            return lambda certname: any(match(certname) for match in some)
        case ["=" | "~" as operator, "certname", str(value)]:
            return _comparison(operator, value)
    raise QueryError(query)


def _comparison(operator: str, value: str) -> Match:
    if operator == "=":
        return lambda certname: certname == value
    try:
        pattern = re.compile(value)
    except re.error as broken:
        raise QueryError(value) from broken
    return lambda certname: pattern.search(certname) is not None
