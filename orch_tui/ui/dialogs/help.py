"""The keys that work here and now."""

from collections.abc import Iterable, Mapping

from textual.binding import ActiveBinding
from textual.widget import Widget

from orch_tui.ui.dialogs.base import Dialog, paragraph
from orch_tui.ui.text import STRONG


class HelpDialog(Dialog[None]):
    """Lists each action once, with all its keys: what is in the key line too comes first."""

    def __init__(self, bindings: Mapping[str, ActiveBinding], shown: Mapping[str, str]) -> None:
        """
        Args:
            bindings: The active bindings by key, taken before the dialog opened.
            shown: How each key is written.
        """
        super().__init__("Keys")
        self._rows: dict[str, list[str]] = {}
        for key, active in sorted(bindings.items(), key=lambda item: not item[1].binding.show):
            binding = active.binding
            if active.enabled and binding.description and binding.id:
                self._rows.setdefault(binding.description, []).append(shown[key])

    def body(self) -> Iterable[Widget]:
        rows = [(f"{' '.join(keys):>20}  ", f"{words}\n") for words, keys in self._rows.items()]
        yield paragraph(*(part for keys, words in rows for part in ((keys, STRONG), words)))
