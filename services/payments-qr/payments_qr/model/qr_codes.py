"""QR codes: issued for a counter, a single payment or a bill, or imported from a bank."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from chassis.security.encryption import blind_index, blind_indexes
from payments_qr.model.tables import Table, aware, decrypt_value, digest, encrypt_value, encrypted, money, text


@dataclass(frozen=True, slots=True)
class CodeTerms:
    """The content of a code beside its merchant; `amount` is whole VND."""

    kind: str
    counter: str | None = None
    amount: int | None = None
    reference: str | None = None
    purpose: str | None = None
    expires_at: datetime | None = None


class QrCode(Table, table=True):
    """A VietQR code. `payload` contains the account and is encrypted for this row; `reference_key` is the reference as
    banks may alter it, unique per merchant. `state`: active, paid, revoked; expiry follows from the time."""

    __tablename__ = "qr_code"
    __table_args__ = (
        Index(
            "uq_qr_code_reference",
            "merchant_id",
            "reference_key",
            unique=True,
            postgresql_where="reference_key IS NOT NULL",
        ),
        Index("ix_qr_code_reference", "reference_key", postgresql_where="reference_key IS NOT NULL"),
        Index("ix_qr_code_bill", "bill_id", postgresql_where="bill_id IS NOT NULL"),
        Index("ix_qr_code_merchant", "merchant_id", "id"),
        Index("ix_qr_code_payload", "payload_index", postgresql_where="payload_index IS NOT NULL"),
        Index("ix_qr_code_unindexed", "id", postgresql_where="payload_index IS NULL"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = 1
    merchant_id: UUID = Field(foreign_key="merchant.id")
    kind: str = Field(sa_type=text())
    counter: str | None = Field(default=None, sa_type=text())
    amount: int | None = Field(default=None, sa_type=money())
    reference: str | None = Field(default=None, sa_type=text())
    reference_key: str | None = Field(default=None, sa_type=text())
    purpose: str | None = Field(default=None, sa_type=text())
    payload: bytes = Field(sa_type=encrypted())
    payload_index: bytes | None = Field(default=None, sa_type=digest())
    account_matches: bool = True
    state: str = Field(default="active", sa_type=text())
    bill_id: UUID | None = None
    expires_at: datetime | None = Field(default=None, sa_type=aware())
    issued_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    def put_payload(self, payload: str) -> None:
        """Sets the payload, encrypted, with the blind index by which a printed code is found again."""
        self.payload_index = blind_index("qr_payload", _without_checksum(payload))
        self.payload = encrypt_value("qr_code", "payload", self.id, payload)

    def opened_payload(self) -> str:
        return decrypt_value("qr_code", "payload", self.id, self.payload)

    def status_at(self, moment: datetime, *, is_merchant_active: bool) -> str:
        """The status that is shown: active, inactive (the merchant is not active), paid, expired or revoked."""
        if self.state == "active" and not is_merchant_active:
            return "inactive"
        if self.state == "active" and self.expires_at is not None and self.expires_at < moment:
            return "expired"
        return self.state

    def turn(self, state: str, at: datetime) -> None:
        """Sets the state and increments the version."""
        self.state, self.changed_at = state, at
        self.version += 1


def payload_indexes(payload: str) -> list[bytes]:
    """The blind indexes of a payload under every key in use."""
    return blind_indexes("qr_payload", _without_checksum(payload))


def _without_checksum(payload: str) -> str:
    # Some banks write the four digits of the checksum in lower case.
    return payload[:-4]
