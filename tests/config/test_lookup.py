"""Where the configuration comes from, and which profile of it is meant."""

import json
from pathlib import Path

import pytest

from orch_tui.config import Config, ConfigError, NothingConfigured, load_config
from orch_tui.config.puppet import GLOBAL, USER, puppet_settings


def written(file: Path, host: str, more: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'{more}[profiles.a]\nservice-url = "https://{host}:8143"\n')
    return file


def puppets(file: Path, **options: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"options": options}))
    return file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, with the user's configuration under `config`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_the_nearest_of_the_places_wins(home: Path) -> None:
    explicit = written(home / "explicit.toml", "explicit")
    named = {"ORCH_TUI_CONFIG": str(written(home / "named.toml", "named"))}
    puppets(home / ".puppetlabs/client-tools/orchestrator.conf", **{"service-url": "https://puppet:8143"})

    assert load_config(None, {}).profile(None)[1].host == "puppet:8143"
    written(home / "config/orch-tui/config.toml", "own")
    assert load_config(None, {}).profile(None)[1].host == "own:8143"
    assert load_config(None, {"ORCH_TUI_CONFIG": ""}).profile(None)[1].host == "own:8143"
    assert load_config(None, named).profile(None)[1].host == "named:8143"
    assert load_config(explicit, named).profile(None)[1].host == "explicit:8143"


def test_a_place_that_was_named_and_is_empty_is_an_error_and_not_passed_over(home: Path) -> None:
    written(home / "config/orch-tui/config.toml", "own")
    with pytest.raises(ConfigError, match=r"gone\.toml: No such file"):
        load_config(home / "gone.toml", {})
    with pytest.raises(ConfigError, match=r"gone\.toml: No such file"):
        load_config(None, {"ORCH_TUI_CONFIG": str(home / "gone.toml")})


def test_with_nothing_configured_it_is_told_where_was_looked(home: Path) -> None:
    with pytest.raises(NothingConfigured) as caught:
        load_config(None, {})
    assert caught.value.looked == (home / "config/orch-tui/config.toml", GLOBAL, USER)


def test_a_place_that_cannot_be_looked_into_is_one_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ("x" * 300)))
    with pytest.raises(ConfigError, match="File name too long"):
        load_config(None, {})


def test_where_puppet_job_works_nothing_needs_to_be_set_up(home: Path) -> None:
    file = home / ".puppetlabs/client-tools/orchestrator.conf"
    puppets(file, **{"service-url": "https://puppet:8143/", "color": True, "verbose": True, "noop": False})
    name, profile = load_config(None, {}).profile(None)
    assert (name, profile.service_url) == ("puppet", "https://puppet:8143")
    assert profile.token_file == home / ".puppetlabs/token"
    assert profile.cacert == Path("/etc/puppetlabs/puppet/ssl/certs/ca.pem")


def test_the_users_puppet_settings_go_over_the_global_ones(tmp_path: Path) -> None:
    everyone = puppets(
        tmp_path / "global.conf",
        **{"service-url": "https://a:8143", "environment": "production", "color": True},
    )
    user = puppets(tmp_path / "user.conf", **{"service-url": "https://b:8143", "token-file": "~/t"})
    merged = {"service-url": "https://b:8143", "environment": "production", "token-file": "~/t"}
    origins = {"service-url": user, "environment": everyone, "token-file": user}
    assert puppet_settings((everyone, user)) == (user, merged, origins)
    absent = tmp_path / "absent.conf"
    assert puppet_settings((everyone, absent))[0] == everyone
    assert puppet_settings((absent, absent)) == (absent, {}, {})


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "cannot be read"),
        pytest.param(b"[" * 100_000, "is not JSON", id="deep"),
        (b"[]", "options: must be an object"),
        (b'{"options": []}', "options: must be an object"),
        (b'{"options": {"environment": "production"}}', "service-url: is required"),
        (b'{"options": {"service-url": "http://foreign"}}', "service-url: must be https"),
        (b'{"options": {"service-url": "\\ud800"}}', "service-url: "),
        (b'{"options": {"service-url": "https://h", "cacert": 1}}', "cacert: must be text in quotes"),
    ],
)
def test_a_bad_file_of_puppets_is_one_line_in_its_own_words(
    home: Path, content: bytes, complaint: str
) -> None:
    file = home / ".puppetlabs/client-tools/orchestrator.conf"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(None, {})
    line = str(caught.value)
    assert line.isprintable()
    assert "orchestrator.conf: " in line
    assert complaint in line
    assert "profiles" not in line


def config(more: str, *names: str, at: Path) -> Config:
    tables = "".join(f'[profiles.{name}]\nservice-url = "https://{name}"\n' for name in names)
    at.write_text(more + tables)
    return load_config(at, {})


def test_the_profile_is_the_named_one_then_the_default_then_the_only_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert config("", "only", at=file).profile(None)[0] == "only"
    two = config("", "one", "two", at=file)
    assert two.profile("two")[1].host == "two"
    with pytest.raises(ConfigError, match=r"which profile.*one, two"):
        two.profile(None)
    with pytest.raises(ConfigError, match="no profile is called three; there are: one, two"):
        two.profile("three")
    with pytest.raises(ConfigError, match="no profile is called ␛c; there are"):
        two.profile("\x1bc")
    chosen = config('default-profile = "two"\n', "one", "two", at=file)
    assert chosen.profile(None)[0] == "two"
    assert chosen.profile("one")[0] == "one"


@pytest.mark.parametrize(
    ("service", "classifier", "encrypted"),
    [
        ("https://a", None, True),
        ("http://127.0.0.1", None, False),
        ("http://127.0.0.1", "https://console:4433/classifier-api", True),
    ],
)
def test_an_authority_is_wanted_wherever_a_connection_is_encrypted(
    tmp_path: Path, service: str, classifier: str | None, encrypted: bool
) -> None:
    file = tmp_path / "config.toml"
    more = f'classifier-url = "{classifier}"\n' if classifier else ""
    file.write_text(f'[profiles.a]\nservice-url = "{service}"\n{more}')
    assert load_config(file, {}).profiles["a"].uses_tls is encrypted
