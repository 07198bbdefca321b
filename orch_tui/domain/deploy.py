"""A deploy before it is sent: the form's draft, its faults, and the request that comes of it."""

import json
from dataclasses import dataclass
from enum import StrEnum

from orch_tui.domain.environment import is_environment_name, is_target_name

_MOST_AT_ONCE = 1_000_000


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


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """What `POST /command/deploy` is to do (2016.2 documents these four keys).

    None is a field left blank: it is not sent, and the server's own default holds.
    """

    environment: str
    mode: Mode
    concurrency: int | None = None
    target: str | None = None

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
        return json.dumps(body)


@dataclass(frozen=True, slots=True)
class DeployDraft:
    """The form as typed."""

    environment: str = ""
    mode: Mode = Mode.NOOP
    concurrency: str = ""
    target: str = ""

    def faults(self) -> dict[Field, str]:
        """What is wrong with each field, in words for its reader; empty when the draft can be sent."""
        found = {
            Field.ENVIRONMENT: _environment_fault(self.environment.strip()),
            Field.CONCURRENCY: _concurrency_fault(self.concurrency.strip()),
            Field.TARGET: _target_fault(self.target.strip()),
        }
        return {name: fault for name, fault in found.items() if fault}

    def request(self) -> DeployRequest:
        """The request that this draft stands for.

        Raises:
            ValueError: The draft has faults.
        """
        if faults := self.faults():
            raise ValueError("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        concurrency = self.concurrency.strip()
        return DeployRequest(
            environment=self.environment.strip(),
            mode=self.mode,
            concurrency=int(concurrency) if concurrency else None,
            target=self.target.strip() or None,
        )


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


def _target_fault(text: str) -> str:
    if text and not is_target_name(text):
        return "an application (Lamp) or an instance of one (Lamp[shop]), or blank for all"
    return ""
