"""The base of this service's tables, and its column types."""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import SQLModel

from chassis.storage.database import new_tables


class OnboardingTable(SQLModel, registry=new_tables()):
    """Every table of this service."""


def texts() -> Any:
    """The column type of a list of short texts."""
    return ARRAY(Text)


def document() -> Any:
    """The column type of a JSON document that is read and written as a whole."""
    return JSONB
