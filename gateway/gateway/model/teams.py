"""Who is a volunteer: the accounts that implementation and community digital technology teams list."""

from datetime import date
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from gateway.model.tables import Table


class TeamListing(Table, table=True):
    """An account that a team lists or once listed; one that was struck off stays, with `is_listed` false."""

    __tablename__ = "team_listing"

    account: str = Field(primary_key=True, sa_type=Text)
    team_id: UUID = Field(primary_key=True, index=True)
    listed_from: date | None = None
    listed_to: date | None = None
    is_listed: bool = True
    body: str | None = Field(default=None, sa_type=Text)
    """The member's body, such as `youth_union` or `school`; null until its team is published again."""
    unit_id: UUID | None = None
    """The team's unit; null until the team is published again."""
