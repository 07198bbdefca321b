"""A deploy before it is sent: the form's draft, its faults, and the request that comes of it."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from secrets import token_hex
from typing import Self

from orch_tui.domain.capabilities import Capabilities
from orch_tui.domain.environment import Targets, is_environment_name, is_target_name
from orch_tui.domain.job import Job

_MOST_AT_ONCE = 1_000_000
_LONGEST_DESCRIPTION = 500
# No document says how much of a description a server keeps: in a long one the nonce comes first.
_LONG = 200
_TAG = re.compile(r"\s*\[orch-tui [0-9a-f]{12}\]\s*")


def new_nonce() -> str:
    """Twelve hexadecimal digits that no deploy has had before: by them its job is found again."""
    return token_hex(6)


def with_nonce(text: str, nonce: str) -> str:
    """A description that carries `nonce`; those of other deploys, copied with the text, are left out."""
    text, tag = _TAG.sub(" ", text).strip(), f"[orch-tui {nonce}]"
    return " ".join(part for part in ((tag, text) if len(text) > _LONG else (text, tag)) if part)


class Mode(StrEnum):
    """Whether the nodes only report what they would change, or change it."""

    NOOP = "noop"
    ENFORCE = "enforce"


class Field(StrEnum):
    """The fields of the form, in the order of the request."""

    ENVIRONMENT = "environment"
    MODE = "mode"
    CONCURRENCY = "concurrency"
    TARGET = "target"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """What `POST /command/deploy` is to do (2016.2 documents the first four keys, 2017.3 `description`).

    None is a field left blank: it is not sent, and the server's own default holds.

    Attributes:
        description: As it is sent, with the nonce in it.
        nonce: What tells this deploy from all others. It is sent in the description alone.
    """

    environment: str
    mode: Mode
    concurrency: int | None = None
    target: str | None = None
    description: str | None = None
    nonce: str = ""

    def json(self) -> str:
        """The body exactly as it is sent, so that what Review shows is what goes out."""
        body: dict[str, str | bool | int] = {
            "environment": self.environment,
            "noop": self.mode is Mode.NOOP,
        }
        if self.concurrency is not None:
            body["concurrency"] = self.concurrency
        if self.target is not None:
            body["target"] = self.target
        if self.description is not None:
            body["description"] = self.description
        return json.dumps(body)

    @classmethod
    def of_json(cls, body: str, nonce: str) -> Self:
        """The request whose `json` is `body`.

        Raises:
            ValueError: There is none.
        """
        keys = json.loads(body)
        if not isinstance(keys, dict) or not isinstance(keys.get("environment"), str):
            raise ValueError("not the body of a deploy")
        mode = Mode.NOOP if keys.get("noop") else Mode.ENFORCE
        concurrency, target, text = (keys.get(name) for name in ("concurrency", "target", "description"))
        request = cls(keys["environment"], mode, concurrency, target, text, nonce)
        if request.json() != body:
            raise ValueError("not a body of ours")
        return request


@dataclass(frozen=True, slots=True)
class DeployDraft:
    """The form as typed."""

    environment: str = ""
    mode: Mode = Mode.NOOP
    concurrency: str = ""
    target: str = ""
    description: str = ""

    def faults(self, server: Capabilities) -> dict[Field, str]:
        """What is wrong with each field, in words for its reader; empty when `server` can take the draft."""
        found = {
            Field.ENVIRONMENT: _environment_fault(self.environment.strip()),
            Field.CONCURRENCY: _concurrency_fault(self.concurrency.strip()),
            Field.TARGET: _target_fault(self.target.strip(), server),
            Field.DESCRIPTION: _description_fault(self.description.strip()),
        }
        return {name: fault for name, fault in found.items() if fault}

    def request(self, nonce: str, server: Capabilities) -> DeployRequest:
        """The request that this draft stands for, as `server` understands it.

        Raises:
            ValueError: The draft has faults.
        """
        if faults := self.faults(server):
            raise ValueError("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        concurrency = self.concurrency.strip()
        return DeployRequest(
            environment=self.environment.strip(),
            mode=self.mode,
            concurrency=int(concurrency) if concurrency else None,
            target=self.target.strip() or None,
            description=with_nonce(self.description, nonce) if server.has_descriptions else None,
            nonce=nonce,
        )


def nodes_in_both(request: DeployRequest, job: Job, targets: Targets) -> int | None:
    """How many nodes `request` and a job of its environment both reach; None where nobody can tell.

    `targets` is what the environment offers.
    """
    ours = targets.nodes_of(request.target) if request.target else None
    theirs = targets.nodes_of(job.target) if job.target else None
    if ours is not None and theirs is not None:
        return len(ours & theirs)
    if request.target is None:
        return job.node_count if theirs is None else len(theirs)
    return len(ours) if ours is not None and job.is_of_whole_environment else None


def _environment_fault(text: str) -> str:
    if not text:
        return "which environment? A name is needed"
    if not is_environment_name(text):
        return "letters, digits and _ only, as Puppet names environments"
    return ""


def _concurrency_fault(text: str) -> str:
    if not text:
        return ""
    if not (text.isascii() and text.isdigit()):
        return "a whole number, or blank for the server's own limit"
    if not 1 <= int(text[:8]) <= _MOST_AT_ONCE or len(text) > 7:
        return f"from 1 to {_MOST_AT_ONCE:,} nodes at once"
    return ""


def _target_fault(text: str, server: Capabilities) -> str:
    if text and not server.has_targets:
        return "must be blank: this server takes no target"
    if text and not is_target_name(text):
        return "an application (Lamp) or an instance of one (Lamp[shop]), or blank for all"
    return ""


def _description_fault(text: str) -> str:
    if not text.isprintable():
        return "one line of printable characters"
    return f"at most {_LONGEST_DESCRIPTION} characters" if len(text) > _LONGEST_DESCRIPTION else ""
