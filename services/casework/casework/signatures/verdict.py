"""What is kept of a signature: what it proves, never who signed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel

Verdict = Literal["trusted", "untrusted", "unknown", "modified", "unsigned", "unreadable"]
"""`trusted`: intact, by a certificate that holds under a configured root. `untrusted`: under such a root, but expired, revoked
or not meant for signing. `unknown`: intact, by a certificate under no configured root. `modified`: changed after signing."""
SignerKind = Literal["individual", "organization", "unknown"]

WORST_FIRST: tuple[Verdict, ...] = ("modified", "untrusted", "unknown", "trusted")


class SignatureFound(BaseModel):
    """One signature. `signed_at` is declared by the signer unless `is_time_stamped`; `issuer` is named only under a trusted root,
    for a certificate that signed itself bears a person's name there."""

    verdict: Verdict
    reason: str | None = None
    is_intact: bool
    covers_whole_document: bool
    signed_at: datetime | None = None
    is_time_stamped: bool = False
    signer_kind: SignerKind = "unknown"
    certificate_serial: str
    issuer: str | None = None


class SignatureCheck(BaseModel):
    """All signatures of a file; the verdict is that of the worst."""

    verdict: Verdict
    signatures: list[SignatureFound] = []

    @classmethod
    def of(cls, signatures: Sequence[SignatureFound]) -> "SignatureCheck":
        """The check that these signatures make together."""
        verdicts = {found.verdict for found in signatures}
        worst = next((verdict for verdict in WORST_FIRST if verdict in verdicts), "unsigned")
        return cls(verdict=worst, signatures=list(signatures))
