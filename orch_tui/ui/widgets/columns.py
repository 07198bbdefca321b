"""How a text becomes just as wide as its column."""

from rich.cells import cell_len, set_cell_size


def fitted(text: str, width: int, right: bool = False) -> str:
    """`text` in exactly `width` cells; what does not fit ends in an ellipsis."""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    return " " * (width - length) + text if right else text + " " * (width - length)
