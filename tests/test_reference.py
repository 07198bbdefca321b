"""The pages of settings and keys say what the code says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from docs.make_reference import PAGES


@pytest.mark.parametrize(("file", "page"), PAGES.items(), ids=lambda one: getattr(one, "stem", ""))
def test_the_page_is_what_the_code_says(file: Path, page: Callable[[], str]) -> None:
    assert file.read_text() == page()
