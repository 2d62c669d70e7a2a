"""What this service hears: units and people from registry, fees from casework, and partners' messages."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text

from chassis.clock import now
from chassis.consumer import Reactions
from chassis.database import Session
from chassis.outbox import announce
from chassis.scope import on_unit_changed
from chassis.sealing import Place, unseal_text
from contracts import gateway
from contracts.casework import DossierFeeRequested, DossierSubmitted
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import PartnerEventReceived
from contracts.registry import (
    OrganizationRegistered,
    OrganizationSnapshot,
    OrganizationUpdated,
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentSnapshot,
    ResidentUnmerged,
    ResidentUpdated,
    UnitChanged,
)
from payments_qr.commands.bills import request_fee
from payments_qr.commands.partner_words import (
    Result,
    hear_issued_code,
    hear_merchant_word,
    hear_payment,
    hear_reversal,
)
from payments_qr.model import KnownDossier
from payments_qr.model.standing import Word

Hearing = Callable[[Session, PartnerEventReceived, Any], Awaitable[Result]]


async def on_partner_event(session: Session, fact: PartnerEventReceived) -> None:
    """Merchants and payments; what others decide is left to them."""
    hearing = PARTNER_EVENTS.get(fact.event)
    if hearing is None:
        return
    try:
        outcome, reason = await hearing(session, fact, _opened(fact))
    except ValidationError as error:
        # The value is not repeated: it may be personal.
        outcome, reason = "rejected", f"wrong-field:{'.'.join(map(str, error.errors()[0]['loc'])) or 'data'}"
    announce(
        session,
        DeliveryProcessed(
            delivery_id=fact.delivery_id, partner_id=fact.partner_id, service="payments-qr", outcome=outcome,
            reason=reason, at=now(),
        ),
    )  # fmt: skip


def _opened(fact: PartnerEventReceived) -> Any:
    place = Place(*gateway.SEALED_AT)
    return json.loads(unseal_text(place, str(fact.delivery_id), base64.b64decode(fact.sealed)))


def _word(word: Word) -> Hearing:
    async def hear(session: Session, fact: PartnerEventReceived, data: Any) -> Result:
        return await hear_merchant_word(session, fact, word, data)

    return hear


PARTNER_EVENTS: dict[str, Hearing] = {
    "merchant.verified": _word("verified"),
    "merchant.rejected": _word("rejected"),
    "merchant.suspended": _word("suspended"),
    "merchant.qr_issued": hear_issued_code,
    "qr.payment_settled": hear_payment,
    "qr.payment_reversed": hear_reversal,
}


async def on_resident(session: Session, fact: ResidentSnapshot) -> None:
    """A resident exists, in this unit."""
    await session.execute(
        _RESIDENT,
        {"id": fact.resident_id, "version": fact.version, "unit_id": fact.unit_id, "merged_into": _survivor_of(fact)},
    )


def _survivor_of(fact: ResidentSnapshot) -> Any:
    """A duplicate's merchants and customer codes are the survivor's, until the merge is undone."""
    return fact.survivor_id if isinstance(fact, ResidentMerged) else None


async def on_organization(session: Session, fact: OrganizationSnapshot) -> None:
    """An organization exists, in this unit, represented by this resident."""
    await session.execute(
        _ORGANIZATION,
        {
            "id": fact.organization_id,
            "version": fact.version,
            "unit_id": fact.unit_id,
            "representative_id": fact.representative_id,
        },
    )


# Single statements: every resident of the province passes here, and facts of one key may come twice.
_RESIDENT = text(
    "INSERT INTO known_resident AS known (id, version, unit_id, merged_into)"
    " VALUES (:id, :version, :unit_id, :merged_into) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
    " unit_id = excluded.unit_id, merged_into = excluded.merged_into WHERE known.version < excluded.version"
)
_ORGANIZATION = text(
    "INSERT INTO known_organization AS known (id, version, unit_id, representative_id)"
    " VALUES (:id, :version, :unit_id, :representative_id) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
    " unit_id = excluded.unit_id, representative_id = excluded.representative_id WHERE known.version < excluded.version"
)


async def on_dossier_submitted(session: Session, fact: DossierSubmitted) -> None:
    """Whose fee it will be."""
    if await session.get(KnownDossier, fact.dossier_id) is None:
        session.add(
            KnownDossier(id=fact.dossier_id, resident_id=fact.resident_id, organization_id=fact.organization_id)
        )


async def on_dossier_fee_requested(session: Session, fact: DossierFeeRequested) -> None:
    """A fee is due: a code for it, or word that it is paid at the counter."""
    await request_fee(session, fact)


HEARD: Reactions = {
    UnitChanged: on_unit_changed,
    ResidentRegistered: on_resident,
    ResidentUpdated: on_resident,
    ResidentMoved: on_resident,
    ResidentDeceased: on_resident,
    ResidentMerged: on_resident,
    ResidentUnmerged: on_resident,
    OrganizationRegistered: on_organization,
    OrganizationUpdated: on_organization,
    DossierSubmitted: on_dossier_submitted,
    DossierFeeRequested: on_dossier_fee_requested,
    PartnerEventReceived: on_partner_event,
}
