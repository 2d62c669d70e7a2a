"""Training accounts: logins that onboarding issued for a training session."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from gateway.model.tables import Table


class TrainingAccount(Table, table=True):
    """A login with the digest of its secret; the newest event of its session counts."""

    __tablename__ = "training_account"

    login: str = Field(primary_key=True, sa_type=Text)
    session_id: UUID = Field(index=True)
    role: str = Field(sa_type=Text)
    unit_code: str = Field(sa_type=Text)
    village_code: str = Field(sa_type=Text)
    resident_id: UUID | None = None
    secret_digest: str = Field(sa_type=Text)
    valid_until: datetime = Field(sa_type=aware())
    version: int
