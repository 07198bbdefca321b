"""What a server can do is what all releases can that it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.domain.capabilities import RELEASES, Capabilities, Feature, Option

STEPS = st.lists(st.tuples(st.booleans(), st.sampled_from(RELEASES)), max_size=6)


@given(STEPS, st.sampled_from([*Feature, *Option]))
def test_no_answer_leaves_a_server_that_is_no_release(
    steps: list[tuple[bool, str]], what: Feature | Option
) -> None:
    server = Capabilities()
    for is_since, release in steps:
        narrowed = server.since(release) if is_since else server.before(release)
        assert narrowed.agrees_with(server)
        server = narrowed
    could_be = [Capabilities.of_release(each) for each in RELEASES[server.oldest : server.newest + 1]]
    assert server.has(what) == all(each.has(what) for each in could_be)
    assert server.may_have(what) == any(each.has(what) for each in could_be)
    assert server.words


@pytest.mark.parametrize(
    ("release", "like"),
    [
        *(("2015.3", "2016.2"), ("2016.2", "2016.2"), ("2017.1", "2016.5"), ("2019.7", "2018.1")),
        *(("2019.8.4", "2019.8.3"), ("2019.8", "2018.1"), ("2021.5", "2019.8.5"), ("2023.8", "2021.7")),
        *(("2025.2", "2025"), ("current", "2025")),
    ],
)
def test_a_release_in_between_is_as_the_one_before_it(release: str, like: str) -> None:
    assert Capabilities.of_release(release) == Capabilities.of_release(like)


def test_it_can_be_said_which_releases_a_server_may_be() -> None:
    assert Capabilities().since("2017.3").words == "2017.3 or later"
    assert Capabilities().since("2018.1").before("2019.8.5").words == "2018.1 or later, but before 2019.8.5"
