"""Lookup of merchants' owners by tax code in registry, so that owners see merchants registered for them by others."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, func, or_, select

from chassis.clock import now
from chassis.observability.log import logger
from chassis.storage.database import Database
from chassis.storage.outbox import publish
from chassis.web.service_client import ServiceClient, ServiceUnavailable
from contracts.payments_qr import MerchantUpdated
from payments_qr.model import Merchant

BATCH = 50
RETRY_AFTER = timedelta(hours=1)
RETRY_FAILED_AFTER = timedelta(minutes=10)
MOST_FAILURES = 5
"""Lookups without any answer in a row after which registry is taken as down."""


async def link_owners(database: Database, service_client: ServiceClient) -> int:
    """Looks up the owners of merchants that only have a tax code; returns how many were found.

    A refused tax code (a wrong check digit) counts as unknown: looked up again after an hour. A lookup that fails is
    repeated after ten minutes and stops no other; while registry is down, at the next run.
    """
    found = failures = 0
    for merchant_id in await _list_unlinked(database):
        try:
            found += await _link_owner(database, service_client, merchant_id)
            failures = 0
        except ServiceUnavailable as unavailable:
            if unavailable.status is None or unavailable.status in (502, 503, 504):
                failures += 1
                if failures == MOST_FAILURES:
                    return found
                continue
            await _postpone(database, merchant_id, RETRY_FAILED_AFTER)
        except Exception as error:
            logger.error("owner lookup failed", merchant_id=str(merchant_id), error=type(error).__name__)
            await _postpone(database, merchant_id, RETRY_FAILED_AFTER)
    return found


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
    except ServiceUnavailable as unavailable:
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
        if len(tax_code) == 12:
            merchant.owner_resident_id = owner_id
        else:
            merchant.owner_organization_id = owner_id
        merchant.touch(now())
        publish(session, merchant.state_event(MerchantUpdated))
        return True


async def _postpone(database: Database, merchant_id: UUID, wait: timedelta) -> None:
    async with database.transaction() as session:
        merchant = await session.get_one(Merchant, merchant_id, with_for_update={"key_share": True})
        merchant.owner_looked_up_at = now() - RETRY_AFTER + wait
