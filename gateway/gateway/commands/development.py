"""The partners that exist in development, with secrets that the documentation publishes."""

import base64
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select

from chassis.clock import now
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from gateway.commands.partners import new_secret, publish_partner
from gateway.model import Agreement, Licence, Partner, PartnerSecret
from gateway.model.partners import AgreementScope
from gateway.webhooks.event_types import TYPES_OF_KIND

COMMUNES = ("15724", "15061")
"""Đồng Tiến and Ngọc Lặc, the communes of the demo."""


@dataclass(frozen=True)
class DevelopmentPartner:
    id: str
    name: str
    kind: str
    scope: tuple[AgreementScope, ...]


PARTNERS = (
    DevelopmentPartner("demo-bank", "Ngân hàng minh họa", "bank", ("payment_account", "qr")),
    DevelopmentPartner("demo-wallet", "Ví điện tử minh họa", "wallet", ("payment_account", "qr")),
    DevelopmentPartner(
        "demo-telecom",
        "Viễn thông minh họa",
        "telecom",
        ("digital_signature", "payment_account", "qr", "infrastructure"),
    ),
    DevelopmentPartner("demo-identity", "Định danh minh họa", "identity", ("staff",)),
    DevelopmentPartner("demo-portal", "Cổng dịch vụ công minh họa", "portal", ("infrastructure",)),
    DevelopmentPartner("demo-app", "Ứng dụng của tỉnh minh họa", "app", ("infrastructure",)),
)


def development_secret(partner_id: str) -> str:
    """`whsec_` and the base64 of the id, padded on the right with dots to 32 bytes."""
    return "whsec_" + base64.b64encode(partner_id.encode().ljust(32, b".")).decode()


async def ensure_development_partners(session: Session) -> None:
    """Adds those that are missing; running it again changes nothing."""
    # The API and the worker start at the same time.
    await lock_name(session, "development partners")
    existing = set(await session.exec(select(col(Partner.id))))
    for wanted in PARTNERS:
        if wanted.id not in existing:
            await _add(session, wanted)


async def _add(session: Session, wanted: DevelopmentPartner) -> None:
    partner = Partner(
        id=wanted.id,
        name=wanted.name,
        kind=wanted.kind,
        allowed_types=sorted(TYPES_OF_KIND[wanted.kind]),
        scopes=["prefill"] if wanted.kind == "bank" else [],
    )
    session.add(partner)
    await session.flush()
    session.add_all(_secrets(wanted.id))
    session.add_all(_agreements(wanted))
    if wanted.kind == "telecom":
        session.add(
            Licence(
                partner_id=wanted.id,
                kind="cyber_protection",
                number="01/GP-DEMO",
                issuer="Cơ quan cấp phép minh họa",
                valid_from=date(2024, 1, 1),
            )
        )
    await publish_partner(session, partner)


def _secrets(partner_id: str) -> list[PartnerSecret]:
    text = development_secret(partner_id)
    return [new_secret(partner_id, "webhook", text, now()), new_secret(partner_id, "rest", text, now())]


def _agreements(wanted: DevelopmentPartner) -> list[Agreement]:
    return [
        Agreement(
            partner_id=wanted.id,
            number=f"01/TT-{wanted.id.upper()}",
            signed_on=date(2024, 6, 1),
            unit_code=unit_code,
            scope=list(wanted.scope),
            valid_from=date(2024, 6, 1),
        )
        for unit_code in COMMUNES
    ]
