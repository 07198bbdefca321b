"""The options of a run in the form: out of sight until they are opened."""

from collections.abc import Iterator, Mapping

from textual.app import ComposeResult
from textual.containers import Vertical

from orch_tui.domain.capabilities import Capabilities, Option
from orch_tui.domain.run_option import FLAGS, NO, ORDERS, SECONDS, YES
from orch_tui.ui.deploy_text import OPTIONS
from orch_tui.ui.text import count_words
from orch_tui.ui.widgets.form import ChoiceInput, OneOf, Row

_YES_OR_NO = {"": "the server's own", YES: "yes", NO: "no"}
_SHUT, _OPEN = "shut", "open"


class RunOptions(Vertical):
    """A row that opens them, and a row for each.

    Args:
        texts: What is in their fields at first.
    """

    DEFAULT_CSS = """
    RunOptions {
        height: auto;
        #options { height: auto; display: none; }
    }
    """

    def __init__(self, texts: Mapping[Option, str]) -> None:
        super().__init__()
        self.rows = {
            option: Row(OPTIONS[option][0], _field(option, texts.get(option, ""))) for option in Option
        }
        self._opener = OneOf(_OPEN if texts else _SHUT, {_SHUT: _SHUT, _OPEN: _OPEN}, id="more")
        self.more = Row("More options", self._opener)
        self._box = Vertical(*self.rows.values(), id="options")
        self.display = bool(texts)

    def compose(self) -> ComposeResult:
        yield self.more
        yield self._box

    @property
    def texts(self) -> dict[Option, str]:
        """Those that are not left to the server, as they are typed."""
        return {option: text for option, row in self.rows.items() if (text := row.field.value.strip())}

    @property
    def rows_in_sight(self) -> Iterator[Row]:
        """Those that the cursor can go to."""
        if self.display:
            yield self.more
            if self._box.display:
                yield from (row for row in self.rows.values() if row.display)

    def open(self) -> None:
        """Show them."""
        self._opener.value = _OPEN

    def toggle(self) -> None:
        """Show or hide them; the cursor goes to what does it."""
        self._opener.value = _OPEN if self._opener.value == _SHUT else _SHUT
        self.screen.set_focus(self._opener)

    def tell(self, server: Capabilities, faults: Mapping[Option, str]) -> None:
        """Show those that `server` takes or that are set, with what they are for or what is wrong."""
        texts = self.texts
        for option, row in self.rows.items():
            row.display = server.has(option) or option in texts
            row.tell(OPTIONS[option][1], faults.get(option, ""))
        self.display = any(row.display for row in self.rows.values())
        self._box.display = self._opener.value == _OPEN
        count = f"{len(texts)} of {len(server.options)} set"
        unsure = sum(1 for option in Option if server.may_have(option)) - len(server.options)
        hint = f"{count}; {unsure} more if api in the profile names the release" if unsure else count
        self.more.tell(hint, f"{count_words(len(faults), 'option')} at fault" if faults else "")


def _field(option: Option, text: str) -> ChoiceInput | OneOf:
    if option in FLAGS:
        return OneOf(text, _YES_OR_NO, id=option)
    field = ChoiceInput(text, id=option, restrict=r"[0-9]*" if option in SECONDS else None)
    field.offer(ORDERS if option is Option.ORDERING else ())
    return field
