"""Lookup of merchants' owners by tax code in registry, so that owners see merchants registered for them by others."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, or_, select

from chassis.clock import now
from chassis.storage.database import Database
from chassis.storage.outbox import publish
from chassis.web.service_client import ServiceClient, ServiceUnavailable
from contracts.payments_qr import MerchantUpdated
from payments_qr.model import Merchant

BATCH = 50
RETRY_AFTER = timedelta(days=1)


async def link_owners(database: Database, service_client: ServiceClient) -> int:
    """Looks up the owners of merchants that only have a tax code; returns how many were found. An unknown owner is looked
    up again after a day; while registry is down, at the next run."""
    found = 0
    for merchant_id, tax_code in await _list_unlinked(database):
        try:
            owner_id = await _look_up(service_client, tax_code)
        except ServiceUnavailable as unavailable:
            if unavailable.status != 404:
                return found
            owner_id = None
        found += await _save_owner(database, merchant_id, tax_code, owner_id)
    return found


async def _list_unlinked(database: Database) -> list[tuple[UUID, str]]:
    async with database.reading() as session:
        rows = await session.exec(
            select(Merchant)
            .where(
                col(Merchant.tax_code).is_not(None),
                col(Merchant.owner_resident_id).is_(None),
                col(Merchant.owner_organization_id).is_(None),
                col(Merchant.is_closed).is_(False),
                or_(col(Merchant.owner_looked_up_at).is_(None), col(Merchant.owner_looked_up_at) < now() - RETRY_AFTER),
            )
            .order_by(col(Merchant.id))
            .limit(BATCH)
        )
        return [(merchant.id, merchant.opened_tax_code() or "") for merchant in rows]


async def _look_up(service_client: ServiceClient, tax_code: str) -> UUID:
    """Twelve digits are a person's number (households since 2025), the others an organization's tax code."""
    if len(tax_code) == 12:
        path, body = "/v1/residents/lookup", {"personal_id": tax_code}
    else:
        path, body = "/v1/organizations/lookup", {"tax_code": tax_code}
    answer = await service_client.call("registry", "POST", path, caller=None, purpose="payment", json=body)
    return UUID(answer["id"])


async def _save_owner(database: Database, merchant_id: UUID, tax_code: str, owner_id: UUID | None) -> bool:
    async with database.transaction() as session:
        merchant = await session.get_one(Merchant, merchant_id, with_for_update=True)
        merchant.owner_looked_up_at = now()
        if owner_id is None:
            return False
        if len(tax_code) == 12:
            merchant.owner_resident_id = owner_id
        else:
            merchant.owner_organization_id = owner_id
        merchant.touch(now())
        publish(session, merchant.state_event(MerchantUpdated))
        return True
