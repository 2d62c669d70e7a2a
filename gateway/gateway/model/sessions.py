"""Dashboard sessions that ended before their time."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from gateway.model.tables import Table


class EndedSession(Table, table=True):
    """A session that was signed out; kept until the session would have ended by itself."""

    __tablename__ = "ended_session"

    id: str = Field(primary_key=True, sa_type=Text)
    until: datetime = Field(sa_type=aware(), index=True)
