"""Drawing on where the first frame left off."""

from collections.abc import Callable

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

_ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"


def driver_over(hand_over: Callable[[], bool]) -> type[Driver]:
    """A driver that does not enter the alternate screen where `hand_over` says that it stands already.

    Terminals clear that screen whenever it is entered: the first frame would be gone until the first paint.
    """

    class OverFirstFrame(LinuxDriver):
        def write(self, data: str) -> None:
            if data != _ENTER_ALTERNATE_SCREEN or not hand_over():
                super().write(data)

    return OverFirstFrame
