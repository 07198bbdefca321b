"""The way to the clipboard of whoever sits at the terminal."""

from textual.widget import Widget


def send_to_clipboard(widget: Widget, text: str) -> None:
    """Send `text` by OSC 52, which the terminal may or may not take; so we do not say `copied`."""
    widget.app.copy_to_clipboard(text)
    widget.notify("The text was sent to the terminal's clipboard.")
