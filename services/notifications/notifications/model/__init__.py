"""Entities of notifications, their rules and their tables. Neither web nor broker."""

from sqlmodel import SQLModel

from chassis.storage.database import new_tables


class Table(SQLModel, registry=new_tables()):
    """The base of the tables of notifications."""


metadata = Table.metadata
