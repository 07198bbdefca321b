"""`orch-tui doctor`: what works and what does not, one line each, with what to do about it."""

import argparse
import asyncio
import os

from orch_tui.cli.doctor.files import check_authority, check_state_folder, check_token, find_profile
from orch_tui.cli.doctor.network import check_network
from orch_tui.cli.doctor.report import Report
from orch_tui.cli.doctor.terminal import check_terminal
from orch_tui.config import TOKEN_VARIABLE

EXIT_UNWELL = 2


def doctor(options: argparse.Namespace) -> int:
    """Check everything that can be checked; returns 0 only if all is well."""
    report = Report()
    given = os.environ.pop(TOKEN_VARIABLE, None)
    profile = find_profile(options, report)
    if profile is not None:
        token = check_token(profile, given, report)
        if check_authority(profile, report):
            asyncio.run(check_network(profile, token, report))
        else:
            report.note("network", "not tried: without an authority to trust nothing is sent")
    check_state_folder(report)
    check_terminal(report)
    return report.close(EXIT_UNWELL)
