"""The relation of a caller to a merchant (see `model.authority`): owner, claimant, officer of its unit, provider."""

from typing import Any

from sqlalchemy import and_, exists
from sqlmodel import col, false, or_, select

from chassis.errors import Forbidden, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers
from chassis.security.training_guard import TRAINING
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from payments_qr.model import KnownOrganization, MarketManager, Merchant
from payments_qr.model.authority import Action, Relation, may
from payments_qr.queries.people import ids_of_resident

TRAINING_UNITS = select(KnownUnit.id).where(col(KnownUnit.kind) == TRAINING)
"""Training units: no provider sees a merchant there."""


async def relation_to(session: ReadSession, caller: Caller, merchant: Merchant) -> Relation | None:
    """How the caller stands to a merchant; None: as a stranger."""
    if caller.role == "partner":
        if await is_in_training(session, merchant):
            return None
        return "provider" if merchant.provider == caller.partner_id else "other_partner"
    if caller.role in ("operator", "service"):
        return "any"
    if caller.role not in ("resident", "organization"):
        return "in_unit" if await covers(session, caller, merchant.unit_id) else "other_unit"
    if not await is_owner(session, caller, merchant):
        return "manager" if await is_manager(session, caller, merchant) else None
    if merchant.is_owner_confirmed:
        return "own"
    return "claimed" if caller.account in merchant.lifecycle.makers else None


async def require(session: ReadSession, caller: Caller, merchant: Merchant, action: Action) -> None:
    """Refuses an action that the caller's relation to the merchant does not allow: 404 where they may not even read it."""
    relation = await relation_to(session, caller, merchant)
    if may(action, caller.role, relation):
        return
    raise Forbidden() if may("merchant.read", caller.role, relation) else NotFound()


async def may_with(session: ReadSession, caller: Caller, merchant: Merchant, action: Action) -> bool:
    """Whether the caller may do this with the merchant."""
    return may(action, caller.role, await relation_to(session, caller, merchant))


async def is_in_training(session: ReadSession, merchant: Merchant) -> bool:
    """Whether the merchant belongs to a training unit."""
    found = await session.exec(TRAINING_UNITS.where(col(KnownUnit.id) == merchant.unit_id))
    return found.first() is not None


async def is_owner(session: ReadSession, caller: Caller, merchant: Merchant) -> bool:
    """Whether the caller is the resident or organization named as owner, or the organization's confirmed representative."""
    if caller.organization_id is not None and merchant.owner_organization_id == caller.organization_id:
        return True
    if caller.resident_id is None:
        return False
    if merchant.owner_resident_id is not None:
        return merchant.owner_resident_id in await ids_of_resident(session, caller.resident_id)
    if merchant.owner_organization_id is None:
        return False
    organization = await session.get(KnownOrganization, merchant.owner_organization_id)
    if organization is None or not organization.representative_confirmed:
        return False
    return organization.representative_id in await ids_of_resident(session, caller.resident_id)


async def is_manager(session: ReadSession, caller: Caller, merchant: Merchant) -> bool:
    """Whether the caller manages the merchant's market."""
    found = await session.exec(
        select(Merchant.id).where(col(Merchant.id) == merchant.id, await managed_by(session, caller))
    )
    return found.first() is not None


async def manages_a_market(session: ReadSession, caller: Caller) -> bool:
    """Whether the caller manages any market."""
    found = await session.exec(select(MarketManager.id).where(await _manages(session, caller)).limit(1))
    return found.first() is not None


async def _manages(session: ReadSession, caller: Caller) -> Any:
    """The condition for namings of the caller that are in force."""
    if caller.role != "resident" or caller.resident_id is None:
        return false()
    ids = await ids_of_resident(session, caller.resident_id)
    return and_(
        col(MarketManager.resident_id).in_(ids),
        col(MarketManager.confirmed_at).is_not(None),
        col(MarketManager.ended_at).is_(None),
    )


async def managed_by(session: ReadSession, caller: Caller) -> Any:
    """The condition for merchants of the markets that the caller manages."""
    return exists().where(
        await _manages(session, caller),
        col(MarketManager.unit_id) == col(Merchant.unit_id),
        col(MarketManager.market) == col(Merchant.market),
    )


async def owned_by(session: ReadSession, caller: Caller, *, with_claims: bool = False) -> Any:
    """The condition for merchants that the caller owns; `with_claims`: also those they registered as their own."""
    named: list[Any] = []
    if caller.organization_id is not None:
        named.append(col(Merchant.owner_organization_id) == caller.organization_id)
    if caller.resident_id is not None:
        ids = await ids_of_resident(session, caller.resident_id)
        named.append(col(Merchant.owner_resident_id).in_(ids))
        represented = select(KnownOrganization.id).where(
            col(KnownOrganization.representative_id).in_(ids), col(KnownOrganization.representative_confirmed)
        )
        named.append(col(Merchant.owner_organization_id).in_(represented))
    if not named:
        return false()
    is_confirmed = or_(col(Merchant.owner_confirmed_at).is_not(None), col(Merchant.verification) == "active")
    if not with_claims:
        return or_(*named) & is_confirmed
    is_maker = or_(col(Merchant.maker) == caller.account, col(Merchant.makers).contains([caller.account]))
    return or_(*named) & or_(is_confirmed, is_maker)
