"""Signing in: an account of a trusted provider is linked to the resident with its personal number, once.

Afterwards the account alone decides, as long as the provider states no other person's number for it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from chassis.clock import now
from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.sign_in import Claims
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import IdentityLinkChanged
from registry.errors import LinkInUse
from registry.model.identity_links import LINK_SUBJECT, IdentityLink, Refusal, SignIn, agrees, is_minor
from registry.model.residents import Resident
from registry.queries.identity_links import (
    find_account,
    has_account,
    list_links,
    records_of,
    survivor_of,
    was_ended,
)
from registry.queries.residents import find_resident_by_number


async def sign_in(session: Session, claims: Claims) -> SignIn:
    """The link of an account, made now where the person agrees with the registry; or the first refusal that applies."""
    link = await find_account(session, claims)
    if link is not None:
        return await _sign_in_again(session, claims, link)
    resident = await _find_person(session, claims) if claims.states_a_person else None
    if resident is None:
        return SignIn(refusal="unknown")
    refusal = await _refusal_of(session, claims, resident)
    return SignIn(refusal=refusal) if refusal else await _link(session, claims, resident)


async def _sign_in_again(session: Session, claims: Claims, link: IdentityLink) -> SignIn:
    resident = await survivor_of(session, link.resident_id)
    if resident is None:
        return SignIn(refusal="unknown")
    if claims.personal_id:
        person = await _find_person(session, claims)
        is_other = person.id != resident.id if person else not agrees(resident, claims)
        if is_other:
            # The provider gave the account to another person: no one signs in with it before an officer ended the link.
            return SignIn(refusal="mismatch")
    if resident.life == "deceased":
        return SignIn(refusal="deceased")
    if claims.claims_index() not in (None, link.claims_index) or link.subject_index != claims.subject_index():
        link.claims_index, link.subject_index = claims.claims_index() or link.claims_index, claims.subject_index()
        session.add(link)
        publish_link(session, link, resident)
    return SignIn(link, resident.id)


async def _find_person(session: Session, claims: Claims) -> Resident | None:
    """The resident with the stated number, or its survivor, locked: two accounts of one person wait for each other."""
    found = await find_resident_by_number(session, claims.personal_id) if claims.personal_id else None
    return await survivor_of(session, found.id, for_update=True) if found else None


async def _refusal_of(session: Session, claims: Claims, resident: Resident) -> Refusal | None:
    if not agrees(resident, claims):
        return "mismatch"
    if resident.life == "deceased":
        return "deceased"
    if is_minor(resident):
        return "minor"
    people = await records_of(session, resident.id)
    if await was_ended(session, claims, people):
        return "revoked"
    return "conflict" if await has_account(session, claims.issuer, people) else None


async def _link(session: Session, claims: Claims, resident: Resident) -> SignIn:
    link_id = new_id()
    link = IdentityLink(
        id=link_id, issuer=claims.issuer, subject=encrypt(LINK_SUBJECT, str(link_id), claims.subject),
        subject_index=claims.subject_index(), claims_index=claims.claims_index(), resident_id=resident.id,
        linked_at=now(),
    )  # fmt: skip
    try:
        async with session.begin_nested():
            session.add(link)
    except IntegrityError as error:
        raise Unavailable() from error  # the same account signs in at this moment: the next try finds its link
    publish_link(session, link, resident)
    return SignIn(link, resident.id)


async def end_link(session: Session, link: IdentityLink, by: str, reason: str | None) -> None:
    """End a link: the account no longer signs in. Ending it again changes nothing."""
    if link.ended_at is not None:
        return
    link.end(by, reason, now())
    session.add(link)
    if resident := await survivor_of(session, link.resident_id):
        publish_link(session, link, resident)


async def reopen_link(session: Session, link: IdentityLink) -> None:
    """Take the end of a link back; 409 while the account or the resident has another one at this provider."""
    if link.ended_at is None:
        return
    resident = await survivor_of(session, link.resident_id, for_update=True)
    if resident is None or await has_account(session, link.issuer, await records_of(session, resident.id)):
        raise LinkInUse()
    link.ended_at = link.ended_by = link.end_reason = None
    try:
        async with session.begin_nested():
            session.add(link)
    except IntegrityError as error:
        raise LinkInUse() from error
    publish_link(session, link, resident)


async def publish_links_of(session: Session, residents: Sequence[Resident]) -> None:
    """Publish to the gateway what a death, a merge or their undoing changes for the accounts of these residents."""
    seen: set[UUID] = set()
    for resident in residents:
        survivor = await survivor_of(session, resident.id)
        if survivor is None or survivor.id in seen:
            continue
        seen.add(survivor.id)
        for link in await list_links(session, survivor.id):
            if link.ended_at is None:
                publish_link(session, link, survivor)


def publish_link(session: Session, link: IdentityLink, survivor: Resident) -> None:
    """Publish a link as it stands now."""
    publish(
        session,
        IdentityLinkChanged(
            link_id=link.id, resident_id=survivor.id, issuer=link.issuer, subject_index=link.subject_index.hex(),
            claims_index=link.claims_index.hex() if link.claims_index else None, linked_at=link.linked_at,
            active=link.ended_at is None and survivor.life == "alive", at=now(),
        ),
    )  # fmt: skip
