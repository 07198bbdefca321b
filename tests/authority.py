"""A certificate authority of a test's own."""

from pathlib import Path
from typing import Any

import trustme

from orch_tui.api.certificate import authorities
from orch_tui.simulator import Tls


class Authority:
    """A certificate authority, its certificate's file, and servers' files signed by it."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.pem = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.pem))
        self._folder = folder

    @property
    def name(self) -> str:
        """What its certificates call their issuer."""
        return authorities(self.pem)[0].subject

    def tls(self, name: str = "127.0.0.1", **dates: Any) -> Tls:
        issued = self.ca.issue_cert(name, **dates)
        certfile, keyfile = self._folder / "cert.pem", self._folder / "key.pem"
        certfile.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(str(keyfile))
        return Tls(certfile, keyfile)
