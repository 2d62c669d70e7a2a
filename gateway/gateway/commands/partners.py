"""Registering partners and what they hold. Every change is announced and kept as an administrative act."""

import base64
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import FieldError, InvalidBody
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.gateway import Agreement as SaidAgreement
from contracts.gateway import Licence as SaidLicence
from contracts.gateway import PartnerChanged
from gateway.errors import PartnerExists
from gateway.events import TYPES_OF_KIND
from gateway.model import AdministrativeAct, Agreement, Licence, Partner, PartnerSecret
from gateway.model.partners import WEBHOOK_SECRET
from gateway.schemas import AgreementCreate, LicenceCreate, PartnerChange, PartnerCreate, SecretCreate
from gateway.signatures import SecretRefused, parse_secret


async def register_partner(session: Session, caller: Caller, body: PartnerCreate) -> Partner:
    """A new partner, which may send what its kind sends unless `allowed_types` says otherwise."""
    if await session.get(Partner, body.id) is not None:
        raise PartnerExists
    fields = body.model_dump(exclude={"licences", "allowed_types"})
    allowed = TYPES_OF_KIND[body.kind] if body.allowed_types is None else body.allowed_types
    partner = Partner(**fields, allowed_types=sorted(set(allowed)))
    session.add(partner)
    await session.flush()
    session.add_all(Licence(partner_id=partner.id, **licence.model_dump()) for licence in body.licences)
    await _say(session, caller, partner, "partner.registered")
    return partner


async def change_partner(session: Session, caller: Caller, partner: Partner, body: PartnerChange) -> Partner:
    """Changes what the body names."""
    changes = body.model_dump(exclude_unset=True)
    wanting = {"messages_per_minute", "contact"}
    for name, value in changes.items():
        if value is not None or name in wanting:
            setattr(partner, name, value)
    partner.touch()
    await _say(session, caller, partner, "partner.changed", ", ".join(sorted(changes)))
    return partner


async def add_secret(
    session: Session, caller: Caller, partner: Partner, body: SecretCreate
) -> tuple[PartnerSecret, str]:
    """A new secret and its text, shown this once. Older ones of the same use end after the overlap."""
    text = body.secret or _new_text(body.use)
    if body.use == "webhook" and partner.dialect == "standard":
        _require_standard(text)
    moment = now()
    await _end_older(session, partner, body.use, moment + timedelta(hours=body.overlap_hours))
    secret = new_secret(partner.id, body.use, text, moment)
    session.add(secret)
    partner.touch()
    await _say(session, caller, partner, "partner.secret_added", f"{body.use} …{secret.hint}")
    return secret, text


async def add_agreement(session: Session, caller: Caller, partner: Partner, body: AgreementCreate) -> Agreement:
    """A cooperation agreement; the same number for the same unit is refused as a conflict by the database."""
    _require_order(body.valid_from, body.valid_to)
    agreement = Agreement(partner_id=partner.id, **body.model_dump())
    session.add(agreement)
    partner.touch()
    await _say(session, caller, partner, "partner.agreement_added", body.number)
    return agreement


async def add_licences(
    session: Session, caller: Caller, partner: Partner, bodies: Iterable[LicenceCreate]
) -> list[Licence]:
    """Licences that the partner holds."""
    licences = []
    for body in bodies:
        _require_order(body.valid_from, body.valid_to)
        licences.append(Licence(partner_id=partner.id, **body.model_dump()))
    session.add_all(licences)
    partner.touch()
    await _say(session, caller, partner, "partner.licences_added", ", ".join(one.number for one in licences))
    return licences


def new_secret(partner_id: str, use: str, text: str, moment: datetime) -> PartnerSecret:
    """The row of a secret: webhook secrets sealed (we verify with them), client secrets as a digest only."""
    secret = PartnerSecret(partner_id=partner_id, use=use, hint=text[-4:], valid_from=moment)
    if use == "webhook":
        secret.sealed = encrypt(WEBHOOK_SECRET, str(secret.id), text)
    else:
        # 32 random bytes cannot be guessed, so a plain digest is as good as a slow one.
        secret.digest = hashlib.sha256(text.encode()).digest()
    return secret


async def announce_partner(session: Session, partner: Partner) -> None:
    """Says the partner as it stands after this transaction's changes."""
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
            licences=[SaidLicence.model_validate(one, from_attributes=True) for one in licences],
            agreements=[SaidAgreement.model_validate(one, from_attributes=True) for one in agreements],
            at=partner.updated_at,
        ),
    )


async def _say(session: Session, caller: Caller, partner: Partner, act: str, detail: str = "") -> None:
    session.add(
        AdministrativeAct(
            actor=caller.account, role=caller.role, act=act, target=f"partner {partner.id}", detail=detail
        )
    )
    await announce_partner(session, partner)


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


def _require_order(first: object, last: object) -> None:
    if last is not None and last < first:  # type: ignore[operator]  # two dates
        error = FieldError("/valid_to", "before-start", "Ngày hết hạn trước ngày bắt đầu.", "It ends before it begins.")
        raise InvalidBody(errors=[error])
