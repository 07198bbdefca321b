"""What a terminal is told besides pictures: text for its clipboard, a title, a call; and its way there.

Each is an operating system command (OSC), which tmux and GNU screen keep to themselves unless it is wrapped.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

from orch_tui.plain import plain

Call = Literal["bell", "osc9", "osc777", "off"]
"""How somebody is called to the terminal; `osc9` and `osc777` are two kinds of desktop notifications."""

PUSH_TITLE: Final = "\x1b[22;2t"
POP_TITLE: Final = "\x1b[23;2t"
"""Have the terminal remember its title, and show again what it remembers. Who cannot ignores both."""

_BELL = "\x07"
_LONGEST_TITLE = 80
_LONGEST_CALL = 200

_MOST_FOR_CLIPBOARD = 74_994
"""Characters of base64: more is cut or dropped by some terminals that take OSC 52 at all (hterm, xterm)."""

_PIECE = 250
"""Characters: GNU screen passes on 256 at once before release 4.2, and 768 since."""

# They print what they do not know, or wait for its end in vain.
_SIMPLE = ("linux", "vt1", "vt2", "vt5", "cons", "ansi", "sun")

# Who knows links (OSC 8), by the variables that terminals set; the first ones go through SSH.
_LINKING = (
    ("TERM", re.compile(r"(?:xterm-)?(?:kitty|ghostty)|(?:foot|alacritty|wezterm|contour)(?:-.*)?")),
    ("LC_TERMINAL", re.compile("iTerm2")),
    ("TERM_PROGRAM", re.compile("iTerm.app|WezTerm|vscode|ghostty|mintty|rio|Tabby")),
    ("VTE_VERSION", re.compile(r"[5-9]\d{3}|\d{5,}")),
    ("KONSOLE_VERSION", re.compile(r"\d+")),
    ("WT_SESSION", re.compile(".+")),
    ("DOMTERM", re.compile(".+")),
)

# From this release on tmux passes links on to terminals that know them; releases before swallow them.
_LINKING_TMUX = (3, 4)
_TMUX_RELEASE = re.compile(r"(?:next-)?(\d{1,4})\.(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies between us and the terminal in front of which somebody sits, as far as variables tell.

    Attributes:
        kind: The terminal's own word for itself.
        in_tmux: In tmux here, or in one at the other end of an SSH connection that says so.
        in_screen: In GNU screen.
        has_links: Whether the terminal is one that knows links (OSC 8), or a tmux that sees to that.
    """

    kind: str = ""
    in_tmux: bool = False
    in_screen: bool = False
    has_links: bool = False

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Those of a process with these variables."""
        kind = environment.get("TERM", "")
        in_tmux = bool(environment.get("TMUX")) or kind.startswith("tmux")
        in_screen = bool(environment.get("STY")) and not in_tmux
        return cls(kind, in_tmux, in_screen, _has_links(environment, in_tmux))

    @property
    def is_simple(self) -> bool:
        """Whether the terminal knows no operating system commands."""
        return self.kind.startswith(_SIMPLE)

    @property
    def has_titles(self) -> bool:
        """Whether a title can be set, and be put back: GNU screen remembers none."""
        return not self.is_simple and not self.in_screen

    def fits_clipboard(self, text: str) -> bool:
        """Whether `text` is little enough, and the terminal one that may take it."""
        size = len(text.encode("utf-8", errors="replace"))
        return not self.is_simple and (size + 2) // 3 * 4 <= _MOST_FOR_CLIPBOARD

    @property
    def why_no_clipboard(self) -> str:
        """Why a text does not fit, in words."""
        if self.is_simple:
            return f"a terminal of the kind {plain(self.kind)} has no clipboard"
        return f"terminals take {_MOST_FOR_CLIPBOARD * 3 // 4000} kB for their clipboard; save it to a file"

    def clipboard(self, text: str) -> str:
        """Puts `text` into the clipboard of a terminal that allows that (OSC 52)."""
        command = f"\x1b]52;c;{_in_base64(text)}{_BELL}"
        # tmux itself takes it with `set-clipboard on`, and passes it on with `allow-passthrough on`.
        return command + self._wrapped(command) if self.in_tmux else self._wrapped(command)

    def title(self, words: str) -> str:
        """Puts `words` into the title of the window; inside tmux, of the pane."""
        return f"\x1b]2;{_cut(words, _LONGEST_TITLE)}{_BELL}"

    def call(self, how: Call, words: str) -> str:
        """Calls somebody, and says why where there are words in that kind of call."""
        if how == "off":
            return ""
        if how == "bell" or self.is_simple:
            return _BELL
        words = _cut(words, _LONGEST_CALL).replace(";", ",")
        return self._wrapped(f"\x1b]{'9' if how == 'osc9' else '777;notify;orch-tui'};{words}{_BELL}")

    def _wrapped(self, command: str) -> str:
        if self.in_tmux:
            return f"\x1bPtmux;{command.replace(chr(0x1B), chr(0x1B) * 2)}\x1b\\"
        if self.in_screen:
            pieces = (command[start : start + _PIECE] for start in range(0, len(command), _PIECE))
            return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
        return command


def _has_links(environment: Mapping[str, str], in_tmux: bool) -> bool:
    kind = environment.get("TERM", "")
    if in_tmux:
        # All other variables tell of the terminal from which tmux was started, and may be out of date.
        version = environment.get("TERM_PROGRAM_VERSION", "")
        release = _TMUX_RELEASE.match(version if environment.get("TERM_PROGRAM") == "tmux" else "")
        return release is not None and (int(release[1]), int(release[2])) >= _LINKING_TMUX
    if kind.startswith((*_SIMPLE, "screen")) or environment.get("STY"):
        return False
    return any(words.fullmatch(environment.get(name, "")) for name, words in _LINKING)


def _in_base64(text: str) -> str:
    return b64encode(text.encode("utf-8", errors="replace")).decode("ascii")


def _cut(words: str, longest: int) -> str:
    words = plain(words)
    return words if len(words) <= longest else words[: longest - 1] + "…"
