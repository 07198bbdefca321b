"""A check-up: what is well, what is not, what mends it; and an exit code that tells."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from orch_tui.simulator import Answer, Settings, Simulator, Tls
from tests.cli.conftest import Run, on_terminal

TOKEN = "a-token-that-nobody-may-see"
DAY = timedelta(days=1)
BARE = (
    sys.executable,
    "-c",
    "import sys; from orch_tui.cli import main"
    "; code = main(); sys.exit(code if 'textual' not in sys.modules else 99)",
)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text(TOKEN)
    return file


def configure(tmp_path: Path, url: str, more: str = "") -> str:
    file = tmp_path / "config.toml"
    paths = f"token-file = '{tmp_path}/token'\ncacert = '{tmp_path}/ca.pem'"
    file.write_text(f"[profiles.p]\nservice-url = '{url}'\n{paths}\n{more}\n")
    return f"--config={file}"


def marks(output: str) -> dict[str, str]:
    """The mark of each check."""
    lines = [line.split() for line in output.splitlines() if line[:2] in ("ok", "--", "!!")]
    return {what: mark for mark, what, *_ in lines}


def advice(output: str) -> list[str]:
    return [line.strip() for line in output.splitlines() if line.strip().startswith("->")]


@pytest.mark.usefixtures("token_file")
def test_all_is_well(run: Run, tmp_path: Path) -> None:
    with Simulator(Settings(nodes=10, token=TOKEN, api="2016.2")).running() as url:
        ended = run("doctor", configure(tmp_path, url), command=BARE)
    assert ended.returncode == 0, ended.stderr
    assert "!!" not in ended.stdout
    assert ended.stdout.endswith("All is well.\n")
    found = marks(ended.stdout)
    good = (
        "config",
        "profile",
        "token",
        "name",
        "port",
        "service",
        "clock",
        "API",
        "environments",
        "rbac-url",
    )
    assert {what: found[what] for what in (*good, "state")} == dict.fromkeys((*good, "state"), "ok")
    assert TOKEN not in ended.stdout


@pytest.mark.usefixtures("token_file")
@pytest.mark.parametrize(
    ("more", "mark", "words"),
    [
        ("", "ok", "2018.1 or later, but before 2019.8.5 (by its answers)"),
        ("api = '2019.8.4'", "ok", "2019.8.4 (by api in the profile; its answers agree)"),
        ("api = '2021.7'", "!!", "2021.7 by api in the profile, but 2018.1 or later, but before 2019.8.5 by"),
    ],
)
def test_the_release_is_told_and_a_wrong_one_called_that(
    run: Run, tmp_path: Path, more: str, mark: str, words: str
) -> None:
    with Simulator(Settings(nodes=10, token=TOKEN, api="2019.7")).running() as url:
        ended = run("doctor", configure(tmp_path, url, more), command=BARE)
    assert marks(ended.stdout)["release"] == mark
    assert words in ended.stdout
    assert (ended.returncode, "correct api" in ended.stdout) == ((2, True) if mark == "!!" else (0, False))


def test_without_a_configuration_it_says_what_to_write(run: Run) -> None:
    ended = run("doctor", command=BARE)
    assert ended.returncode == 2
    assert "nothing is configured" in ended.stdout
    assert "orch-tui config --example" in advice(ended.stdout)[0]
    assert marks(ended.stdout)["state"] == "ok"


def test_each_fault_has_its_line_and_its_cure(run: Run, tmp_path: Path, token_file: Path) -> None:
    token_file.chmod(0o640)
    arguments = configure(tmp_path, "https://127.0.0.1:1")
    ended = run("doctor", arguments, command=BARE)
    assert ended.returncode == 2
    assert marks(ended.stdout) | {"token": "!!", "cacert": "!!", "network": "--"} == marks(ended.stdout)
    assert "chmod 600" in ended.stdout
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    assert marks(run("doctor", arguments).stdout)["port"] == "!!"
    unknown = run("doctor", configure(tmp_path, "https://orchestrator.invalid"))
    assert marks(unknown.stdout)["name"] == "!!"
    nobody = run("doctor", arguments, "--profile=nobody")
    assert marks(nobody.stdout)["profile"] == "!!"


@pytest.mark.usefixtures("token_file")
@pytest.mark.parametrize(
    ("name", "days", "mark", "words"),
    [
        ("127.0.0.1", 400, "ok", "days left"),
        ("127.0.0.1", 10, "--", "renew it soon"),
        ("127.0.0.1", -1, "!!", "this machine's clock says"),
        ("orchestrator.example.com", 400, "!!", "the certificate is for orchestrator.example.com"),
    ],
)
def test_a_certificate_is_read_and_judged(
    run: Run, tmp_path: Path, name: str, days: int, mark: str, words: str
) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert(name, not_after=datetime.now(UTC) + days * DAY)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    simulator = Simulator(Settings(nodes=10, token=TOKEN))
    with simulator.running(tls=Tls(tmp_path / "cert.pem", tmp_path / "key.pem")) as url:
        ended = run("doctor", configure(tmp_path, url, f"rbac-url = '{url}/rbac-api'"))
    assert marks(ended.stdout)["TLS"] == mark
    assert words in ended.stdout
    assert ended.returncode == (2 if mark == "!!" else 0)
    if mark == "!!":
        assert simulator.requests == []


@pytest.mark.usefixtures("token_file")
def test_not_signed_in_and_not_permitted_are_told_apart(run: Run, tmp_path: Path) -> None:
    simulator = Simulator(Settings(nodes=10, token="another-token-altogether"))
    with simulator.running() as url:
        unknown = run("doctor", configure(tmp_path, url)).stdout
        body = b'{"kind":"puppetlabs.rbac/permission-denied","msg":"no"}'
        simulator.faults.add(path="/jobs", fault=Answer(403, body), times=None)
        simulator.faults.add(path="/environments", fault=Answer(403, body), times=None)
        denied = run("doctor", configure(tmp_path, url)).stdout
    assert marks(unknown)["API"] == marks(denied)["API"] == "!!"
    assert "puppet access login" in "".join(advice(unknown))
    assert "orchestrator:view" in "".join(advice(denied))


@pytest.mark.usefixtures("token_file")
def test_services_beside_the_server_are_looked_at_where_they_are_configured(run: Run, tmp_path: Path) -> None:
    with Simulator(Settings(nodes=10, token=TOKEN)).running() as url:
        services = f"classifier-url = '{url}/classifier-api'\npuppetdb-url = 'http://127.0.0.1:1'"
        ended = run("doctor", configure(tmp_path, url, services))
    found = marks(ended.stdout)
    assert (ended.returncode, found["classifier"], found["PuppetDB"]) == (2, "ok", "!!")
    assert "127.0.0.1:1: connection refused" in ended.stdout


@pytest.mark.usefixtures("token_file")
def test_N20_a_proxy_of_the_environment_is_named_and_gets_nothing(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    environment["HTTPS_PROXY"] = environment["HTTP_PROXY"] = "http://127.0.0.1:1"
    with Simulator(Settings(nodes=10, token=TOKEN)).running() as url:
        ended = run("doctor", configure(tmp_path, url))
    assert ended.returncode == 0
    assert "HTTPS_PROXY is set and not used" in ended.stdout


def test_the_terminal_is_looked_at_where_there_is_one(environment: Mapping[str, str]) -> None:
    with on_terminal(environment, "doctor") as terminal:
        shown = terminal.read_until(b"see !!").decode()
    found = marks(shown.replace("\r", ""))
    assert found["terminal"] == "ok"
    assert "TERM=xterm-256color, 256 colours, links are plain text" in shown
    with on_terminal({**environment, "TERM": "xterm-kitty"}, "doctor") as terminal:
        assert "links can be clicked" in terminal.read_until(b"see !!").decode()
    with on_terminal({**environment, "TERM": "dumb"}, "doctor") as terminal:
        assert "TERM=dumb cannot draw a screen" in terminal.read_until(b"see !!").decode()


def test_a_folder_that_cannot_be_written_is_said(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    environment["XDG_STATE_HOME"] = os.fspath(tmp_path / "file")
    assert marks(run("doctor").stdout)["state"] == "!!"
