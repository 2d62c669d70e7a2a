"""How far a change of keys has come."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from payments_qr.model.tables import Table, aware, text


class KeyRotation(Table, table=True):
    """One table under one pair of newest keys (data key, index key); `after_id` is the last row done."""

    __tablename__ = "key_rotation"

    name: str = Field(primary_key=True, sa_type=text())
    keys: str = Field(primary_key=True, sa_type=text())
    after_id: UUID | None = None
    finished_at: datetime | None = Field(default=None, sa_type=aware())
