"""What a cockpit is started with."""

from dataclasses import dataclass
from pathlib import Path

from orch_tui.config import Config, Profile


@dataclass(frozen=True, slots=True)
class Start:
    """What to start with; the token is None where the profile's token file has it.

    Attributes:
        journal: The file in which deploys are written down.
        flags: What to write on the command line to come back to this server; None where it ends with us.
        told: What to say at the start.
    """

    config: Config
    profile_name: str
    profile: Profile
    token: str | None
    journal: Path
    flags: tuple[str, ...] | None
    told: tuple[str, ...] = ()

    @property
    def is_demo(self) -> bool:
        """Whether the server is a simulator that ends with us."""
        return self.flags is None

    def __repr__(self) -> str:
        return f"Start({self.profile_name})"
