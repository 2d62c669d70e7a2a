"""Who changed what in the gateway: kept for ever, without secrets and personal data."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.clock import now
from chassis.ids import new_id
from chassis.storage.database import aware
from gateway.model.tables import Table


class AdministrativeAct(Table, table=True):
    """One act of an operator."""

    __tablename__ = "administrative_act"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=now, sa_type=aware())
    actor: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    target: str = Field(sa_type=Text)
    detail: str = Field(default="", sa_type=Text)
