"""`python -m orch_tui` is `orch-tui`."""

import sys

from orch_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
