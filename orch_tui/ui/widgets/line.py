"""A line of text of a fixed height: new text never lays the screen out again."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class Line(Widget):
    """One line (or, by its style, a few); `content` to the left and `right` at the right edge."""

    DEFAULT_CSS = """
    Line { height: 1; }
    """

    content: reactive[Content] = reactive(Content(""), layout=False)
    right: reactive[Content] = reactive(Content(""), layout=False)

    def render(self) -> Content:
        gap = self.size.width - self.content.cell_length - self.right.cell_length
        if not self.right or gap < 1:
            return self.content.truncate(self.size.width, ellipsis=True)
        return Content.assemble(self.content, " " * gap, self.right)
