"""What this service hears: units and people from registry, fees from casework, and partners' messages."""

import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text

from chassis.clock import now
from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.security.encryption import CipherContext, decrypt_text
from chassis.security.scope import on_unit_changed
from chassis.storage.database import Session
from chassis.storage.outbox import publish
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
from payments_qr.commands.ledger import ReportedPayment, ReportedReversal
from payments_qr.commands.partner_words import (
    Result,
    hear_issued_code,
    hear_merchant_word,
    read_report,
    result_of,
)
from payments_qr.commands.payments import record_reports
from payments_qr.model.standing import Word

Hearing = Callable[[Session, PartnerEventReceived, Any], Awaitable[Result]]
Report = ReportedPayment | ReportedReversal


@batch_handler
async def on_partner_events(session: Session, facts: Sequence[PartnerEventReceived]) -> None:
    """Merchants and payments; what others decide is left to them. Payments in a row are recorded together."""
    run: list[tuple[PartnerEventReceived, Report]] = []
    for fact in facts:
        hearing = MERCHANT_EVENTS.get(fact.event)
        if fact.event not in PAYMENT_EVENTS and hearing is None:
            continue
        try:
            data = _opened(fact)
            if hearing is None:
                run.append((fact, read_report(fact, data)))
                continue
            await _record(session, run)
            run = []
            _answer(session, fact, await hearing(session, fact, data))
        except ValidationError as error:
            # The value is not repeated: it may be personal.
            field = ".".join(map(str, error.errors()[0]["loc"])) or "data"
            _answer(session, fact, ("rejected", f"wrong-field:{field}"))
    await _record(session, run)


async def _record(session: Session, run: list[tuple[PartnerEventReceived, Report]]) -> None:
    if run:
        recorded = await record_reports(session, [report for _, report in run])
        for (fact, report), one in zip(run, recorded, strict=True):
            _answer(session, fact, result_of(report, one))


def _answer(session: Session, fact: PartnerEventReceived, result: Result) -> None:
    outcome, reason = result
    publish(
        session,
        DeliveryProcessed(
            delivery_id=fact.delivery_id, partner_id=fact.partner_id, service="payments-qr", outcome=outcome,
            reason=reason, at=now(),
        ),
    )  # fmt: skip


def _opened(fact: PartnerEventReceived) -> Any:
    place = CipherContext(*gateway.SEALED_AT)
    return json.loads(decrypt_text(place, str(fact.delivery_id), base64.b64decode(fact.sealed)))


def _word(word: Word) -> Hearing:
    async def hear(session: Session, fact: PartnerEventReceived, data: Any) -> Result:
        return await hear_merchant_word(session, fact, word, data)

    return hear


MERCHANT_EVENTS: dict[str, Hearing] = {
    "merchant.verified": _word("verified"),
    "merchant.rejected": _word("rejected"),
    "merchant.suspended": _word("suspended"),
    "merchant.qr_issued": hear_issued_code,
}
PAYMENT_EVENTS = frozenset({"qr.payment_settled", "qr.payment_reversed"})


@batch_handler
async def on_residents(session: Session, facts: Sequence[ResidentSnapshot]) -> None:
    """Residents exist, in their units; a duplicate's merchants are the survivor's until the merge is undone."""
    newest = {fact.resident_id: fact for fact in sorted(facts, key=lambda fact: fact.version)}
    await session.execute(
        _RESIDENTS,
        {
            "ids": list(newest),
            "versions": [fact.version for fact in newest.values()],
            "unit_ids": [fact.unit_id for fact in newest.values()],
            "survivors": [fact.survivor_id if isinstance(fact, ResidentMerged) else None for fact in newest.values()],
        },
    )


@batch_handler
async def on_organizations(session: Session, facts: Sequence[OrganizationSnapshot]) -> None:
    """Organizations exist, in their units, represented by these residents."""
    newest = {fact.organization_id: fact for fact in sorted(facts, key=lambda fact: fact.version)}
    await session.execute(
        _ORGANIZATIONS,
        {
            "ids": list(newest),
            "versions": [fact.version for fact in newest.values()],
            "unit_ids": [fact.unit_id for fact in newest.values()],
            "representatives": [fact.representative_id for fact in newest.values()],
        },
    )


# One statement for a whole run: every resident of the province passes here.
_RESIDENTS = text(
    "INSERT INTO known_resident AS known (id, version, unit_id, merged_into)"
    " SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:versions AS int[]), cast(:unit_ids AS uuid[]),"
    " cast(:survivors AS uuid[])) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
    " unit_id = excluded.unit_id, merged_into = excluded.merged_into WHERE known.version < excluded.version"
)
_ORGANIZATIONS = text(
    "INSERT INTO known_organization AS known (id, version, unit_id, representative_id)"
    " SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:versions AS int[]), cast(:unit_ids AS uuid[]),"
    " cast(:representatives AS uuid[])) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
    " unit_id = excluded.unit_id, representative_id = excluded.representative_id WHERE known.version < excluded.version"
)


async def on_dossier_submitted(session: Session, fact: DossierSubmitted) -> None:
    """Whose fee it will be."""
    await session.execute(
        _DOSSIER,
        {"id": fact.dossier_id, "resident_id": fact.resident_id, "organization_id": fact.organization_id},
    )


_DOSSIER = text(
    "INSERT INTO known_dossier (id, resident_id, organization_id) VALUES (:id, :resident_id, :organization_id)"
    " ON CONFLICT DO NOTHING"
)


async def on_dossier_fee_requested(session: Session, fact: DossierFeeRequested) -> None:
    """A fee is due: a code for it, or word that it is paid at the counter."""
    await request_fee(session, fact)


HANDLERS: EventHandlers = {
    UnitChanged: on_unit_changed,
    ResidentRegistered: on_residents,
    ResidentUpdated: on_residents,
    ResidentMoved: on_residents,
    ResidentDeceased: on_residents,
    ResidentMerged: on_residents,
    ResidentUnmerged: on_residents,
    OrganizationRegistered: on_organizations,
    OrganizationUpdated: on_organizations,
    DossierSubmitted: on_dossier_submitted,
    DossierFeeRequested: on_dossier_fee_requested,
    PartnerEventReceived: on_partner_events,
}
