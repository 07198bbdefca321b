"""A line of text of a fixed height: new text lays nothing out again, and only what changed is drawn."""

from textual.content import Content
from textual.geometry import Region
from textual.reactive import var
from textual.widget import Widget


class Line(Widget):
    """One line: `content` to the left, and `right` at the right edge where there is room for it."""

    DEFAULT_CSS = """
    Line { height: 1; }
    """

    content: var[Content] = var(Content(""))
    right: var[Content] = var(Content(""))

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._drawn = Content("")

    def watch_content(self) -> None:
        self._draw()

    def watch_right(self) -> None:
        self._draw()

    def _draw(self) -> None:
        """Ask for the stretch that looks different: a clock that ticks costs its digits, not its line."""
        before, now = self._drawn, self._composed()
        is_simple = now.cell_length == len(now.plain) == len(before.plain) and before.spans == now.spans
        if not is_simple:
            self.refresh()
            return
        differing = [
            place for place, (a, b) in enumerate(zip(before.plain, now.plain, strict=True)) if a != b
        ]
        if differing:
            self.refresh(Region(differing[0], 0, differing[-1] + 1 - differing[0], 1))

    def render(self) -> Content:
        self._drawn = self._composed()
        return self._drawn

    def _composed(self) -> Content:
        gap = self.size.width - self.content.cell_length - self.right.cell_length
        if not self.right or gap < 1:
            return self.content.truncate(self.size.width, ellipsis=True)
        return Content.assemble(self.content, " " * gap, self.right)
