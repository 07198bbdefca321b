"""What can be taken along from a rollout: to the clipboard, to a browser, into a file."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from orch_tui.ui.dialogs.copy import CopyDialog, LinkDialog
from orch_tui.ui.dialogs.save import SaveDialog
from orch_tui.ui.screens.job import JobScreen


class TakeawayScreen(JobScreen):
    """A screen of a job whose `tabs` have what is worth taking along."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", show=False, id="rollout.copy"),
        Binding("o", "console", "Link to the console", show=False, id="rollout.console"),
        Binding("w", "save", "Save to a file", show=False, id="rollout.save"),
    ]

    def action_copy(self) -> None:
        if clips := self.tabs.clips:
            self.open(CopyDialog(clips))

    def action_console(self) -> None:
        what, link = self.tabs.console_link
        if link:
            self.open(LinkDialog(what, link))
        else:
            self.notify("No report has told yet where the console is.")

    def action_save(self) -> None:
        self._save(f"job-{self.job}-{self.tabs.line.current}.csv")

    def save_as(self, name: str) -> None:
        """Save what the tab shows as `name`, as if that had been typed after `w`."""
        self._save(name, at_once=True)

    def _save(self, name: str, *, at_once: bool = False) -> None:
        tab, sheet = self.tabs.line.current, self.tabs.sheet
        if sheet is None:
            self.notify(f"The tab {tab.capitalize()} cannot be saved; the others can.")
        else:
            dialog = SaveDialog(name, lambda: self.tabs.sheet or sheet, at_once=at_once)
            self.ask(dialog, lambda saved: self.notify(f"Saved: {saved}.") if saved else None)
