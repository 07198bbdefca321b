"""A deploy before it is sent: the form's draft, its faults, and the request that comes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from orch_tui.domain.capabilities import Capabilities, Feature, Option
from orch_tui.domain.environment import Targets, is_environment_name, is_target_name
from orch_tui.domain.nonce import with_nonce
from orch_tui.domain.run_option import option_fault, option_value, userdata_text
from orch_tui.domain.scope import NodeNames, Scope, ScopeKind, is_array

_MOST_AT_ONCE = 1_000_000
_LONGEST_DESCRIPTION = 500


class Mode(StrEnum):
    """Whether the nodes only report what they would change, or change it."""

    NOOP = "noop"
    ENFORCE = "enforce"


class Field(StrEnum):
    """The fields of the form, in the order of the request; the options come after them."""

    ENVIRONMENT = "environment"
    MODE = "mode"
    CONCURRENCY = "concurrency"
    SCOPE = "scope"
    TARGET = "target"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """What `POST /command/deploy` is to do (2016.2 documents the first four keys; `Capabilities` the others).

    None is a field left blank: it is not sent, and the server's own default holds.

    Attributes:
        is_by_target: Whether an application is sent as `target`, as releases before scopes want it.
        description: As it is sent, with the nonce in it.
        options: Only those that are sent; `userdata` as its text.
        nonce: What tells this deploy from all others. It is sent in the description alone.
    """

    environment: str
    mode: Mode
    concurrency: int | None = None
    scope: Scope = field(default_factory=Scope)
    is_by_target: bool = False
    description: str | None = None
    options: Mapping[Option, bool | int | str] = field(default_factory=dict)
    nonce: str = ""

    def json(self) -> str:
        """The body exactly as it is sent, so that what Review shows is what goes out."""
        body: dict[str, object] = {
            "environment": self.environment,
            "noop": self.mode is Mode.NOOP,
        }
        if self.concurrency is not None:
            body["concurrency"] = self.concurrency
        if self.is_by_target:
            body["target"] = self.scope.value
        elif keys := self.scope.keys():
            body["scope"] = keys
        if self.description is not None:
            body["description"] = self.description
        body |= {option.value: self.options[option] for option in Option if option in self.options}
        if (userdata := self.options.get(Option.USERDATA)) is not None:
            body["userdata"] = json.loads(str(userdata))
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
        target = keys.get("target")
        scope = Scope.of_keys(keys.get("scope")) or Scope()
        options = {option: keys[option] for option in Option if option in keys}
        if isinstance(keys.get("userdata"), dict):
            options[Option.USERDATA] = userdata_text(keys["userdata"])
        request = cls(
            keys["environment"],
            Mode.NOOP if keys.get("noop") else Mode.ENFORCE,
            keys.get("concurrency"),
            Scope(ScopeKind.APPLICATION, target) if isinstance(target, str) else scope,
            isinstance(target, str),
            keys.get("description"),
            options,
            nonce,
        )
        if request.json() != body:
            raise ValueError("not a body of ours")
        return request


@dataclass(frozen=True, slots=True)
class DeployDraft:
    """The form as typed.

    Attributes:
        target: What is to be deployed, in the way of `kind`. Nodes are named one by one, by a file
            (`@web.txt`), or by a list that the form was opened with (`#42 failed`).
        lists: The nodes that such a file or list names, or, in words, why that is not known.
        options: The texts of those that are not left to the server: `yes` and `no` for most.
    """

    environment: str = ""
    mode: Mode = Mode.NOOP
    concurrency: str = ""
    kind: ScopeKind = ScopeKind.ENVIRONMENT
    target: str = ""
    description: str = ""
    options: Mapping[Option, str] = field(default_factory=dict)
    lists: Mapping[str, NodeNames | str] = field(default_factory=dict)

    def faults(self, server: Capabilities, targets: Targets) -> dict[Field | Option, str]:
        """What is wrong with each field, in words for its reader; empty when `server` can take the draft.

        `targets` is what can be chosen from.
        """
        found: dict[Field | Option, str] = {
            Field.ENVIRONMENT: _environment_fault(self.environment.strip()),
            Field.CONCURRENCY: _concurrency_fault(self.concurrency.strip()),
            Field.SCOPE: "" if self.kind in scope_kinds(server) else "this server does not know that",
            Field.TARGET: self._target_fault(targets),
            Field.DESCRIPTION: _description_fault(self.description.strip()),
        }
        found |= {
            option: option_fault(option, text, server, is_noop=self.mode is Mode.NOOP)
            for option, text in self.options.items()
        }
        return {name: fault for name, fault in found.items() if fault}

    def request(self, nonce: str, server: Capabilities, targets: Targets) -> DeployRequest:
        """The request that this draft stands for, as `server` understands it.

        Raises:
            ValueError: The draft has faults.
        """
        if faults := self.faults(server, targets):
            raise ValueError("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        concurrency, is_described = self.concurrency.strip(), server.has(Feature.DESCRIPTIONS)
        by_scope = server.has(Feature.APPLICATION_SCOPE)
        return DeployRequest(
            environment=self.environment.strip(),
            mode=self.mode,
            concurrency=int(concurrency) if concurrency else None,
            scope=self._scope(targets),
            is_by_target=self.kind is ScopeKind.APPLICATION and not by_scope,
            description=with_nonce(self.description, nonce) if is_described else None,
            options={option: option_value(option, text) for option, text in self.options.items() if text},
            nonce=nonce,
        )

    @property
    def file(self) -> str:
        """The file that names the nodes, as it is typed (`@web.txt`); empty where none does."""
        text = self.target.strip()
        return text if self.kind is ScopeKind.NODES and text[:1] == "@" else ""

    @property
    def names(self) -> NodeNames | str:
        """The nodes that `target` names; in words, why that is not known."""
        text = self.target.strip()
        if text[:1] in ("@", "#"):
            return self.lists.get(text, "no such list" if text[0] == "#" else "being read …")
        if "#" in text:
            return "a list (#) has nothing beside it"
        return NodeNames.read(text)

    def _scope(self, targets: Targets) -> Scope:
        text, names = self.target.strip(), self.names
        match self.kind:
            case ScopeKind.ENVIRONMENT:
                return Scope()
            case ScopeKind.NODES if isinstance(names, NodeNames):
                return Scope(self.kind, nodes=names.names)
            case ScopeKind.NODE_GROUP:
                return Scope(self.kind, targets.group_id(text) or "")
        return Scope(self.kind, text)

    def _target_fault(self, targets: Targets) -> str:
        text = self.target.strip()
        match self.kind:
            case ScopeKind.ENVIRONMENT:
                return ""
            case ScopeKind.APPLICATION if not is_target_name(text):
                return "neither an application (Lamp) nor an instance (Lamp[shop])"
            case ScopeKind.NODES if not text:
                return "names of nodes, or @FILE that holds them"
            case ScopeKind.NODES:
                return self.names if isinstance(self.names, str) else self.names.fault
            case ScopeKind.QUERY:
                return _query_fault(text)
            case ScopeKind.NODE_GROUP if targets.group_id(text) is None:
                return "the name of a node group, or its id"
        return ""


def scope_kinds(server: Capabilities) -> tuple[ScopeKind, ...]:
    """The ways to choose nodes that `server` certainly takes."""
    known = {
        ScopeKind.ENVIRONMENT: True,
        # Where it is not certain which of the two it is, `target` is: both releases know that.
        ScopeKind.APPLICATION: server.has(Feature.APPLICATION_SCOPE) or server.has(Feature.TARGET),
        ScopeKind.NODES: server.has(Feature.SCOPES),
        ScopeKind.QUERY: server.has(Feature.SCOPES),
        ScopeKind.NODE_GROUP: server.has(Feature.NODE_GROUPS),
    }
    return tuple(kind for kind in ScopeKind if known[kind])


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


def _query_fault(text: str) -> str:
    if not text:
        return 'a query in PQL: nodes[certname] { certname ~ "^web" }'
    if is_array(text):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return "begins with a bracket, so must be JSON: PuppetDB's AST"
    return ""


def _description_fault(text: str) -> str:
    if not text.isprintable():
        return "one line of printable characters"
    return f"at most {_LONGEST_DESCRIPTION} characters" if len(text) > _LONGEST_DESCRIPTION else ""
