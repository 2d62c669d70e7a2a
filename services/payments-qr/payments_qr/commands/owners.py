"""Lookup of merchants' owners by tax code in registry, so that owners see merchants registered for them by others."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, text
from sqlmodel import col, func, or_, select

from chassis.clock import now
from chassis.observability.log import logger
from chassis.security.encryption import blind_indexes
from chassis.storage.database import Database, Session
from chassis.storage.outbox import publish
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from contracts.payments_qr import MerchantUpdated
from payments_qr.model import Merchant, OwnerCandidate

BATCH = 50
CANDIDATES = 200
RETRY_AFTER = timedelta(hours=1)
RETRY_FAILED_AFTER = timedelta(minutes=10)
MOST_FAILURES = 5
"""Lookups without any answer in a row after which registry is taken as down."""


async def link_owners(database: Database, service_client: ServiceClient) -> int:
    """Looks up the owners of merchants that only have a tax code; returns how many were found.

    A refused tax code (a wrong check digit) counts as unknown: looked up again after an hour. A lookup that fails is
    repeated after ten minutes and stops no other; while registry is down, at the next run.
    """
    found = await link_new_organizations(database, service_client)
    failures = 0
    for merchant_id in await _list_unlinked(database):
        try:
            found += await _link_owner(database, service_client, merchant_id)
            failures = 0
        except ServiceCallFailed as unavailable:
            if _is_down(unavailable):
                failures += 1
                if failures == MOST_FAILURES:
                    return found
                continue
            await _postpone(database, merchant_id, RETRY_FAILED_AFTER)
        except Exception as error:
            logger.error("owner lookup failed", merchant_id=str(merchant_id), error=type(error).__name__)
            await _postpone(database, merchant_id, RETRY_FAILED_AFTER)
    return found


def _is_down(unavailable: ServiceCallFailed) -> bool:
    return unavailable.status is None or unavailable.status in (502, 503, 504)


async def link_new_organizations(database: Database, service_client: ServiceClient) -> int:
    """Links organizations that were registered or confirmed after their merchants; returns how many merchants.

    A failing one stays for the next run and stops no other.
    """
    async with database.reading() as session:
        ids = list(await session.exec(select(OwnerCandidate.organization_id).order_by(func.random()).limit(CANDIDATES)))
    found = failures = 0
    for organization_id in ids:
        try:
            found += await _link_organization(database, service_client, organization_id)
        except Exception as error:
            logger.warning("organization not looked up", organization=str(organization_id), error=type(error).__name__)
            failures += 1
            if failures == MOST_FAILURES:
                break
    return found


async def _link_organization(database: Database, service_client: ServiceClient, organization_id: UUID) -> int:
    path = f"/v1/organizations/{organization_id}"
    try:
        organization = await service_client.call("registry", "GET", path, caller=None, purpose="payment")
    except ServiceCallFailed as unavailable:
        if unavailable.status not in (404, 410):
            raise
        organization = {}
    async with database.transaction() as session:
        await session.execute(delete(OwnerCandidate).where(col(OwnerCandidate.organization_id) == organization_id))
        if not organization.get("representative_confirmed"):
            return 0
        merchants = await _unlinked_of(session, organization["tax_code"])
        for merchant in merchants:
            _save(session, merchant, None, organization_id)
        return len(merchants)


async def _unlinked_of(session: Session, tax_code: str) -> Sequence[Merchant]:
    found = await session.exec(
        select(Merchant)
        .where(
            col(Merchant.tax_code_index).in_(blind_indexes("tax_code", tax_code)),
            col(Merchant.owner_resident_id).is_(None),
            col(Merchant.owner_organization_id).is_(None),
            col(Merchant.is_closed).is_(False),
        )
        .order_by(col(Merchant.id))
        .with_for_update(key_share=True)
    )
    return found.all()


async def note_candidates(session: Session, organization_ids: Sequence[UUID]) -> None:
    """Organizations that may own merchants without a linked owner: looked up at the next run of the job."""
    await session.execute(_NOTE, {"ids": sorted(set(organization_ids))})


_NOTE = text("INSERT INTO owner_candidate (organization_id) SELECT unnest(cast(:ids AS uuid[])) ON CONFLICT DO NOTHING")


async def look_up_again(session: Session, unit_ids: Sequence[UUID]) -> None:
    """After new residents: merchants of their communes whose owner was not known are looked up at the next run.

    The events carry no number, so all of a commune are; the others within the hour.
    """
    await session.execute(_AGAIN, {"ids": sorted(set(unit_ids))})


_AGAIN = text(
    """
    UPDATE merchant SET owner_asked_at = NULL
    WHERE tax_code IS NOT NULL AND owner_resident_id IS NULL AND owner_organization_id IS NULL
      AND owner_asked_at IS NOT NULL
      AND unit_id IN (
        SELECT near.unit_id FROM known_lineage AS here
        JOIN known_lineage AS near
          ON split_part(near.path, '/', 1) = split_part(here.path, '/', 1)
         AND split_part(near.path, '/', 2) = split_part(here.path, '/', 2)
        WHERE here.unit_id = ANY(:ids) AND here.valid_to IS NULL AND near.valid_to IS NULL
      )
    """
)


async def _list_unlinked(database: Database) -> list[UUID]:
    """Merchants without a linked owner, those never looked up first; in random order, so that no fixed few block the rest."""
    async with database.reading() as session:
        rows = await session.exec(
            select(Merchant.id)
            .where(
                col(Merchant.tax_code).is_not(None),
                col(Merchant.owner_resident_id).is_(None),
                col(Merchant.owner_organization_id).is_(None),
                col(Merchant.is_closed).is_(False),
                or_(
                    col(Merchant.owner_looked_up_at).is_(None),
                    col(Merchant.owner_looked_up_at) < now() - RETRY_AFTER,
                ),
            )
            .order_by(col(Merchant.owner_looked_up_at).is_not(None), func.random())
            .limit(BATCH)
        )
        return list(rows)


async def _link_owner(database: Database, service_client: ServiceClient, merchant_id: UUID) -> bool:
    async with database.reading() as session:
        merchant = await session.get_one(Merchant, merchant_id)
        tax_code = merchant.opened_tax_code()
    if tax_code is None:
        return False
    try:
        owner_id = await _look_up(service_client, tax_code)
    except ServiceCallFailed as unavailable:
        if unavailable.status not in (400, 404, 409, 410, 422):
            raise
        owner_id = None
    return await _save_owner(database, merchant_id, tax_code, owner_id)


async def _look_up(service_client: ServiceClient, tax_code: str) -> UUID | None:
    """Twelve digits are a personal number (households since 2025), the others an organization's tax code.

    An organization without a confirmed representative may be a stranger's claim to a public tax code: it links nothing.
    """
    is_person = len(tax_code) == 12
    if is_person:
        path, body = "/v1/residents/lookup", {"personal_id": tax_code}
    else:
        path, body = "/v1/organizations/lookup", {"tax_code": tax_code}
    answer = await service_client.call("registry", "POST", path, caller=None, purpose="payment", json=body)
    if not is_person and not answer.get("representative_confirmed"):
        return None
    return UUID(answer["id"])


async def _save_owner(database: Database, merchant_id: UUID, tax_code: str, owner_id: UUID | None) -> bool:
    async with database.transaction() as session:
        merchant = await session.get_one(Merchant, merchant_id, with_for_update={"key_share": True})
        merchant.owner_looked_up_at = now()
        if owner_id is None or merchant.opened_tax_code() != tax_code:
            return False
        is_person = len(tax_code) == 12
        _save(session, merchant, owner_id if is_person else None, None if is_person else owner_id)
        return True


def _save(session: Session, merchant: Merchant, resident_id: UUID | None, organization_id: UUID | None) -> None:
    merchant.owner_resident_id, merchant.owner_organization_id = resident_id, organization_id
    merchant.touch(now())
    publish(session, merchant.state_event(MerchantUpdated))


async def _postpone(database: Database, merchant_id: UUID, wait: timedelta) -> None:
    async with database.transaction() as session:
        merchant = await session.get_one(Merchant, merchant_id, with_for_update={"key_share": True})
        merchant.owner_looked_up_at = now() - RETRY_AFTER + wait
