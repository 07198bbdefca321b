"""What lies on this machine: configuration, token, authority, and our own folder."""

import argparse
import os
import ssl
from datetime import UTC, datetime

from orch_tui.api.certificate import authorities, day
from orch_tui.api.token import Token
from orch_tui.cli.doctor.report import Report
from orch_tui.config import TOKEN_VARIABLE, ConfigError, Profile, check_config, find_config, state_folder
from orch_tui.domain.problem import OrchestratorError


def find_profile(options: argparse.Namespace, report: Report) -> Profile | None:
    """The profile to check, if the configuration has it."""
    try:
        found = find_config(getattr(options, "config", None), os.environ)
        config = check_config(found)
    except ConfigError as error:
        report.bad(
            "config",
            str(error),
            "write such a file, or mend it: `orch-tui config --example` has every key with its default",
        )
        return None
    origin = " (Puppet's client tools: there is no file of ours)" if found.prefix else ""
    report.good("config", f"{found.file}{origin}")
    try:
        name, profile = config.profile(getattr(options, "profile", None))
    except ConfigError as error:
        report.bad("profile", str(error), "name one with --profile, or set default-profile")
        return None
    report.good("profile", f"{name}: {profile.service_url}{', read-only' if profile.read_only else ''}")
    return profile


def check_token(profile: Profile, given: str | None, report: Report) -> Token | None:
    """The token, if there is one that can be sent; whether the server takes it is another question."""
    token = Token.in_file(profile.token_file) if given is None else Token.given(given)
    origin = TOKEN_VARIABLE if given is not None else str(profile.token_file)
    try:
        token.read()
    except OrchestratorError as error:
        advice = "run `puppet access login`, or set token-file; only you may be able to read that file"
        report.bad("token", error.problem.message, advice)
        return None
    report.good("token", f"from {origin}" + ("" if given is not None else ", readable by its owner alone"))
    return token


def check_authority(profile: Profile, report: Report) -> bool:
    """Whether TLS can be tried: the authority's file can be read, or is not needed."""
    if not profile.uses_tls:
        report.note("cacert", "not used: plain HTTP to this machine itself")
        return True
    try:
        trusted = authorities(profile.cacert)
    except OSError as error:
        reason = "holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        report.bad(
            "cacert",
            f"{profile.cacert}: {reason}",
            "set cacert to a copy of Puppet's authority: /etc/puppetlabs/puppet/ssl/certs/ca.pem",
        )
        return False
    now = datetime.now(UTC)
    for one in trusted:
        words = f"{profile.cacert}: {one.subject}, until {day(one.ends)}"
        if one.begins <= now <= one.ends:
            report.good("cacert", words)
        else:
            report.bad("cacert", words, "compare the clocks, then get the authority's new certificate")
    return True


def check_state_folder(report: Report) -> None:
    """Whether our own notes can be written."""
    folder = state_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError as error:
        report.bad(
            "state", f"{folder}: {error.strerror}", "make the folder, or let XDG_STATE_HOME name another"
        )
        return
    if writable:
        report.good("state", f"{folder} can be written")
    else:
        report.bad("state", f"{folder} cannot be written", f"mend it with: chmod u+rwx {folder}")
