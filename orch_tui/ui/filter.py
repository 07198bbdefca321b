"""The one grammar of filters: words, `/regex/` and `key:value`, each with `!` for its contrary."""

import re
from collections.abc import Callable, Mapping
from typing import ParamSpec

P = ParamSpec("P")
Found = Callable[[str], object]
"""Whether something is in a text."""


def filter_tests(
    text: str,
    anywhere: Callable[[Found], Callable[P, bool]],
    keys: Mapping[str, Callable[[str], Callable[P, bool]]],
) -> list[Callable[P, bool]]:
    """The tests that a thing has to pass to be listed.

    Args:
        text: The filter as typed.
        anywhere: Makes a test of whether something is in any of a thing's texts.
        keys: Makes, for each key, the test of a value, which comes in small letters.

    Raises:
        re.error: A regular expression is none.
    """
    # What stands between slashes may have spaces in it.
    terms = re.findall(r"!?/(?:[^/\\]|\\.)*/|\S+", text)
    return [_test(term, anywhere, keys) for term in terms]


def all_of(tests: list[Callable[P, bool]]) -> Callable[P, bool] | None:
    """The test that all `tests` are; None where there are none."""
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda *thing, **named: all(test(*thing, **named) for test in tests)


def _test(
    term: str,
    anywhere: Callable[[Found], Callable[P, bool]],
    keys: Mapping[str, Callable[[str], Callable[P, bool]]],
) -> Callable[P, bool]:
    if term.startswith("!") and len(term) > 1:
        contrary = _test(term[1:], anywhere, keys)
        return lambda *thing, **named: not contrary(*thing, **named)
    key, colon, value = term.partition(":")
    if colon and key in keys:
        return keys[key](value.casefold())
    if len(term) > 2 and term.startswith("/") and term.endswith("/"):
        return anywhere(re.compile(term[1:-1], re.IGNORECASE).search)
    word = term.casefold()
    return anywhere(lambda text: word in text.casefold())
