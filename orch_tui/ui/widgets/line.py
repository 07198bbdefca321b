"""A line of text of a fixed height: new text lays nothing out again."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class Line(Widget):
    """One line: `content` to the left, and `right` at the right edge where there is room for it."""

    DEFAULT_CSS = """
    Line { height: 1; }
    """

    content: reactive[Content] = reactive(Content(""))
    right: reactive[Content] = reactive(Content(""))

    def render(self) -> Content:
        gap = self.size.width - self.content.cell_length - self.right.cell_length
        if not self.right or gap < 1:
            return self.content.truncate(self.size.width, ellipsis=True)
        return Content.assemble(self.content, " " * gap, self.right)
