"""Reminders: letters that casework sends and keeps, and a row here for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession, Session
from chassis.storage.tables import KnownUnit
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from onboarding.errors import CaseworkDoesNotAnswer
from onboarding.model.campaigns import Campaign
from onboarding.model.reminders import CampaignReminder, letter_of
from onboarding.queries.standings import UnitStanding
from onboarding.queries.territory import find_current_successors

SECONDS = 5.0


@dataclass(frozen=True)
class Letter:
    """A letter to one unit of today; `standing` is of the unit of the campaign, which it may have taken over."""

    standing: UnitStanding
    to_code: str
    subject: str
    body: str


async def draft_letters(
    session: ReadSession, campaign: Campaign, standings: Sequence[UnitStanding], text: str | None
) -> list[Letter]:
    """One letter for each unit, to whom bears its work today."""
    letters = []
    for each in standings:
        for code in await _codes_of_today(session, each.unit.id):
            body = letter_of(campaign.title, each.unit.name, each.behind, each.parts, text)
            letters.append(Letter(each, code, f"Nhắc việc thực hiện kế hoạch “{campaign.title}”"[:500], body))
    return letters


async def send_letters(
    service_client: ServiceClient, caller: Caller, letters: Sequence[Letter]
) -> list[tuple[Letter, UUID]]:
    """Sends the letters as the caller; those that were sent, with the id of the document. 503 when none could be."""
    sent: list[tuple[Letter, UUID]] = []
    for letter in letters:
        body: dict[str, Any] = {"unit_code": letter.to_code, "subject": letter.subject, "body": letter.body}
        try:
            document = await service_client.call(
                "casework", "POST", "/v1/documents", caller=caller, json=body, seconds=SECONDS
            )
        except ServiceCallFailed:
            continue
        sent.append((letter, UUID(document["id"])))
    if letters and not sent:
        raise CaseworkDoesNotAnswer()
    return sent


def keep_reminders(
    session: Session, caller: Caller, campaign: Campaign, sent: Sequence[tuple[Letter, UUID]]
) -> list[CampaignReminder]:
    """The letters that were sent, as rows."""
    kept = [
        CampaignReminder(
            campaign_id=campaign.id, unit_id=letter.standing.unit.id, unit_code=letter.standing.unit.code,
            document_id=document_id, behind=letter.standing.behind, sent_at=now(), sent_by=caller.account,
        )
        for letter, document_id in sent
    ]  # fmt: skip
    session.add_all(kept)
    return kept


async def _codes_of_today(session: ReadSession, unit_id: UUID) -> list[str]:
    successors = await find_current_successors(session, unit_id)
    query = select(KnownUnit.code).where(col(KnownUnit.id).in_(successors))
    return list(await session.exec(query.order_by(col(KnownUnit.code))))
