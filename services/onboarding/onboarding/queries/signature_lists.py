"""Signature lists: who may stand on one, what stands on it now."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from onboarding.model.journeys import ResidentStep, StepEvidence
from onboarding.model.people import Consent, KnownResident
from onboarding.model.signature_lists import SignatureEntry, SignatureList
from onboarding.queries.territory import led_rows, require_lead, units_of_code

STEP = "digital_signature"


async def list_eligible(session: ReadSession, unit_code: str, provider: str | None) -> list[KnownResident]:
    """Living residents of a unit whose conditions for a signature hold, who have none, and who consented to the provider."""
    query: Any = (
        select(KnownResident)
        .join(ResidentStep, col(ResidentStep.resident_id) == col(KnownResident.id))
        .where(
            col(KnownResident.unit_id).in_(await units_of_code(session, unit_code)),
            col(KnownResident.life) == "alive",
            col(ResidentStep.step) == STEP,
            col(ResidentStep.status).in_(["ready", "revoked"]),
            col(ResidentStep.missing) == [],
        )
    )
    if provider:
        query = query.where(col(KnownResident.id).in_(consented_to(provider)))
    return list(await session.exec(query.order_by(col(KnownResident.unit_code), col(KnownResident.id)).limit(5000)))


async def list_lacking(
    session: ReadSession, unit_code: str, provider: str | None
) -> list[tuple[KnownResident, list[str]]]:
    """Living residents who consented to the provider and lack a condition of a signature, with what is missing."""
    query: Any = (
        select(KnownResident, ResidentStep.missing)
        .join(ResidentStep, col(ResidentStep.resident_id) == col(KnownResident.id))
        .where(
            col(KnownResident.unit_id).in_(await units_of_code(session, unit_code)),
            col(KnownResident.life) == "alive",
            col(ResidentStep.step) == STEP,
            col(ResidentStep.status) != "completed",
            col(ResidentStep.missing) != [],
        )
    )
    if provider:
        query = query.where(col(KnownResident.id).in_(consented_to(provider)))
    found = await session.exec(query.order_by(col(KnownResident.unit_code), col(KnownResident.id)).limit(5000))
    return [(resident, missing) for resident, missing in found]


def consented_to(provider: str) -> Any:
    """A subquery with the residents whose consent to a provider holds now."""
    lasts = col(Consent.expires_at).is_(None) | (col(Consent.expires_at) > now())
    return select(Consent.resident_id).where(col(Consent.partner_id) == provider, col(Consent.given), lasts)


async def page_of_signature_lists(
    session: ReadSession, caller: Caller, unit_code: str | None, page: Page
) -> tuple[list[SignatureList], str | None]:
    query: Any = select(SignatureList).where(await led_rows(session, caller, col(SignatureList.unit_id)))
    if unit_code:
        query = query.where(col(SignatureList.unit_id).in_(await units_of_code(session, unit_code)))
    return await page_by_id(session, query, SignatureList.id, page)


async def load_signature_list(
    session: ReadSession, caller: Caller, list_id: UUID, *, for_update: bool = False
) -> SignatureList:
    found = await session.get(SignatureList, list_id, with_for_update=for_update or None)
    if found is None:
        raise NotFound()
    await require_lead(session, caller, found.unit_id, is_known=False)
    return found


async def entries_of(session: ReadSession, listed: SignatureList) -> list[tuple[SignatureEntry, str | None]]:
    """Those on a list who still consent, with the serial that was issued since."""
    query = (
        select(SignatureEntry)
        .where(
            col(SignatureEntry.list_id) == listed.id,
            col(SignatureEntry.resident_id).in_(consented_to(listed.provider)),
        )
        .order_by(col(SignatureEntry.resident_id))
    )
    entries = list(await session.exec(query))
    issued = await session.exec(
        select(StepEvidence.subject_id, StepEvidence.reference).where(
            col(StepEvidence.step) == STEP,
            col(StepEvidence.effect) == "held",
            col(StepEvidence.provider) == listed.provider,
            col(StepEvidence.occurred_at) >= listed.created_at,
            col(StepEvidence.subject_id).in_([each.resident_id for each in entries]),
        )
    )
    serials = {resident_id: serial for resident_id, serial in issued if serial}
    return [(each, each.certificate_serial or serials.get(each.resident_id)) for each in entries]
