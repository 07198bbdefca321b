"""`orch-tui completion SHELL`: prints what a shell needs to complete commands, options and their values.

Everything comes from the parser itself; only the names of profiles and themes are asked for as you type.
"""

import argparse

from orch_tui.cli.arguments import parser
from orch_tui.cli.completion.bash import bash
from orch_tui.cli.completion.fish import fish
from orch_tui.cli.completion.words import commands_of
from orch_tui.cli.completion.zsh import zsh
from orch_tui.cli.output import put


def completion(options: argparse.Namespace) -> int:
    """Print the script for one shell; the exit code."""
    write = {"bash": bash, "zsh": zsh, "fish": fish}[options.shell]
    put(write(commands_of(parser())))
    return 0
