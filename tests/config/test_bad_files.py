"""Whatever is wrong with a configuration is said in one line: which file, which key, what is allowed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orch_tui.config import ConfigError, load_config

PROFILE = '[profiles.a]\nservice-url = "https://orchestrator.example.com:8143"\n'


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("config") / "config.toml"


def complaint(file: Path, content: str | bytes | None = None) -> str:
    """The one line about `file`, without its name."""
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        load_config(file, {})
    line = str(caught.value)
    assert line.isprintable()
    name, separator, rest = line.partition(f"{file}: ")
    assert (name, separator) == ("", f"{file}: ")
    return rest


@pytest.mark.parametrize(
    ("lines", "key", "allowed"),
    [
        ("tokn-file = 'x'", "tokn-file", "did you mean token-file?"),
        ("nonsense = 1", "nonsense", "no such key; allowed are service-url, "),
        ("read-only = 'no'", "read-only", "must be true or false"),
        ("read-only = 1", "read-only", "must be true or false"),
        ("poll-interval = true", "poll-interval", "must be a number"),
        ("poll-interval = '2'", "poll-interval", "must be a number"),
        ("poll-interval = 0.1", "poll-interval", "must be greater than or equal to 0.5"),
        pytest.param("poll-interval = 1" + "0" * 400, "poll-interval", "must be a number", id="long"),
        ("poll-interval = nan", "poll-interval", "must be less than or equal to 3600"),
        ("deadline = inf", "deadline", "must be less than or equal to 3600"),
        ("connect-timeout = 0", "connect-timeout", "must be greater than 0"),
        ("cacert = 1", "cacert", "must be text in quotes"),
        ("cacert = '~nobody-has-this-name/ca.pem'", "cacert", "needs a home directory"),
        ('token-file = "a\\u0000b"', "token-file", "must be the name of a file"),
        ("environment = 'a-b'", "environment", "letters, digits and _ only"),
        ("protected = 'production'", "protected", "must be a list"),
        ("protected = ['production', 'a b']", "protected.1", "letters, digits and _ only"),
        ("api = 2019.8", "api", "must be text in quotes"),
        *(
            (f"api = '{wrong}'", "api", 'from "2015.3" on, such as "2019.8.6", or "current"')
            for wrong in ("2015.2", "2015", "2019.8.x", "2019.", "v1", "", "٢٠١٩", "newest", "2019.8.6 ")
        ),
        ("default-mode = 'dry'", "default-mode", "must be 'noop' or 'enforce'"),
        ("classifier-url = 'http://console.example.com'", "classifier-url", "must be https"),
    ],
)
def test_a_bad_key_of_a_profile_is_named_with_what_is_allowed(
    file: Path, lines: str, key: str, allowed: str
) -> None:
    rest = complaint(file, PROFILE + lines)
    assert rest.startswith(f"profiles.a.{key}: ")
    assert allowed in rest


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("thme = 'dark'\n" + PROFILE, "thme: no such key; did you mean theme?"),
        ("mouse = 'yes'\n" + PROFILE, "mouse: must be true or false"),
        ('theme = "\\u001b"\n' + PROFILE, "theme: must hold printable characters only"),
        (
            '[profiles."a\\u001b"]\nservice-url = "https://h"',
            "profiles.a␛: must hold printable characters only",
        ),
        ("theme = 1\n" + PROFILE, "theme: must be text in quotes"),
        ("keys = 1\n" + PROFILE, "keys: must be a table"),
        ("default-profile = 'b'\n" + PROFILE, "default-profile: must be one of the profiles: a"),
        ("", "profiles: is required"),
        ("profiles = {}", "profiles: needs at least one entry"),
        ("profiles = { a = 1 }", "profiles.a: must be a table"),
        ("[profiles.a]", "profiles.a.service-url: is required"),
        ('"a\\u001b[2J\\n" = 1\n' + PROFILE, "a␛[2J␊: no such key"),
        ("theme", "Expected '=' after a key in a key/value pair"),
        ("theme = 'a'\ntheme = 'b'", "Cannot overwrite a value"),
        pytest.param("a = " + "[" * 5000, "", id="deep"),
        pytest.param("a = 1" + "0" * 5000, "holds a number of thousands of digits", id="long"),
        ("theme = '\x00'", "Found invalid character"),
        (b"\xff\xfe", "is not a UTF-8 text file"),
    ],
)
def test_a_bad_file_is_one_line(file: Path, content: str | bytes, start: str) -> None:
    assert complaint(file, content).startswith(start)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://orchestrator.example.com", "must be https"),
        ("http://localhost.example.com", "must be https"),
        ("http://2130706433", "must be https"),
        ("https://orchestrator.example.com:73679", "must be a URL such as"),
        ("https://orchestrator.example.com:0", "must be a URL such as"),
        ("https://orchestrator.example.com:x", "must be a URL such as"),
        ("https:///orchestrator", "must be a URL such as"),
        ("https://[::1", "must be a URL such as"),
        ("ftp://orchestrator.example.com", "must be a URL such as"),
        ("orchestrator.example.com", "must be a URL such as"),
        ("https://orchestrator\\n.example.com", "must be a URL such as"),
        ("https://orchestrator .example.com", "must be a URL such as"),
        ("https://orchestrator.example.com\\u200b", "must be a URL such as"),
        ("https://joe:secret@orchestrator.example.com", "must hold no user"),
        ("http://127.0.0.1@orchestrator.example.com", "must hold no user"),
        ("https://@orchestrator.example.com", "must hold no user"),
        ("https://orchestrator.example.com?", "must hold no user"),
        ("https://orchestrator.example.com/#", "must hold no user"),
    ],
)
def test_a_service_url_that_will_not_do_is_refused(file: Path, url: str, allowed: str) -> None:
    rest = complaint(file, f'[profiles.a]\nservice-url = "{url}"\n')
    assert rest.startswith("profiles.a.service-url: ")
    assert allowed in rest
    assert "secret" not in rest


@pytest.mark.parametrize(
    "url", ["http://localhost:8143", "http://127.0.0.1", "http://[::1]:1/", "https://h/x/"]
)
def test_plain_http_is_for_this_machine_and_https_for_all(file: Path, url: str) -> None:
    file.write_text(f'[profiles.a]\nservice-url = "{url}"\n')
    assert load_config(file, {}).profiles["a"].service_url == url.rstrip("/")


@pytest.mark.parametrize("release", ["2015.3", "2019.8.11", "2021.7", "2025", "current"])
def test_a_release_is_taken_as_it_is_written(file: Path, release: str) -> None:
    file.write_text(f"{PROFILE}api = '{release}'\n")
    assert load_config(file, {}).profiles["a"].api == release


@pytest.mark.parametrize("key", ["token", "Token", "TOKEN"])
@pytest.mark.parametrize("place", ["top", "profile"])
def test_a_token_in_the_file_is_refused_and_never_shown(file: Path, key: str, place: str) -> None:
    line = f"{key} = 'do-not-show-me'\n"
    rest = complaint(file, line + PROFILE if place == "top" else PROFILE + line)
    assert "a token does not belong in this file; set token-file, or ORCH_TUI_TOKEN" in rest
    assert "do-not-show-me" not in rest


def test_values_are_never_shown_for_they_may_be_secrets(file: Path) -> None:
    for line in (
        "read-only = 'hunter2'",
        "pasword = 'hunter2'",
        "service_url = 'hunter2'",
        "x = 'hunter2' y",
    ):
        assert "hunter2" not in complaint(file, PROFILE + line)


def test_a_byte_order_mark_is_no_fault(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + PROFILE.encode())
    assert list(load_config(file, {}).profiles) == ["a"]


def test_what_is_no_file_is_named_all_the_same(tmp_path: Path) -> None:
    assert complaint(tmp_path / "missing.toml") == "No such file or directory"
    assert complaint(tmp_path) == "Is a directory"
    assert complaint(tmp_path / ("x" * 300)) == "File name too long"


VALUES = st.sampled_from(
    ["1", "-1", "nan", "true", "''", "'https://h'", "[]", "{}", "['a']", "1979-05-27", "\x00", "="]
)
KEYS = st.sampled_from(
    ["service-url", "cacert", "poll-interval", "protected", "profiles", "keys", "a.b", "token", '"\u202e"']
)
LINES = st.lists(
    st.builds("{} = {}".format, KEYS, VALUES)
    | st.sampled_from(["[profiles.a]", "[keys]", "[[profiles]]", PROFILE])
)


@given(st.binary() | st.text().map(str.encode) | LINES.map("\n".join).map(str.encode))
def test_any_bytes_are_a_configuration_or_one_line(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    try:
        load_config(file, {})
    except ConfigError as error:
        line = str(error)
    else:
        line = ""
    assert line.isprintable()
