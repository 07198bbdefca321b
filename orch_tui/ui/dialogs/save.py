"""Save what a tab shows: one line for the name of the file."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.widget import Widget
from textual.widgets import Input, Static

from orch_tui.plain import plain
from orch_tui.ui.dialogs.base import Dialog
from orch_tui.ui.export import Sheet, pieces
from orch_tui.ui.saved_file import save
from orch_tui.ui.text import MUTED, count_words, size_words
from orch_tui.ui.widgets.text_field import TextField


class SaveDialog(Dialog[str]):
    """Asks for a name, and writes the file; the answer says what was written.

    A file that is there is overwritten by a second Enter only, and by none that was pressed ahead. Closing it
    gives up the writing, too.

    Args:
        name: The name to begin with; its ending decides the form of the file.
        sheet: What to save, asked for when it begins.
        at_once: Do not wait for Enter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority: a field has an Enter of its own.
        Binding("enter", "write", "Save", priority=True, id="save.write")
    ]

    DEFAULT_CSS = """
    SaveDialog #said { margin: 1 0; }
    """

    def __init__(self, name: str, sheet: Callable[[], Sheet], *, at_once: bool = False) -> None:
        super().__init__("Save to a file")
        self._sheet = sheet
        self._at_once = at_once
        self._is_writing = at_once
        self._may_overwrite: Path | None = None
        self.field = TextField(name, id="file")
        self.said = Static(id="said")

    def foot(self) -> Iterable[Widget]:
        yield self.field
        yield self.said

    def on_mount(self, _: Mount) -> None:
        self.set_focus(self.field)
        self._say(f"In {plain(str(Path.cwd()))}. The ending decides: .csv, .json, .jsonl, else plain text.")
        if self._at_once:
            self._is_writing = False
            self.action_write()

    def _say(self, words: str, look: str = MUTED) -> None:
        self.said.update(Content.styled(words, look))
        self.call_after_refresh(self.fit)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True if self.is_armed or action != "write" else None

    def on_input_changed(self, _: Input.Changed) -> None:
        self._may_overwrite = None

    def action_write(self) -> None:
        if self._is_writing or not self.field.value.strip():
            return
        try:
            path = Path(self.field.value.strip()).expanduser().absolute()
        except RuntimeError:
            self._say("There is no such home folder.", "$text-error")
            return
        self._is_writing = True
        self._say("Saving …")
        self.write_file(path, overwrites=path == self._may_overwrite)

    @work(group="write")
    async def write_file(self, path: Path, *, overwrites: bool) -> None:
        sheet, given_up = self._sheet(), Event()
        try:
            size = await asyncio.to_thread(
                save, path, pieces(sheet, path.suffix), overwrites=overwrites, given_up=given_up
            )
        except FileExistsError:
            self._ask_to_overwrite(path)
        except OSError as error:
            self._say(f"It could not be saved: {error.strerror}.", "$text-error")
        else:
            rows = count_words(sheet.count, "row")
            self.dismiss(f"{rows}, {size_words(size)} in {plain(str(path))}")
        finally:
            given_up.set()
            self._is_writing = False

    def _ask_to_overwrite(self, path: Path) -> None:
        if self.is_attached:
            self._may_overwrite = path
            self.hold()  # whoever has pressed Enter by now did not know
            self._say("There is such a file already. Enter overwrites it.", "bold $warning")
