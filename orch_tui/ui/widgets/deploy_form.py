"""The fields of a deploy: what they offer, and what is wrong with them as they are typed."""

import asyncio
from itertools import chain

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from orch_tui.domain.capabilities import Capabilities, Feature, Option
from orch_tui.domain.deploy import DeployDraft, Field, Mode, scope_kinds
from orch_tui.domain.environment import Targets
from orch_tui.domain.scope import NodeNames, ScopeKind
from orch_tui.session.node_file import read_node_file
from orch_tui.ui.text import ENFORCE, NOOP, count_words
from orch_tui.ui.widgets.form import ChoiceInput, OneOf, Row
from orch_tui.ui.widgets.run_options import RunOptions
from orch_tui.ui.widgets.text_field import joined_lines

_PASTED = "#pasted"
# Characters of names that a field takes as text; a longer paste becomes a list.
_MOST_PASTED = 2000


class DeployForm(VerticalScroll):
    """Holds the fields, and tells the draft that they make up.

    Args:
        draft: What is in the fields at first.
        known: The environments to choose from.
    """

    DEFAULT_CSS = """
    DeployForm {
        height: 1fr;
        padding: 1 2 0 2;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, draft: DeployDraft, known: tuple[str, ...]) -> None:
        super().__init__(can_focus=False)
        self._known = known
        self._lists = dict(draft.lists)
        self._is_tried = False
        self.server: Capabilities | None = None
        self.targets = Targets()
        scope = OneOf(draft.kind, {draft.kind: draft.kind.value}, id=Field.SCOPE)
        mode = OneOf(
            draft.mode,
            {mode: mode.upper() for mode in Mode},
            id=Field.MODE,
            looks={Mode.NOOP: NOOP, Mode.ENFORCE: ENFORCE},
        )
        self.target = ChoiceInput(draft.target, id=Field.TARGET)
        self.environment = ChoiceInput(draft.environment, id=Field.ENVIRONMENT)
        self._fields = {
            Field.ENVIRONMENT: Row("Environment", self.environment),
            Field.MODE: Row("Mode", mode),
            Field.CONCURRENCY: Row(
                "Concurrency", ChoiceInput(draft.concurrency, id=Field.CONCURRENCY, restrict=r"[0-9]*")
            ),
            Field.SCOPE: Row("Scope", scope),
            Field.TARGET: Row("Target", self.target),
            Field.DESCRIPTION: Row("Description", ChoiceInput(draft.description, id=Field.DESCRIPTION)),
        }
        self.options = RunOptions(draft.options)
        self.rows: dict[Field | Option, Row] = dict(chain(self._fields.items(), self.options.rows.items()))
        self._scope = scope
        self.environment.offer(known)

    def compose(self) -> ComposeResult:
        yield from self._fields.values()
        yield self.options

    def on_mount(self) -> None:
        # Watched, and not told by messages: the next key must find the fields that a choice brings.
        for row in (*self.rows.values(), self.options.more):
            if isinstance(row.field, OneOf):
                self.watch(row.field, "value", self.check, init=False)
        self.watch(self._scope, "value", self.read_list, init=False)

    @property
    def draft(self) -> DeployDraft:
        """The fields as they stand."""
        values = {name: row.field.value for name, row in self._fields.items()}
        return DeployDraft(
            environment=values[Field.ENVIRONMENT],
            mode=Mode(values[Field.MODE]),
            concurrency=values[Field.CONCURRENCY],
            kind=ScopeKind(values[Field.SCOPE]),
            target=values[Field.TARGET],
            description=values[Field.DESCRIPTION],
            options=self.options.texts,
            lists=dict(self._lists),
        )

    @property
    def faults(self) -> dict[Field | Option, str]:
        """What is wrong with each field; until the server is known, only what no server takes."""
        if self.server is not None:
            return self.draft.faults(self.server, self.targets)
        faults = self.draft.faults(Capabilities(), self.targets)
        return {name: faults[name] for name in Field if name in faults and name is not Field.SCOPE}

    def take_server(self, server: Capabilities) -> None:
        """Show what `server` takes, and nothing that it might not know."""
        self.server = server
        self._scope.offer({kind: kind.value for kind in scope_kinds(server)})
        self.check()
        self.screen.refresh_bindings()

    def take_targets(self, targets: Targets) -> None:
        """Offer these."""
        self.targets = targets
        self.check()

    def go_to_fault(self) -> bool:
        """Put the cursor where something is wrong, if anything is, and read a list of nodes once more."""
        self._is_tried = True
        faults = self.faults
        if faults:
            self.go_to(next(iter(faults)))
            self.read_list()
            self.check()
        return bool(faults)

    def go_to(self, name: Field | Option) -> None:
        """Put the cursor in that field, or, where it is not shown, to what shows it."""
        if isinstance(name, Option):
            self.options.open()
        row = self.rows[name]
        self.screen.set_focus((row if row.display else self.rows[Field.SCOPE]).field)

    def move(self, step: int) -> None:
        """Put the cursor so many fields further."""
        # Textual's own way goes by where fields were drawn: one that has just appeared is nowhere yet.
        shown = (row for row in self._fields.values() if row.display)
        fields = [row.field for row in (*shown, *self.options.rows_in_sight)]
        place = next((place for place, field in enumerate(fields) if field is self.screen.focused), -step)
        self.screen.set_focus(fields[(place + step) % len(fields)])

    @on(Input.Changed)
    def check(self) -> None:
        """Show what is to be shown, and say of each field what is wrong with it."""
        draft, faults = self.draft, self.faults
        server = self.server or Capabilities()
        self.rows[Field.TARGET].display = draft.kind is not ScopeKind.ENVIRONMENT
        self.rows[Field.DESCRIPTION].display = server.has(Feature.DESCRIPTIONS)
        self._offer_targets(draft.kind)
        for name, row in self._fields.items():
            is_still_blank = name is Field.TARGET and not (draft.target.strip() or self._is_tried)
            row.tell(self._hint(name, draft, server), "" if is_still_blank else faults.get(name, ""))
        self.options.tell(server, {option: faults[option] for option in Option if option in faults})

    def _offer_targets(self, kind: ScopeKind) -> None:
        offered = {
            ScopeKind.APPLICATION: self.targets.names,
            ScopeKind.NODES: tuple(self._lists_by_name),
            ScopeKind.NODE_GROUP: self.targets.group_names,
        }
        self.target.offer(offered.get(kind, ()))
        self.target.join = self._joined_names if kind is ScopeKind.NODES else joined_lines

    @property
    def _lists_by_name(self) -> list[str]:
        return [label for label in self._lists if label.startswith("#")]

    def _joined_names(self, text: str) -> str:
        """Names that are pasted: without comments, parted from those beside them; many of them as a list."""
        if len(text) > _MOST_PASTED:
            self._lists[_PASTED] = self._with_names_before(text)
            self.target.value = ""
            return _PASTED
        lines = text.splitlines()
        if len(lines) < 2:
            return text.strip()
        names = joined_lines("\n".join(line.partition("#")[0] for line in lines))
        return f" {names} " if self.target.value else names

    def _with_names_before(self, text: str) -> NodeNames:
        before = self.draft.names
        if isinstance(before, NodeNames) and self.target.selection.is_empty:
            text = "\n".join((*before.names, *before.bad, text))
        return NodeNames.read(text)

    def _hint(self, name: Field, draft: DeployDraft, server: Capabilities) -> str:
        match name:
            case Field.ENVIRONMENT:
                known = f"{len(self._known)} known: Up Down choose" if self._known else ""
                is_known = draft.environment.strip() in self._known
                return known if is_known else f"not in the list; the server will tell. {known}"
            case Field.MODE:
                return "space changes it"
            case Field.CONCURRENCY:
                return "nodes at once" if draft.concurrency else "blank: the server's own limit"
            case Field.SCOPE:
                return self._scope_hint(server)
            case Field.TARGET:
                return self._target_hint(draft)
            case Field.DESCRIPTION:
                return "shown with the job; our mark is added, to find it by"

    def _scope_hint(self, server: Capabilities) -> str:
        if self.server is None:
            return "asking the server what it takes …"
        if server.may_have(Feature.SCOPES) and not server.has(Feature.SCOPES):
            return 'is it 2016.4 or later? Put api = "2016.4" in its profile'
        return "Left Right choose" if len(scope_kinds(server)) > 1 else "this server takes no other"

    def _target_hint(self, draft: DeployDraft) -> str:
        offered = self.target.offered
        choose = f"{len(offered)} offered: Up Down choose" if offered else ""
        match draft.kind:
            case ScopeKind.APPLICATION:
                return choose or "an application (Lamp) or an instance of one (Lamp[shop])"
            case ScopeKind.NODES if isinstance(draft.names, NodeNames) and draft.names.names:
                return _count(draft.names)
            case ScopeKind.NODES:
                return f"names, or @FILE that holds them; paste takes lines. {choose}"
            case ScopeKind.QUERY:
                return 'PQL, such as nodes[certname] { certname ~ "^web" }'
        return choose or "the id of a node group"

    @on(Input.Changed, "#target")
    def read_list(self) -> None:
        """Read the file that the target names; again, if it was read before."""
        if file := self.draft.file:
            self._read(file)

    @work(group="node file", exclusive=True)
    async def _read(self, file: str) -> None:
        await self.read_file(file)

    async def read_file(self, file: str) -> NodeNames | str:
        """The names in `file` (`@web.txt`), or, in words, why they are not known; they are shown, too."""
        self._lists[file] = names = await asyncio.to_thread(read_node_file, file[1:])
        self.check()
        return names

    def on_descendant_focus(self) -> None:
        self.call_after_refresh(self._show_focused)

    def _show_focused(self) -> None:
        for row in (*self.rows.values(), self.options.more):
            if row.field.has_focus:
                row.scroll_visible(animate=False)


def _count(names: NodeNames) -> str:
    twice = f", {names.repeated:,} named twice" if names.repeated else ""
    return f"{count_words(len(names.names), 'node')}{twice}"
