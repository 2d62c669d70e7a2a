"""The partner cache: all partners in memory, reloaded when their versions change."""

import asyncio
import hashlib
import hmac
import ipaddress
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import select

from chassis.clock import now
from chassis.observability.log import logger
from chassis.security.encryption import DecryptionFailed, decrypt_text
from chassis.storage.database import Database, ReadSession
from gateway.model import Agreement, Licence, Partner, PartnerSecret
from gateway.model.partners import WEBHOOK_SECRET
from gateway.webhooks.signatures import SecretRefused, VerificationKey, any_fits, parse_secret

SECONDS_BETWEEN_REFRESHES = 1.0


@dataclass(frozen=True)
class SecretSnapshot:
    """A secret as plain text, or its digest, with its time of validity."""

    use: str
    text: str | None
    digest: bytes | None
    valid_from: datetime
    valid_until: datetime | None

    def is_valid_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


@dataclass(frozen=True, slots=True)
class ValidGrants:
    """The valid licences (kinds) and agreements (units) of a partner on one day."""

    licences: list[str]
    unit_codes: list[str]


@dataclass(frozen=True)
class PartnerSnapshot:
    """A partner with all that the gateway checks, at one version."""

    id: str
    is_active: bool
    dialect: str
    allowed_types: frozenset[str]
    scopes: tuple[str, ...]
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    messages_per_minute: int | None
    secrets: tuple[SecretSnapshot, ...] = ()
    keys: tuple[VerificationKey, ...] = ()
    licences: tuple[Licence, ...] = field(default=(), compare=False)
    agreements: tuple[Agreement, ...] = field(default=(), compare=False)
    _valid_grants: dict[date, ValidGrants] = field(default_factory=dict, compare=False, repr=False)

    def texts(self, moment: datetime) -> list[str]:
        """The webhook secrets that count now, newest first."""
        counting = [secret for secret in self.secrets if secret.use == "webhook" and secret.is_valid_at(moment)]
        return [secret.text for secret in reversed(counting) if secret.text is not None]

    def has_client_secret(self, given: str, moment: datetime) -> bool:
        """Whether `given` is a client secret of this partner that counts now."""
        digest = hashlib.sha256(given.encode("utf-8", "replace")).digest()
        counting = [each.digest for each in self.secrets if each.use == "rest" and each.is_valid_at(moment)]
        return any_fits(filter(None, counting), lambda kept: hmac.compare_digest(kept, digest))

    def valid_grants_on(self, day: date) -> ValidGrants:
        """Its licences and agreements of a day, computed once: every change makes a new snapshot."""
        held = self._valid_grants.get(day)
        if held is None:
            held = self._valid_grants[day] = ValidGrants(self.licence_kinds(day), self.unit_codes(day))
        return held

    def licence_kinds(self, day: date) -> list[str]:
        return sorted({licence.kind for licence in self.licences if licence.holds_on(day)})

    def unit_codes(self, day: date) -> list[str]:
        return sorted({agreement.unit_code for agreement in self.agreements if agreement.holds_on(day)})

    def may_come_from(self, address: str) -> bool:
        if not self.networks:
            return True
        try:
            return any(ipaddress.ip_address(address) in network for network in self.networks)
        except ValueError:
            return False


class PartnerCache:
    """All partners by id. `refresh` after a change in this process; `watch` follows changes by other gateways."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._partners: dict[str, PartnerSnapshot] = {}
        self._version: tuple[int, int] | None = None

    def find(self, partner_id: str) -> PartnerSnapshot | None:
        return self._partners.get(partner_id)

    async def refresh(self) -> None:
        """Reload when any partner's version differs from what is known."""
        async with self._database.reading() as session:
            row = (await session.execute(text("SELECT count(*), coalesce(sum(version), 0) FROM partner"))).one()
            version = (int(row[0]), int(row[1]))
            if version != self._version:
                self._partners = await _load(session)
                self._version = version

    async def watch(self) -> None:
        while True:
            try:
                await self.refresh()
            except Exception as error:
                logger.warning("partner cache not refreshed", error=type(error).__name__)
            await asyncio.sleep(SECONDS_BETWEEN_REFRESHES)


async def _load(session: ReadSession) -> dict[str, PartnerSnapshot]:
    secrets: dict[str, list[PartnerSecret]] = defaultdict(list)
    licences: dict[str, list[Licence]] = defaultdict(list)
    agreements: dict[str, list[Agreement]] = defaultdict(list)
    for secret in await session.exec(select(PartnerSecret).order_by(PartnerSecret.valid_from)):  # type: ignore[arg-type]  # a column at run time
        secrets[secret.partner_id].append(secret)
    for licence in await session.exec(select(Licence)):
        licences[licence.partner_id].append(licence)
    for agreement in await session.exec(select(Agreement)):
        agreements[agreement.partner_id].append(agreement)
    partners = await session.exec(select(Partner))
    return {
        one.id: _snapshot(one, secrets[one.id], tuple(licences[one.id]), tuple(agreements[one.id])) for one in partners
    }


def _snapshot(
    partner: Partner, rows: list[PartnerSecret], licences: tuple[Licence, ...], agreements: tuple[Agreement, ...]
) -> PartnerSnapshot:
    moment = now()
    secrets = [_decrypted(row) for row in rows if row.valid_until is None or row.valid_until > moment]
    return PartnerSnapshot(
        id=partner.id,
        is_active=partner.is_active,
        dialect=partner.dialect,
        allowed_types=frozenset(partner.allowed_types),
        scopes=tuple(partner.scopes),
        networks=tuple(ipaddress.ip_network(address) for address in partner.addresses),
        messages_per_minute=partner.messages_per_minute,
        secrets=tuple(secrets),
        keys=tuple(key for secret in secrets if (key := _key_of(secret)) is not None),
        licences=licences,
        agreements=agreements,
    )


def _decrypted(row: PartnerSecret) -> SecretSnapshot:
    decrypted: str | None = None
    if row.sealed is not None:
        try:
            decrypted = decrypt_text(WEBHOOK_SECRET, str(row.id), row.sealed)
        except DecryptionFailed:
            logger.error("partner secret not decrypted", partner=row.partner_id, secret=str(row.id))
    return SecretSnapshot(row.use, decrypted, row.digest, row.valid_from, row.valid_until)


def _key_of(secret: SecretSnapshot) -> VerificationKey | None:
    if secret.use != "webhook" or secret.text is None:
        return None
    try:
        return parse_secret(secret.text, valid_from=secret.valid_from, valid_until=secret.valid_until)
    except SecretRefused:
        return None  # a provider's key, which is no Standard Webhooks secret
