"""Writing the acts' log: every change and deletion of a campaign's rows by a request, with the values before."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as SyncSession

from chassis.security.identity import Caller
from chassis.storage.database import Session
from onboarding.model.acts import ActName, ActSubject, CampaignAct
from onboarding.model.campaigns import Campaign, CampaignStep, Filing, Task
from onboarding.model.evidence import Communication, DigitalModel, Nomination, OfficialSignature
from onboarding.model.sessions import Attendance, CampaignSession
from onboarding.model.tables import OnboardingTable
from onboarding.model.teams import Team, TeamMember

LOGGED: Mapping[type[OnboardingTable], ActSubject] = {
    Campaign: "campaign", CampaignStep: "step", Task: "task", Filing: "filing", CampaignSession: "session",
    Attendance: "attendance", Team: "team", TeamMember: "member", Communication: "communication", DigitalModel: "model",
    Nomination: "nomination", OfficialSignature: "official_signature",
}  # fmt: skip
_TECHNICAL = frozenset(("version", "announced", "check_in_code", "plan_digest"))
_KEYS = ("id", "number", "attendee_id")


def log_acts(session: Session, caller: Caller, reason: str | None) -> None:
    """From now on what this transaction changes or deletes of a campaign is in the acts' log, as done by the caller."""

    @event.listens_for(session.sync_session, "before_flush")
    def write(flushing: SyncSession, *_: Any) -> None:
        flushing.add_all(list(_acts_of(flushing, caller, reason)))


def _acts_of(session: SyncSession, caller: Caller, reason: str | None) -> Iterator[CampaignAct]:
    for row in session.deleted:
        if type(row) in LOGGED:
            yield _act(session, caller, reason, row, "deleted", _whole(row))
    for row in session.dirty:
        if type(row) in LOGGED and (before := _replaced(row)):
            yield _act(session, caller, reason, row, "changed", before)


def _act(
    session: SyncSession, caller: Caller, reason: str | None, row: Any, act: ActName, before: dict[str, Any]
) -> CampaignAct:
    campaign_id, unit_id = _place(session, row)
    about_id = next(str(getattr(row, key)) for key in _KEYS if hasattr(row, key))
    return CampaignAct(
        actor=caller.account, role=caller.role, body=caller.body, actor_unit_code=caller.unit_code, act=act,
        about=LOGGED[type(row)], about_id=about_id, campaign_id=campaign_id, unit_id=unit_id, reason=reason,
        before=to_jsonable_python(before),
    )  # fmt: skip


def _place(session: SyncSession, row: Any) -> tuple[UUID, UUID]:
    """The campaign of a row, and its unit: the row's own, or that of what it belongs to."""
    if isinstance(row, Campaign):
        return row.id, row.unit_id
    if isinstance(row, TeamMember):
        return _place(session, session.get_one(Team, row.team_id))
    if isinstance(row, Attendance):
        return _place(session, session.get_one(CampaignSession, row.session_id))
    own = getattr(row, "unit_id", None)
    return row.campaign_id, own or session.get_one(Campaign, row.campaign_id).unit_id


def _whole(row: OnboardingTable) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if name not in _TECHNICAL and value is not None}


def _replaced(row: OnboardingTable) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for attribute in inspect(row).attrs:
        history = attribute.history
        if attribute.key not in _TECHNICAL and history.has_changes():
            changed[attribute.key] = history.deleted[0] if history.deleted else None
    return changed
