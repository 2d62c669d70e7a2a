"""Which sealed columns and indexes have been brought under the newest key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from registry.model import Table


class KeyRotation(Table, table=True):
    """One table on its way to one key; finished rows are what an operator looks at before taking an old key away."""

    __tablename__ = "key_rotation"

    name: str = Field(primary_key=True, sa_type=Text)
    key_id: str = Field(primary_key=True, sa_type=Text)
    after_id: UUID | None = None
    rows: int = 0
    started_at: datetime = Field(sa_type=aware())
    finished_at: datetime | None = Field(default=None, sa_type=aware())
