"""The base of the gateway's tables."""

from sqlmodel import SQLModel

from chassis.storage.database import new_tables


class Table(SQLModel, registry=new_tables()):
    """A table of the gateway's own database."""
