"""The token comes from the environment or a file of one's own, and is seen by nobody but the server."""

from __future__ import annotations

import json
import os
import shlex
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orch_tui.api.token import Token
from orch_tui.domain.problem import OrchestratorError, Problem, ProblemKind
from tests.conftest import TOKEN

if TYPE_CHECKING:
    from tests.api.conftest import Connect, ProblemOf
    from tests.conftest import Server

SECRET = "0123456789-secret"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.touch(mode=0o600)
    return file


def log_in(file: Path, token: str) -> None:
    """As `puppet access login` leaves it."""
    file.write_text(token + "\n")


def problem(token: Token) -> Problem:
    with pytest.raises(OrchestratorError) as caught:
        token.read()
    found = caught.value.problem
    assert found.kind is ProblemKind.NO_TOKEN
    assert found.message.isprintable()
    assert not found.leaves_command_unknown
    return found


@pytest.mark.parametrize("content", [SECRET, SECRET + "\n", f"  {SECRET}\r\n", SECRET + "\n\n"])
def test_a_token_is_what_the_file_holds_without_the_space_around_it(file: Path, content: str) -> None:
    file.write_text(content)
    assert Token.in_file(file).read() == SECRET
    assert Token.given(content).read() == SECRET


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("short", "does not hold a token"),
        ("two words of a token", "does not hold a token"),
        ("one-token-\r\nX-Evil: yes", "does not hold a token"),
        ('{"token": "0123456789-secret"}', "does not hold a token"),
        ("0123456789-sécret", "does not hold a token"),
        ("0123456789\x00secret", "does not hold a token"),
        pytest.param("x" * 9000, "does not hold a token", id="long"),
    ],
)
def test_C12_what_is_no_token_is_refused_and_not_quoted(file: Path, content: str, complaint: str) -> None:
    file.write_bytes(content.encode())
    for token, origin in (
        (Token.in_file(file), str(file)),
        (Token.given(content), "the token in the environment"),
    ):
        message = problem(token).message
        assert message == f"{origin} {complaint}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_C12_a_file_that_others_can_get_at_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, mode: int
) -> None:
    file = tmp_path / "my token; touch x"
    file.write_text(SECRET)
    file.chmod(mode)
    message = problem(Token.in_file(file)).message
    command = message.partition("mend it with: ")[2]
    assert shlex.split(command) == ["chmod", "600", str(file)]
    file.chmod(0o600)
    assert Token.in_file(file).read() == SECRET


def test_C12_what_is_no_plain_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    assert problem(Token.in_file(tmp_path / "none")).message.endswith("none: No such file or directory")
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        assert problem(Token.in_file(path)).message == f"{path} is not a plain file"
    assert "is not the name of a file" in problem(Token.in_file(Path("a\0b"))).message


def test_no_descriptor_is_left_open_however_reading_ends(file: Path, tmp_path: Path) -> None:
    file.write_text(SECRET)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        Token.in_file(file).read()
        problem(Token.in_file(tmp_path))
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_token_is_in_no_repr(file: Path) -> None:
    file.write_text(SECRET)
    for token in (Token.given(SECRET), Token.in_file(file)):
        assert repr(token) == str(token) == "Token(…)"


async def test_C13_a_login_in_another_window_heals_a_watch(
    server: Server, connect: Connect, problem_of: ProblemOf, file: Path
) -> None:
    log_in(file, "an-old-token")
    client = connect(server.url, token=Token.in_file(file))
    assert (await problem_of(client.jobs(1))).kind is ProblemKind.INVALID_TOKEN
    log_in(file, TOKEN)
    await client.jobs(1)
    tokens = [request.headers["x-authentication"] for request in server.simulator.requests]
    assert tokens == ["an-old-token", TOKEN]


async def test_without_a_token_nothing_is_sent(
    server: Server, connect: Connect, problem_of: ProblemOf, tmp_path: Path
) -> None:
    client = connect(server.url, token=Token.in_file(tmp_path))
    assert (await problem_of(client.jobs(1))).kind is ProblemKind.NO_TOKEN
    assert server.simulator.requests == []


NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
OPAQUE = "0VY1ZwNrbXqkYTVIqgqnEnS2tsQeEd0"


def telling(claims: object) -> str:
    """A token that tells what it is: none of its parts but the second means anything to us."""
    parts = (b'{"alg":"RS512"}', json.dumps(claims).encode(), b"signature")
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.mark.parametrize("more", ["", "|no_keepalive"])
@pytest.mark.parametrize("length", range(4))
def test_a_token_that_tells_when_it_ends_is_believed(more: str, length: int) -> None:
    text = telling({"sub": "x" * length, "exp": int(NOON.timestamp())})
    token = Token.given(text + more)
    assert token.ends() == NOON
    assert text not in repr(token)


@pytest.mark.parametrize(
    "text",
    [
        OPAQUE,
        f"{OPAQUE}.{OPAQUE}.{OPAQUE}",
        telling({}),
        telling([1, 2]),
        telling({"exp": "soon"}),
        telling({"exp": 1e300}),
        telling({"exp": None}),
        telling("x" * 50),
        f"{telling({'exp': 1})}.more",
        "",
    ],
)
def test_nothing_is_said_of_the_end_of_a_token_that_does_not_tell(text: str) -> None:
    assert Token.given(text).ends() is None


def test_the_end_that_was_asked_for_at_sign_in_is_that_of_this_token_alone() -> None:
    token = Token.given(OPAQUE)
    token.signed_in("another-" + OPAQUE, NOON)
    assert token.ends() == NOON
    token.refuse("another-" + OPAQUE, Problem(ProblemKind.TOKEN_EXPIRED, "over"))
    assert token.ends() is None
    token.signed_in("third-" + OPAQUE)
    assert token.ends() is None
