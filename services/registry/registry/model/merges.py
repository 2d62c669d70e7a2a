"""Merges of two records of one person, and their undoing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.storage.database import aware
from registry.model import Table


class Merge(Table, table=True):
    """`duplicate_id` was merged into `survivor_id`; `before` has what the survivor's row held where it was filled in."""

    __tablename__ = "resident_merge"

    id: UUID = Field(primary_key=True)
    survivor_id: UUID = Field(index=True)
    duplicate_id: UUID = Field(index=True)
    before: dict[str, Any] = Field(sa_type=JSONB)
    merged_by: str = Field(sa_type=Text)
    merged_at: datetime = Field(sa_type=aware())
    undone_by: str | None = Field(default=None, sa_type=Text)
    undone_at: datetime | None = Field(default=None, sa_type=aware())
