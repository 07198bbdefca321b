"""Texts that try to break out of whatever shows them: markup, escape sequences, direction, length."""

TEXTS = (
    "[red]x[/red]",
    "[/]",
    "[@click=app.quit]x[/]",
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07\x1b]52;c;cm0gLXJm\x07",
    "two\nlines\r\nand\ttabs",
    "\u202egnp.exe",
    "\x9b31m\x00\x7f",
    "{node} %s ${HOME}",
    "w" * 10_000,
)
"""Each comes as an environment, an owner, a node, an application and a failure."""
