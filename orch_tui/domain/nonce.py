"""The mark by which the job of a deploy is found again: it travels in the job's description."""

import re
from secrets import token_hex

# No document says how much of a description a server keeps: in a long one the nonce comes first.
_LONG = 200
_TAG = re.compile(r"\s*\[orch-tui [0-9a-f]{12}\]\s*")


def new_nonce() -> str:
    """Twelve hexadecimal digits that no deploy has had before: by them its job is found again."""
    return token_hex(6)


def without_nonce(text: str) -> str:
    """A description as somebody has written it: without what told its deploy from others."""
    return _TAG.sub(" ", text).strip()


def with_nonce(text: str, nonce: str) -> str:
    """A description that carries `nonce`; those of other deploys, copied with the text, are left out."""
    text, tag = without_nonce(text), f"[orch-tui {nonce}]"
    return " ".join(part for part in ((tag, text) if len(text) > _LONG else (text, tag)) if part)


def carries(text: str, nonce: str) -> bool:
    """Whether a description carries `nonce`, be it cut off behind it."""
    return f"[orch-tui {nonce}" in text
