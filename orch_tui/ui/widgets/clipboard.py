"""The way to the clipboard of whoever sits at the terminal."""

from textual.widget import Widget

from orch_tui.ui.terminal.app import ClipboardText
from orch_tui.ui.text import size_words


def send_to_clipboard(widget: Widget, text: str, what: str) -> None:
    """Have `text`, which is `what`, sent to the terminal; the app says what became of it."""
    size = size_words(len(text.encode("utf-8", errors="replace")))
    # To the app itself: a dialog that closes with that takes what it was sent with it.
    widget.app.post_message(ClipboardText(text, f"{what}, {size}"))
