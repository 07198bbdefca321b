"""A program that deploys once, and then waits to be killed: `one_deploy URL FILE NONCE`."""

import asyncio
import os
import sys
from pathlib import Path

from orch_tui.api.client import OrchestratorClient
from orch_tui.api.connection import Connection
from orch_tui.api.sign_in import SignIn
from orch_tui.api.token import Token
from orch_tui.config import TOKEN_VARIABLE
from orch_tui.domain.deploy import DeployRequest, Mode
from orch_tui.domain.nonce import with_nonce
from orch_tui.session.journal import Journal
from orch_tui.session.session import Session
from tests import commands


def request_of(nonce: str) -> DeployRequest:
    return DeployRequest("production", Mode.ENFORCE, description=with_nonce("weekly", nonce), nonce=nonce)


async def deploy(url: str, file: Path, nonce: str) -> None:
    """Says `ready` on stdout just before the deploy, and `done` when it is told its end."""
    connection = Connection(url, Token.given(os.environ[TOKEN_VARIABLE]))
    journal = Journal(file, url)
    journal.open()
    commanding = OrchestratorClient(connection, keep_alive=False)
    signing_in = SignIn(connection, url)
    session = Session(OrchestratorClient(connection), commanding, journal, signing_in, poll_interval=60)
    await session.ask_server()
    print("ready", flush=True)
    await commands.deploy(session, request_of(nonce))
    print("done", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(deploy(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
