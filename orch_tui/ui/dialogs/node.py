"""One node in full, for screens that have no room beside the list."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from orch_tui.ui.dialogs.base import Dialog
from orch_tui.ui.widgets.node_details import NodeDetails


class NodeDialog(Dialog[None]):
    """Shows `details`; `y` sends them to the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "Close", show=False, id="node.close"),
        Binding("y", "copy", "Copy all", id="node.copy"),
    ]

    def __init__(self, details: Content) -> None:
        super().__init__("Node")
        self._details = details

    def body(self) -> Iterable[Widget]:
        widget = NodeDetails()
        widget.details = self._details
        yield widget

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._details.plain)
        self.notify("The text was sent to the terminal's clipboard.")
