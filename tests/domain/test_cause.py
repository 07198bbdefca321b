"""What counts as one cause: messages in Puppet's own wording, and what must not matter in any."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orch_tui.domain.cause import NODE, VARIES, cause

CORPUS = Path(__file__).parent / "corpus" / "puppet.txt"

# Text of the pieces that patterns look for, and anything else.
pieces = st.sampled_from([
    "error: ", "Error 500 on SERVER: ", "on node ", "web01", "web01.example.com", "<node>", "…", "12",
    "0x1f", "a1b2c3d", ":", "::", "-", ".", "/", "[", "]", "(", "/tmp/", "line: ", "status ",
    "one of [0, 1]", "2024-03-05", "10:11:12", "Mar 5 ", "https://", "{md5}", "1.2.3", " ", "\t", "jan",
    "K", "é", "␛[0;31m", "␛", '{"message":"', '{"kind":"x","msg":"', '\\"', "\\n", '"}', "<html>",
    "<!DOCTYPE html", "<title>", "<h1>", "</", "/Stage[main]/", "/File[a]/", "Reading package lists... ",
    "3h 20min ", "ENC[",
])  # fmt: skip
messages = st.lists(pieces | st.text(max_size=5), max_size=25).map("".join)
names = st.from_regex(r"[a-z]{1,4}-?[0-9]{1,3}(\.[a-z]{2,7}){1,2}", fullmatch=True)


def groups() -> Iterator[list[tuple[str, str]]]:
    """The nodes and messages of each cause in the corpus."""
    for group in re.split(r"\n{2,}", CORPUS.read_text("utf-8")):
        lines = [line.split(" | ", 1) for line in group.splitlines() if line and not line.startswith("#")]
        if lines:
            yield [(name, re.sub(r"\\(.)", _unescaped, message)) for name, message in lines]


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def test_what_belongs_together_is_one_cause_and_nothing_else_is() -> None:
    found: dict[str, int] = {}
    for number, group in enumerate(groups()):
        causes = {cause(message, name).casefold() for name, message in group}
        assert len(causes) == 1, causes
        assert found.setdefault(causes.pop(), number) == number
    assert len(found) > 220


def test_the_useful_sentence_remains() -> None:
    told = [cause(message, name) for group in groups() for name, message in group[:1]]
    assert told[:3] == [
        f"Could not find class ::profile::monitoring for {NODE} (file: /etc/puppetlabs/code/environments/"
        "production/site/role/manifests/base.pp, line: 4, column: 3)",
        f"Could not find class ::profile::logging for {NODE} (file: /etc/puppetlabs/code/environments/"
        "production/site/role/manifests/base.pp, line: 4, column: 3)",
        "Class[Foo]: parameter 'port' expects an Integer value, got String (file: /etc/puppetlabs/code/"
        "environments/production/manifests/site.pp, line: 12, column: 3)",
    ]
    assert {
        "not connected to the PCP broker",
        "Puppet agent was disabled",
        "Not Found: Could not find environment 'feature_x'",
        "HTTP 500 Internal Server Error",
        "HTTP 503 Service Unavailable",
        "java.lang.OutOfMemoryError: Java heap space",
        "The environment must be purely alphanumeric, not 'feature-x'",
        "Could not find declared class profile::monitor at /etc/puppet/manifests/site.pp:919",
        "Environment 'feature_x' not found on server, aborting run",
        "certificate verify failed (certificate has expired)",
        "File[/etc/cron.d/sync]/owner: Could not find user operators",
        "zypper install haproxy returned 104: No provider of 'haproxy' found",
        "apt-get -q install redis-server returned 100: E: Unable to locate package redis-server",
        "dnf install httpd returned 1: Error: Unable to find a match: httpd",
        "mount /srv/data returned 32: mount.nfs: Connection timed out",
        "Systemd start for app failed! -- No entries --",
    } <= set(told)
    assert all("on SERVER: Server Error" not in one or one.startswith("Could not send") for one in told)


@given(messages, names)
@example("on web01.example.com on node web01.example.com.", "web01.example.com")
def test_a_cause_is_its_own_cause(message: str, name: str) -> None:
    found = cause(message, name)
    assert cause(found, name) == found


@given(messages, names, names)
def test_it_does_not_matter_which_node_it_is(message: str, one: str, other: str) -> None:
    both = [message.replace("web01.example.com", f" {name} ").replace("web01", "") for name in (one, other)]
    assert cause(both[0], one).replace(other, "") == cause(both[1], other).replace(one, "")


@pytest.mark.parametrize(
    "form",
    [
        "nginx[{}]: failed",
        "held by process {} (apt)",
        "could not open port {}",
        "https://mirror.example.com:{}/repo is not there",
        "mirror.example.com:{} refused",
        "10.1.2.3:{} refused",
        "Started 2024-03-05 10:11:12.{} +0000",
        "gave up after {}s, {} ms and {}%",
        "gave up after {}.{} seconds",
        "Memory: {} M, {}KB",
        "cannot install openssl-{}.2-{}.el7",
        "lost /tmp/puppet-file{}-{}-abc",
        "transaction 0a7c8a52-93d4-4a53-8a77-7f9d7a2b1f{:02d}",
    ],
)
@given(st.integers(0, 99), st.integers(0, 99))
def test_numbers_that_vary_do_not_matter(form: str, one: int, other: int) -> None:
    first, second = (cause(form.format(*[number] * 3), "web01.example.com") for number in (one, other))
    assert first == second
    assert VARIES in first


@given(messages, names)
def test_white_space_and_case_of_letters_do_not_matter(message: str, name: str) -> None:
    message = message.encode("ascii", "ignore").decode()
    wide, plain = message.upper().replace(" ", " \n  "), message.replace(" ", " ")
    assert cause(wide, name).casefold() == cause(plain, name).casefold()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Could not find class Foo", "Could not find class Bar"),
        ("Dependency Package[php7] has failures: true", "Dependency Package[php8] has failures: true"),
        ("Could not start Service[app-1]", "Could not start Service[app-2]"),
        ("Unknown variable (line: 12)", "Unknown variable (line: 13)"),
        ("emerg in /etc/a.conf:4", "emerg in /etc/a.conf:5"),
        ("'/bin/x' returned 1 instead of one of [0]", "'/bin/x' returned 2 instead of one of [0]"),
        ("'/bin/x' returned 1 instead of one of [0]", "'/bin/x' returned 1 instead of one of [3]"),
        ("HTTP 404", "HTTP 503"),
        ("no mirror-1.example.com", "no mirror-2.example.com"),
    ],
)
def test_names_and_places_matter(one: str, other: str) -> None:
    assert cause(one, "web01.example.com") != cause(other, "web01.example.com")


def test_a_name_within_a_longer_one_is_another_name() -> None:
    told = cause("web-1.example.com waits for web-1.example.com.au, web-10 and my-web-1", "web-1.example.com")
    assert told == f"{NODE} waits for web-1.example.com.au, web-10 and my-web-1"
    told = cause("no https://my.web-1.example.com/a nor /srv/a.web-1.example.com", "web-1.example.com")
    assert told == f"no https://my.web-1.example.com/a nor /srv/a.{NODE}"


def test_a_host_part_that_may_be_a_word_is_left_alone() -> None:
    assert cause("Could not start Service[nginx]", "nginx.example.com") == "Could not start Service[nginx]"


@pytest.mark.parametrize("piece", [
    "a", "[", "a[", "/", "a:", "-", "/tmp/", "x.", "://", "one of [", "-a ", "jan ", "{md5}", "12:30 ",
    "1", "1.", "1,", "abcdef", "error while evaluating a ", "error: ", " on node <node>",
    "n1.example.com", "n1", "<node> ", "␛", "␛[0", "{", ': {"', ': {"msg":"', ': {"msg":"\\', "\\", "<html",
    ": <html", ": <html><title", "<title>", "/stage[main]/", "/a[", "/stage[main]/a/", "change from a ",
    "change from '",
    "change from 'a' to 'b ", "execution of '", "execution of 'a -", "execution of 'a --b ",
    "ssl_connect returned=1 errno=0 ",
    "journalctl log for a: -- logs begin ", "reading package lists... ", "3h ", "enc[", "/a.n1",
    "puppet::", "find a ",
    "connection to a failed, trying next route: request to ", "integer[1", "at 1:/",
])  # fmt: skip
def test_a_hostile_message_takes_no_more_than_linear_time(piece: str) -> None:
    # Were it not so, this would take many minutes: the message is sixteen times as long as any that is kept.
    found = cause(piece * (2**16 // len(piece)), "n1.example.com")
    assert cause(found, "n1.example.com") == found
