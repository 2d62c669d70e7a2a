"""Registering partners and what they hold. Every change is published and recorded as an administrative act."""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import FieldError, InvalidBody, require_order
from chassis.security.encryption import CipherContext, encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.gateway import CONTACT_SEALED_AT, PartnerChanged
from contracts.gateway import Agreement as AgreementContract
from contracts.gateway import Licence as LicenceContract
from gateway.errors import PartnerExists
from gateway.model import AdministrativeAct, Agreement, Licence, Partner, PartnerSecret
from gateway.model.partners import WEBHOOK_SECRET
from gateway.webhooks.event_types import TYPES_OF_KIND
from gateway.webhooks.signatures import SecretRefused, parse_secret


async def register_partner(
    session: Session, caller: Caller, partner: Partner, allowed_types: Sequence[str] | None, licences: Sequence[Licence]
) -> Partner:
    """Adds a partner with its licences; `allowed_types` None permits all types of its kind."""
    if await session.get(Partner, partner.id) is not None:
        raise PartnerExists
    partner.allowed_types = sorted(set(TYPES_OF_KIND[partner.kind] if allowed_types is None else allowed_types))
    session.add(partner)
    await session.flush()
    session.add_all(licences)
    await _record(session, caller, partner, "partner.registered")
    return partner


async def change_partner(session: Session, caller: Caller, partner: Partner, changes: Mapping[str, Any]) -> Partner:
    """Changes the named attributes; None clears an optional one."""
    for name, value in changes.items():
        setattr(partner, name, value)
    partner.touch()
    await _record(session, caller, partner, "partner.changed", ", ".join(sorted(changes)))
    return partner


async def add_secret(
    session: Session, caller: Caller, partner: Partner, use: str, overlap: timedelta, text: str | None
) -> tuple[PartnerSecret, str]:
    """A new secret and its text (`text` None makes one), shown once. Older ones of this use end after `overlap`."""
    text = text or _new_text(use)
    if use == "webhook" and partner.dialect == "standard":
        _require_standard(text)
    moment = now()
    await _end_older(session, partner, use, moment + overlap)
    secret = new_secret(partner.id, use, text, moment)
    session.add(secret)
    partner.touch()
    await _record(session, caller, partner, "partner.secret_added", f"{use} …{secret.hint}")
    return secret, text


async def add_agreement(session: Session, caller: Caller, partner: Partner, agreement: Agreement) -> Agreement:
    """Adds a cooperation agreement; the same number for the same unit is refused as a conflict by the database."""
    require_order(agreement.valid_from, agreement.valid_to, "/valid_to")
    session.add(agreement)
    partner.touch()
    await _record(session, caller, partner, "partner.agreement_added", agreement.number)
    return agreement


async def add_licences(
    session: Session, caller: Caller, partner: Partner, licences: Sequence[Licence]
) -> Sequence[Licence]:
    """Adds licences that the partner holds."""
    for licence in licences:
        require_order(licence.valid_from, licence.valid_to, "/valid_to")
    session.add_all(licences)
    partner.touch()
    await _record(session, caller, partner, "partner.licences_added", ", ".join(one.number for one in licences))
    return licences


async def change_term(
    session: Session, caller: Caller, partner: Partner, term: Agreement | Licence, changes: Mapping[str, Any]
) -> None:
    """Corrects or ends an agreement or a licence: it holds until `valid_to`, None has no end."""
    for name, value in changes.items():
        setattr(term, name, value)
    require_order(term.valid_from, term.valid_to, "/valid_to")
    session.add(term)
    partner.touch()
    kind = "agreement" if isinstance(term, Agreement) else "licence"
    detail = f"{term.number}: {', '.join(sorted(changes))}"
    await _record(session, caller, partner, f"partner.{kind}_changed", detail)


def new_secret(partner_id: str, use: str, text: str, moment: datetime) -> PartnerSecret:
    """The row of a secret: webhook secrets encrypted (we verify with them), client secrets as a digest only."""
    secret = PartnerSecret(partner_id=partner_id, use=use, hint=text[-4:], valid_from=moment)
    if use == "webhook":
        secret.sealed = encrypt(WEBHOOK_SECRET, str(secret.id), text)
    else:
        # 32 random bytes cannot be guessed, so a plain digest is as good as a slow one.
        secret.digest = hashlib.sha256(text.encode()).digest()
    return secret


async def publish_partner(session: Session, partner: Partner) -> None:
    """Publishes the partner as it is after this transaction's changes."""
    await session.flush()
    licences = await session.exec(select(Licence).where(col(Licence.partner_id) == partner.id))
    agreements = await session.exec(select(Agreement).where(col(Agreement.partner_id) == partner.id))
    publish(
        session,
        PartnerChanged(
            partner_id=partner.id,
            version=partner.version,
            name=partner.name,
            active=partner.is_active,
            allowed_types=partner.allowed_types,
            licences=[LicenceContract.model_validate(one, from_attributes=True) for one in licences],
            agreements=[AgreementContract.model_validate(one, from_attributes=True) for one in agreements],
            at=partner.updated_at,
            kind=partner.kind,
            sealed_contact=_sealed_contact(partner),
        ),
    )


def _sealed_contact(partner: Partner) -> str | None:
    if not partner.contact:
        return None
    return base64.b64encode(encrypt(CipherContext(*CONTACT_SEALED_AT), partner.id, partner.contact)).decode()


async def _record(session: Session, caller: Caller, partner: Partner, act: str, detail: str = "") -> None:
    session.add(
        AdministrativeAct(
            actor=caller.account, role=caller.role, act=act, target=f"partner {partner.id}", detail=detail
        )
    )
    await publish_partner(session, partner)


async def _end_older(session: Session, partner: Partner, use: str, end: datetime) -> None:
    older = await session.exec(
        select(PartnerSecret).where(col(PartnerSecret.partner_id) == partner.id, col(PartnerSecret.use) == use)
    )
    for secret in older:
        if secret.valid_until is None or secret.valid_until > end:
            secret.valid_until = end


def _new_text(use: str) -> str:
    raw = secrets.token_bytes(32)
    return f"whsec_{base64.b64encode(raw).decode()}" if use == "webhook" else f"bkcs_{raw.hex()}"


def _require_standard(text: str) -> None:
    try:
        parse_secret(text)
    except SecretRefused:
        error = FieldError(
            "/secret",
            "not-a-secret",
            "Khóa phải là whsec_ hoặc whpk_ và base64.",
            "A secret is whsec_ or whpk_ and base64.",
        )
        raise InvalidBody(errors=[error]) from None
