"""From the bytes that a terminal sends to Textual's events, whatever the bytes are.

Textual 8.2.8 ends its input thread, and with it the program, on bytes that are not UTF-8 and on key numbers
that are none; and of an answer or a report that it does not know, it makes key presses.
"""

import codecs
import re
from collections.abc import Iterable
from typing import Final

from textual._xterm_parser import XTermParser, _re_mouse_event, _re_terminal_mode_response
from textual.events import Key
from textual.keys import Keys
from textual.message import Message

_ESCAPE: Final = 0x1B
_PASTE_STARTS: Final = b"\x1b[200~"
_PASTE_ENDS: Final = b"\x1b[201~"

_OLD_MOUSE_REPORT: Final = b"\x1b[M"
"""Three raw bytes follow it: a button and a place, each 32 too high, or 0 where the place is too far out."""
_OLD_MOUSE_PLACE: Final = 3

_WHOLE_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_LINUX_CONSOLE_FUNCTION_KEY = "\x1b[["
"""It looks whole, and has one character more."""


class Keyboard:
    """Gives the text in what a terminal sends: without mouse reports in raw bytes, without what is no UTF-8,
    and without escapes in what is pasted, so that pasted text presses no key.

    Nothing is held back but the start of a character, and of what may be the end of a paste.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._sequence = b""
        self._is_pasting = False
        self._places_to_come = 0

    def text(self, sent: bytes) -> str:
        """What can be said of `sent`; it may be nothing."""
        return self._decoder.decode(b"".join(self._kept(byte) for byte in sent))

    def _kept(self, byte: int) -> bytes:
        if self._places_to_come and (byte >= ord(" ") or byte == 0):
            self._places_to_come -= 1
            return b""
        self._places_to_come = 0
        return (self._pasted if self._is_pasting else self._typed)(byte.to_bytes())

    def _typed(self, byte: bytes) -> bytes:
        self._sequence = byte if byte[0] == _ESCAPE else self._sequence and self._sequence + byte
        if self._sequence == _OLD_MOUSE_REPORT:
            self._sequence, self._places_to_come = b"", _OLD_MOUSE_PLACE
        elif self._sequence == _PASTE_STARTS:
            self._sequence, self._is_pasting = b"", True
        elif not _PASTE_STARTS.startswith(self._sequence):
            self._sequence = self._sequence if _OLD_MOUSE_REPORT.startswith(self._sequence) else b""
        return byte

    def _pasted(self, byte: bytes) -> bytes:
        if byte[0] == _ESCAPE:
            held, self._sequence = self._sequence, byte
            return held[1:]
        if not self._sequence:
            return byte
        sequence, self._sequence = self._sequence + byte, b""
        if sequence == _PASTE_ENDS:
            self._is_pasting = False
            return sequence
        if _PASTE_ENDS.startswith(sequence):
            self._sequence = sequence
            return b""
        return sequence[1:]


class TolerantParser(XTermParser):
    """Textual's parser, without its ways to fail and to take for keys what nobody pressed."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = [key for key in super()._sequence_to_key_events(sequence, alt) if _is_whole(key)]
        except (ValueError, OverflowError):  # the number of a key, in kitty's protocol, that no character has
            keys = []
        if not keys and _is_unknown(sequence):
            return [Key(Keys.Ignore, sequence)]
        return keys

    def parse_mouse_code(self, code: str) -> Message | None:
        try:
            return super().parse_mouse_code(code)
        except ZeroDivisionError:  # after a report of a size of nothing
            return None


def _is_unknown(sequence: str) -> bool:
    """Whether this is a whole sequence that means nothing: something of the terminal's that nobody typed."""
    return bool(
        _WHOLE_SEQUENCE.fullmatch(sequence)
        and sequence != _LINUX_CONSOLE_FUNCTION_KEY
        and not _re_mouse_event.match(sequence)
        and not _re_terminal_mode_response.match(sequence)
    )


def _is_whole(key: Key) -> bool:
    """Half a character (a surrogate) can be pressed in kitty's protocol, and be written nowhere."""
    return key.character is None or not "\ud800" <= key.character[:1] <= "\udfff"
