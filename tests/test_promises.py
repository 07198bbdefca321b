"""The page of promises names the tests that there are."""

from docs.make_promises import PAGE, page


def test_the_page_is_what_the_tests_hold() -> None:
    assert PAGE.read_text() == page()
