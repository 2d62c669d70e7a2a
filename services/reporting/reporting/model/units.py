"""What the reports need of units beside what the chassis stores: successors, and a version that changes with every unit."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from reporting.model.table import Table

__all__ = ["Succession", "TreeVersion"]


class Succession(Table, table=True):
    """A unit was taken over by another, whole or in part, on a day."""

    __tablename__ = "succession"

    unit_id: UUID = Field(primary_key=True)
    successor_id: UUID = Field(primary_key=True, index=True)
    kind: str = Field(sa_type=Text)
    effective_on: date


class TreeVersion(Table, table=True):
    """One row: counts the changes of units, so that a cached tree is known to be old."""

    __tablename__ = "tree_version"

    id: int = Field(default=1, primary_key=True)
    version: int = Field(sa_type=BigInteger)
