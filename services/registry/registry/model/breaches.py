"""The register of breaches of personal data, with the time limit of Law 91/2025/QH15 art. 23 (notify within 72 hours)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext, decrypt_text
from chassis.storage.database import aware
from registry.model import Table

BREACH_ACCOUNT = CipherContext("registry", "data_breach", "account")
TIME_TO_NOTIFY = timedelta(hours=72)


class DataBreach(Table, table=True):
    """A breach of personal data. `account` is encrypted: free text may name people.

    `notify_by` is null where no harm is possible: then the law asks for the entry alone.
    """

    __tablename__ = "data_breach"
    __table_args__ = (Index("ix_data_breach_open", "notify_by", postgresql_where="notified_at IS NULL"),)

    id: UUID = Field(primary_key=True)
    detected_at: datetime = Field(sa_type=aware())
    kinds: list[str] = Field(sa_type=ARRAY(Text))
    residents: int | None = None
    account: bytes
    notify_by: datetime | None = Field(default=None, sa_type=aware())
    notified_at: datetime | None = Field(default=None, sa_type=aware())
    reference: str | None = Field(default=None, sa_type=Text)
    recorded_by: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=aware())

    def decrypted_account(self) -> str:
        """The account of what happened."""
        return decrypt_text(BREACH_ACCOUNT, str(self.id), self.account)
