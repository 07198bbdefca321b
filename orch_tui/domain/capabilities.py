"""What a server can do. Releases differ, and none says which it is: its answers tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """As far as the answers so far tell; the defaults are those of the oldest release, 2016.2.

    Attributes:
        has_descriptions: A deploy may carry a `description`, and its job shows it (2017.3 and later).
        has_pages: The list of jobs can be read from an `offset` on (2017.3 and later).
        has_targets: A deploy may name a `target` (up to 2019.8.4). What later servers make of one is unknown:
            if they pay no heed to it, they deploy the whole environment.
    """

    has_descriptions: bool = False
    has_pages: bool = False
    has_targets: bool = True
