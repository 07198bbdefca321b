"""The configuration file, key by key. `config.example.toml` shows each of them with its default."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StrictBool, model_validator

from orch_tui.config.error import ConfigError
from orch_tui.plain import plain

PUPPET_CA = Path("/etc/puppetlabs/puppet/ssl/certs/ca.pem")
"""Where Puppet's client tools expect the certificate of the authority (orchestrator.conf's default)."""

PUPPET_TOKEN = Path("~/.puppetlabs/token")
"""Where `puppet access login` writes the token."""

_CONSOLE_PORT = 4433

_RELEASE = re.compile(r"20[0-9]{2}(\.[0-9]{1,3}){0,3}")
_FIRST_RELEASE = (2015, 3)
"""Before it, Puppet Enterprise had no orchestrator."""

_NO_URL = "must be a URL such as https://orchestrator.example.com:8143"


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(_NO_URL) from error
    # urlsplit drops or keeps line feeds, spaces and the like in silence.
    readable = url.isascii() and url.isprintable() and " " not in url
    if not readable or parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError(_NO_URL)
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise ValueError("must hold no user, password, query or fragment")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("must be https: a token is never sent in clear text, except to this machine itself")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must hold printable characters only")
    return text


def _release(text: str) -> str:
    """Which releases changed something is another's concern: one in between counts as the one before it."""
    is_number = _RELEASE.fullmatch(text) is not None
    if text != "current" and not (is_number and tuple(map(int, text.split("."))) >= _FIRST_RELEASE):
        raise ValueError('must be a release from "2015.3" on, such as "2019.8.6", or "current"')
    return text


def _expanded(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("must be the name of a file")
    try:
        return path.expanduser()
    except RuntimeError as error:  # no HOME, and no entry in the password file
        raise ValueError(f"{path} needs a home directory, and there is none") from error


Seconds = Annotated[float, Strict()]
Label = Annotated[str, AfterValidator(_printable)]
Url = Annotated[str, AfterValidator(_checked_url)]
File = Annotated[Path, AfterValidator(_expanded)]
Release = Annotated[str, AfterValidator(_release)]
EnvironmentName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )


class Profile(_Section):
    """One orchestrator; keys that Puppet's client tools have too carry their names."""

    service_url: Url
    """The orchestrator, without `/orchestrator/v1`; https, except on loopback."""
    classifier_url: Url | None = None
    """The node classifier, for its node groups, and for environments where the orchestrator does not list
    them: https://CONSOLE:4433/classifier-api"""
    puppetdb_url: Url | None = None
    """PuppetDB, which tells before a deploy how many nodes it reaches: https://PUPPETDB:8081"""
    rbac_url: Url | None = None
    """The token service, where signing in sends the password: https://CONSOLE:4433/rbac-api"""
    cacert: File = PUPPET_CA
    """The certificate authority that signed the orchestrator's certificate; no other is trusted."""
    token_file: File = PUPPET_TOKEN
    """Where `puppet access login` wrote the token; only its owner may read it."""
    api: Release | None = None
    """The server's release, where its answers tell too little of what it can do; `current` is the newest."""
    environment: EnvironmentName | None = None
    """The environment that is highlighted at start."""
    read_only: StrictBool = False
    """Show everything, deploy and stop nothing."""
    protected: tuple[EnvironmentName, ...] = ()
    """Environments whose name must be typed before an enforcing deploy."""
    default_mode: Literal["noop", "enforce"] = "noop"
    """The mode that the deploy form opens with."""
    poll_interval: Annotated[Seconds, Field(ge=0.5, le=3600)] = 2.0
    """Seconds between two polls of a job that is running."""
    connect_timeout: Annotated[Seconds, Field(gt=0, le=600)] = 5.0
    """Seconds until a connection must stand."""
    read_timeout: Annotated[Seconds, Field(gt=0, le=600)] = 35.0
    """Seconds that the server may be silent; it needs 30 itself to notice that its database is gone."""
    deadline: Annotated[Seconds, Field(gt=0, le=3600)] = 60.0
    """Seconds that a whole request may take."""
    proxy_from_environment: StrictBool = False
    """Use HTTPS_PROXY and its like."""

    @property
    def uses_tls(self) -> bool:
        """Whether any connection is encrypted: always, but to this machine itself."""
        urls = (self.service_url, self.classifier_url or "", self.puppetdb_url or "", self.sign_in_url)
        return any(urlsplit(url).scheme == "https" for url in urls)

    @property
    def sign_in_url(self) -> str:
        """The token service: `rbac-url`, else the one that a server with everything on one machine has.

        Only a simulator speaks plain HTTP, and it has all services on one port.
        """
        if self.rbac_url is not None:
            return self.rbac_url
        parts = urlsplit(self.service_url)
        if parts.scheme == "http":
            return f"{self.service_url}/rbac-api"
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"https://{host}:{_CONSOLE_PORT}/rbac-api"

    @property
    def host(self) -> str:
        """Host and port, as the screens show them."""
        return urlsplit(self.service_url).netloc


class Config(_Section):
    """The whole file."""

    default_profile: str | None = None
    """The profile to use without `--profile`; not needed where there is only one."""
    theme: Label = "terminal"
    """A theme by name: terminal, dark, light, contrast, or one of your own."""
    ascii: StrictBool | None = None
    """Draw with ASCII alone; by default where the locale is not UTF-8."""
    slow_link: StrictBool = False
    """Draw what the server tells at most once a second, for thin lines."""
    mouse: StrictBool = False
    """Whether clicks work; while they do, the terminal's own selecting needs Shift."""
    notify: Literal["bell", "osc9", "osc777", "off"] = "bell"
    """How the terminal calls for attention: at a watched job's first failure, its end, and lost contact."""
    profiles: Annotated[dict[Label, Profile], Field(min_length=1)]
    """The orchestrators, by a name of your choice."""
    keys: dict[str, str] = {}
    """Other keys for commands, by the command's id: "rollout.stop" = "x"."""

    @model_validator(mode="after")
    def _default_exists(self) -> "Config":
        if self.default_profile is not None and self.default_profile not in self.profiles:
            known = ", ".join(sorted(self.profiles))
            raise ValueError(f"default-profile: must be one of the profiles: {known}")
        return self

    def profile(self, name: str | None) -> tuple[str, Profile]:
        """The profile called `name`, or the default one, with its name.

        Raises:
            ConfigError: There is none of that name, or several and no default.
        """
        known = ", ".join(sorted(self.profiles))
        chosen = name or self.default_profile
        if chosen is None and len(self.profiles) == 1:
            chosen = next(iter(self.profiles))
        if chosen is None:
            raise ConfigError(f"which profile? Set default-profile, or use --profile with one of: {known}")
        if chosen not in self.profiles:
            raise ConfigError(f"no profile is called {plain(chosen)}; there are: {known}")
        return chosen, self.profiles[chosen]
