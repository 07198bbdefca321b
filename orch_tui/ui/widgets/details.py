"""Text about one thing, as long as it needs."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static


class Details(Static):
    """Shows `details`; where only a clock in it ticks, nothing is laid out anew."""

    DEFAULT_CSS = """
    Details { padding: 0 1; }
    """

    details: reactive[Content] = reactive(Content(""))

    def watch_details(self, before: Content, details: Content) -> None:
        # Laying out draws the whole screen; a clock in it that ticks is not worth that.
        self.update(details, layout=before.plain.count("\n") != details.plain.count("\n"))
