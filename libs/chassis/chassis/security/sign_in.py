"""What a trusted identity provider states about a person who signs in, and how it travels: encrypted, to the registry alone.

The gateway verifies the provider's token and seals the claims; the registry opens them to find the resident. Neither logs or
caches them. What is kept is a blind index of the subject, and one of the subject with the number.
"""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from chassis.ids import new_id
from chassis.security.encryption import CipherContext, blind_index, blind_indexes, decrypt, encrypt

CLAIMS = CipherContext("gateway", "sign_in", "claims")
ID_BYTES = 16


@dataclass(frozen=True, repr=False)
class Claims:
    """A person as the provider states. Only the account is certain: a later sign-in may state nothing else.

    The number is normalised; the birth date is as precise as the provider has it, in any form that people write.
    """

    issuer: str
    subject: str
    personal_id: str | None = None
    full_name: str | None = None
    date_of_birth: str | None = None

    @property
    def states_a_person(self) -> bool:
        """Whether number, name and birth date are all stated, as a first sign-in needs."""
        return bool(self.personal_id and self.full_name and self.date_of_birth)

    def subject_index(self) -> bytes:
        """The index of the account, under the newest key."""
        return blind_index("identity_subject", self._account)

    def subject_indexes(self) -> list[bytes]:
        """The index of the account under every key, newest first."""
        return blind_indexes("identity_subject", self._account)

    def claims_index(self) -> bytes | None:
        """The index of account and number together: it changes when the provider gives the account to another person."""
        return blind_index("identity_claims", f"{self._account}|{self.personal_id}") if self.personal_id else None

    @property
    def _account(self) -> str:
        return f"{self.issuer}|{self.subject}"

    def encrypted(self) -> str:
        """The claims, encrypted for the registry (base64)."""
        row = new_id()
        plain = json.dumps({name: value for name, value in asdict(self).items() if value is not None})
        return base64.b64encode(row.bytes + encrypt(CLAIMS, str(row), plain)).decode()


def open_claims(sealed: str) -> Claims:
    """What `Claims.encrypted` made; raises DecryptionFailed or ValueError."""
    raw = base64.b64decode(sealed, validate=True)
    row = UUID(bytes=raw[:ID_BYTES])
    return Claims(**json.loads(decrypt(CLAIMS, str(row), raw[ID_BYTES:])))


def birthday(born: date, age: int) -> date:
    """The day on which a person reaches an age; a person born on 29 February does so on 1 March of other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
