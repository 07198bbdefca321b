"""What Puppet says: run messages as recorded, and ways in which a run fails, written to look real."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a run goes wrong on a node. `{node}`, `{environment}`, `{code}` and `{catalog}` are filled in."""

    text: str
    compiling: bool = False
    """The catalog never compiled: fails in noop as well, and no resource was touched."""
    chance: float = 1.0
    """How likely a run meets it: a passing trouble may be gone at the next run."""
    state: Literal["failed", "errored"] = "failed"

    def on(self, node: str, environment: str) -> str:
        # Not str.format: hostile texts hold braces of their own.
        text = self.text.replace("{catalog}", _CATALOG).replace("{code}", _CODE)
        return text.replace("{node}", node).replace("{environment}", environment)


_CODE = "/etc/puppetlabs/code/environments/{environment}"
_CATALOG = "Could not retrieve catalog from remote server: Error 500 on SERVER: Server Error: "

COMMON_CAUSES = (
    Cause(
        "{catalog}Evaluation Error: Unknown variable: 'tls_min'. "
        "(file: {code}/manifests/site.pp, line: 12, column: 5) on node {node}",
        compiling=True,
    ),
    Cause(
        "Execution of '/usr/bin/yum -d 0 -e 0 -y install openssl-1.0.2k-26.el7_9' returned 1: "
        "https://mirror.example.com/centos/7/repodata/repomd.xml: [Errno 14] HTTPS Error 404 - Not Found",
        chance=0.8,
    ),
    Cause(
        "Systemd restart for nginx failed!\n"
        "journalctl log for nginx:\n"
        'nginx[2211]: nginx: [emerg] unknown directive "ssl_protocol" in /etc/nginx/conf.d/tls.conf:4'
    ),
)
"""The three that half the fleet meets after a bad merge."""

CAUSES = (
    *COMMON_CAUSES,
    Cause(
        "{catalog}Evaluation Error: Error while evaluating a Resource Statement, "
        "Class[Profile::Openssl]: has no parameter named 'ciphers' "
        "(file: {code}/site/role/manifests/web.pp, line: 8, column: 3) on node {node}",
        compiling=True,
    ),
    Cause(
        "{catalog}Evaluation Error: Error while evaluating a Function Call, Could not find class "
        "::profile::monitoring for {node} (file: {code}/site/role/manifests/base.pp, line: 4, column: 3) "
        "on node {node}",
        compiling=True,
    ),
    Cause(
        "{catalog}Evaluation Error: Error while evaluating a Function Call, Function lookup() did not find "
        "a value for the name 'profile::db::password' "
        "(file: {code}/site/profile/manifests/db.pp, line: 21) on node {node}",
        compiling=True,
    ),
    Cause(
        "{catalog}Syntax error at '}' (file: {code}/modules/lamp/manifests/init.pp, line: 37, column: 1) "
        "on node {node}",
        compiling=True,
    ),
    Cause(
        "{catalog}Duplicate declaration: Package[curl] is already declared at "
        "(file: {code}/modules/base/manifests/init.pp, line: 14); cannot redeclare "
        "(file: {code}/modules/forge/manifests/init.pp, line: 6) on node {node}",
        compiling=True,
    ),
    Cause(
        "Run of Puppet configuration client already in progress; skipping  "
        "(/opt/puppetlabs/puppet/cache/state/agent_catalog_run.lock exists)",
        compiling=True,
        chance=0.5,
    ),
    Cause(
        "Execution of '/usr/bin/apt-get -q -y -o DPkg::Options::=--force-confold install redis-server' "
        "returned 100: E: Could not get lock /var/lib/dpkg/lock-frontend - open (11: Resource temporarily "
        "unavailable)",
        chance=0.5,
    ),
    Cause("Could not start Service[postgresql]: Execution of '/bin/systemctl start postgresql' returned 1:"),
    Cause("Dependency Package[openssl] has failures: true"),
    Cause("Skipping because of failed dependencies"),
    Cause(
        "Could not evaluate: Could not retrieve information from environment {environment} source(s) "
        "puppet:///modules/profile/tls/dhparam.pem"
    ),
    Cause(
        "change from 'absent' to 'present' failed: Could not set 'present' on ensure: No space left on device"
    ),
    Cause("'/usr/local/bin/migrate --yes' returned 2 instead of one of [0]"),
    Cause("Could not find group deployers", chance=0.9),
    Cause(
        "Connection to https://puppet.example.com:8140 failed, trying next route: execution expired",
        True,
        0.6,
    ),
    Cause(
        "certificate verify failed [unable to get local issuer certificate for CN=puppet.example.com]",
        compiling=True,
    ),
    Cause(
        "Failed to apply catalog: Found 1 dependency cycle:\n"
        "(File[/etc/nginx/conf.d] => Service[nginx] => File[/etc/nginx/conf.d])\n"
        "Try the '--graph' option and opening the resulting '.dot' file in OmniGraffle or GraphViz"
    ),
    # The next two end `errored`; their texts are those of the dispatcher's public prototype.
    Cause("Timed out waiting for status update from the agent", chance=0.5, state="errored"),
    Cause("Could not determine the result of the Puppet run", chance=0.5, state="errored"),
)


def started(node: str) -> str:
    """Recorded."""
    return f"Started puppet run on {node} ..."


def finished(node: str) -> str:
    """Recorded, trailing space included."""
    return f"Finished puppet run on {node} - Success! "


def went_wrong(node: str, why: str) -> str:
    """Failed and errored alike: documented for a failed node, recorded for an errored one."""
    return f"Error running puppet on {node}: {why}"


def not_connected(node: str) -> str:
    """Recorded."""
    return f"{node} is not connected to the PCP broker"


def skipped(node: str, upstream: str) -> str:
    """Invented: no recording of a skipped node is known."""
    return f"Skipped puppet run on {node}: it depends on {upstream}, which did not finish"


def never_started(node: str) -> str:
    """Invented: what a stop does to waiting nodes is unknown."""
    return f"Skipped puppet run on {node}: the job was stopped"


FORCED = "Puppet run was aborted: the job was stopped by force"
"""Invented, after what the dispatcher's public prototype says when it is shut down."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource and one property of it that Puppet may find wrong."""

    type: str
    title: str
    property: str
    old: str
    new: str
    containment: tuple[str, ...]


RESOURCES = (
    Resource(
        "Package", "openssl", "ensure", "1.0.2k-25.el7_9", "1.0.2k-26.el7_9", ("Stage[main]", "Openssl")
    ),
    Resource(
        "File",
        "/etc/nginx/conf.d/tls.conf",
        "content",
        "{md5}0cbc66",
        "{md5}9d3a41",
        ("Stage[main]", "Nginx"),
    ),
    Resource("Service", "nginx", "ensure", "stopped", "running", ("Stage[main]", "Nginx::Service")),
    Resource("File", "/etc/motd", "mode", "0600", "0644", ("Stage[main]", "Profile::Base")),
    Resource("User", "deploy", "shell", "/bin/sh", "/bin/bash", ("Stage[main]", "Profile::Users")),
    Resource("Cron", "rotate-reports", "hour", "3", "4", ("Stage[main]", "Profile::Base")),
)
