"""Textual's driver with a terminal that may stall, go away, be suspended, or send anything."""

import os
import select
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from orch_tui.ui.terminal.ascii_signs import in_ascii
from orch_tui.ui.terminal.escape import POP_TITLE, PUSH_TITLE
from orch_tui.ui.terminal.keyboard import Keyboard, TolerantParser
from orch_tui.ui.terminal.output import Output

_ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"
_PATIENCE_AT_THE_END = 0.5
_TICK_MS = 100
_MOST_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class TerminalLink:
    """What the driver and the program tell each other.

    Attributes:
        size: Columns and lines, as they are now.
        has_first_frame: Asked once: whether the alternate screen stands already. Whoever asks draws from then
            on. Terminals clear that screen whenever it is entered: the first frame would be gone.
        gone: Called in the loop when the terminal has gone away.
        is_ascii: Whether the terminal shows ASCII alone.
    """

    size: Callable[[], tuple[int, int]]
    has_first_frame: Callable[[], bool]
    gone: Callable[[], object]
    is_ascii: bool = False


class OrchDriver(LinuxDriver):
    """The driver for the terminal of this process; held to the ways of Textual 8.2."""

    def __init__(
        self,
        link: TerminalLink,
        app: App[Any],
        *,
        debug: bool,
        mouse: bool,
        size: tuple[int, int] | None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size or link.size())
        self._link = link
        self._output: Output | None = None
        self._modes: list[Any] | None = None
        self._told_size = Size(*self._link.size())

    def _get_terminal_size(self) -> tuple[int, int]:
        return self._link.size()

    def _query_in_band_window_resize(self) -> None:
        """Not asked for: the kernel tells sizes, and one who tells them is enough."""

    def process_message(self, message: Message) -> None:
        if isinstance(message, (Resize, InBandWindowResize)):
            return
        if isinstance(message, Key):
            self._tell_size()
        super().process_message(message)

    def _tell_size(self) -> None:
        """No key may overtake the news of a new size: in too small a terminal it would act unseen."""
        size = Size(*self._link.size())
        if size != self._told_size:
            self._told_size = size
            self.send_message(Resize(size, size))

    def start_application_mode(self) -> None:
        assert self._file is not None
        self._output = Output(self._file.fileno(), self._repaint)
        self.write(PUSH_TITLE)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        with suppress(termios.error):
            self._modes = termios.tcgetattr(self.fileno)

    def stop_application_mode(self) -> None:
        self._modes = None
        self.write(POP_TITLE)
        super().stop_application_mode()

    def write(self, data: str) -> None:
        assert self._output is not None
        if data != _ENTER_ALTERNATE_SCREEN or not self._link.has_first_frame():
            self._output.write(in_ascii(data) if self._link.is_ascii else data)

    def _repaint(self) -> None:
        # As after a stop: what stands on the terminal is old.
        self._loop.call_soon_threadsafe(self._app.post_message, self.SignalResume())

    def close(self) -> None:
        output, self._output = self._output, None
        if output is not None:
            output.close(_PATIENCE_AT_THE_END)
        super().close()

    def run_input_thread(self) -> None:
        keyboard, parser = Keyboard(), TolerantParser(self._debug)
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            if poll.poll(_TICK_MS):
                sent = self._read()
                if not sent:
                    self._loop.call_soon_threadsafe(self._link.gone)
                    return
                # Textual's parser takes nothing for the end.
                for event in parser.feed(text) if (text := keyboard.text(sent)) else ():
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

    def _run_input_thread(self) -> None:
        # Textual's own would show what it died of with all locals; a thread's exception has its hook.
        self.run_input_thread()

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _MOST_AT_ONCE)
        except OSError:
            return b""

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._suspend)

    def _suspend(self) -> None:
        """Give the terminal back and stop as any program does: where nobody could continue us, the
        system ignores it, and we go on at once."""
        self.suspend_application_mode()
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, ours)
        self.resume_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._continued)

    def _continued(self) -> None:
        """After a stop that nobody announced, the shell has left its own modes. Mostly there was none."""
        if self._modes is None:
            return
        with suppress(OSError, termios.error):
            if os.tcgetpgrp(self.fileno) == os.getpgrp():
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._modes)
        self._app.post_message(self.SignalResume())


def driver_for(link: TerminalLink) -> type[Driver]:
    """Our driver as Textual wants it: a class that needs to be told nothing more than any driver."""

    class LinkedDriver(OrchDriver):
        def __init__(
            self, app: App[Any], *, debug: bool, mouse: bool, size: tuple[int, int] | None = None
        ) -> None:
            super().__init__(link, app, debug=debug, mouse=mouse, size=size)

    return LinkedDriver
