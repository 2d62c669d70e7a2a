"""Request bodies and views of teams; an account is an opaque subject, never a name."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.web.bodies import NOT_NULL, Day, RequestBody
from chassis.web.past import not_before
from onboarding.model.bodies import body_name
from onboarding.model.ranking import missing_bodies
from onboarding.model.teams import Team, TeamMember
from onboarding.schemas.campaigns import BodyCode, ReasonedChange, Short, ShownBody, UnitCode


class MemberBody(RequestBody):
    """A person whom a body sends, listed from a day to a day (both included)."""

    model_config = ConfigDict(populate_by_name=True)

    account: Short | None = None
    body: BodyCode
    is_focal_point: bool = False
    listed_from: Day | None = Field(None, alias="from")
    listed_to: Annotated[Day | None, not_before("listed_from")] = Field(None, alias="to")


class TeamCreate(RequestBody):
    unit_code: UnitCode
    members: list[MemberBody] = Field(default=[], max_length=200)
    equipment: list[Any] = Field(default=[], max_length=100)

    def rows(self) -> list[dict[str, Any]]:
        return [each.model_dump() for each in self.members]


class TeamPut(ReasonedChange):
    members: list[MemberBody] = Field(max_length=200)
    equipment: list[Any] | None = Field(None, max_length=100)

    def rows(self) -> list[dict[str, Any]]:
        return [each.model_dump() for each in self.members]


class TeamPatch(ReasonedChange):
    """What changes of a team; what is left out stays."""

    members: Annotated[list[MemberBody] | None, NOT_NULL] = Field(None, max_length=200)
    """The whole new list of members (thành viên); who is not on it is no longer listed."""
    equipment: Annotated[list[Any] | None, NOT_NULL] = Field(None, max_length=100)
    """The whole new list of equipment (thiết bị)."""

    def rows(self) -> list[dict[str, Any]] | None:
        """The members, None where they stay."""
        return None if self.members is None else [each.model_dump() for each in self.members]


class MemberPatch(ReasonedChange):
    body: Annotated[BodyCode | None, NOT_NULL] = None
    is_focal_point: Annotated[bool | None, NOT_NULL] = None
    listed_from: Day | None = Field(None, alias="from")
    listed_to: Day | None = Field(None, alias="to")

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class MemberView(BaseModel):
    id: UUID
    account: str | None
    body: ShownBody
    body_name: str
    """What the body is called today (Hội Phụ nữ)."""
    is_focal_point: bool
    listed_from: date | None = Field(serialization_alias="from")
    listed_to: date | None = Field(serialization_alias="to")


class TeamView(BaseModel):
    """A team, and the bodies that the plan names and that send no member."""

    id: UUID
    campaign_id: UUID
    unit_code: str
    members: list[MemberView]
    equipment: list[Any]
    missing_bodies: list[str]
    missing_body_names: list[str]
    """The same bodies by name ("Hội Phụ nữ")."""

    @classmethod
    def of(cls, team: Team, members: list[TeamMember], wanted: list[str], today: date) -> "TeamView":
        present = [each.body for each in members if each.listed_to is None or each.listed_to >= today]
        lacking = missing_bodies(wanted, present)
        return cls(
            id=team.id,
            campaign_id=team.campaign_id,
            unit_code=team.unit_code,
            members=[MemberView(**each.model_dump(), body_name=body_name(each.body, today)) for each in members],
            equipment=team.equipment,
            missing_bodies=lacking,
            missing_body_names=[body_name(each, today) for each in lacking],
        )
