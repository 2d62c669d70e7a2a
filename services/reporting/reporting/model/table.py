"""The base of this service's tables."""

from sqlmodel import SQLModel

from chassis.storage.database import new_tables

__all__ = ["Table"]


class Table(SQLModel, registry=new_tables()):
    """A table of the reporting service."""
