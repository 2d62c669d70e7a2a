"""Imports by personal number: stored at once, applied in the background in batches; registry resolves the numbers."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now, today
from chassis.errors import FieldError, InvalidBody
from chassis.runtime import Runtime
from chassis.security.encryption import decrypt_text, encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Database, ReadSession, Session
from chassis.storage.tables import KnownUnit
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from chassis.web.vocabulary import code_of
from onboarding.commands.journeys import add_evidence, open_journeys, recompute, store_journeys
from onboarding.errors import UnlicensedProvider
from onboarding.lists import ListedNumber, NumberList, RowFault, RowWarning
from onboarding.model.authority import may_confirm
from onboarding.model.bodies import find_body_code
from onboarding.model.imports import (
    LISTED_NUMBER,
    PROVIDERS,
    ImportedEvidence,
    ImportRejection,
    ImportRow,
    ImportWarning,
    NumberImport,
)
from onboarding.model.journey import Evidence, EvidenceEffect
from onboarding.model.journeys import OpenJourney
from onboarding.model.people import KnownPartner
from onboarding.model.steps import catalogue
from onboarding.queries.people import CYBER_PROTECTION_LICENCE, has_licence
from onboarding.queries.territory import units_of_code

AT_ONCE = 500
ANSWER_SECONDS = 10.0
UNKNOWN = ("unknown-person", "Không tìm thấy người này trong danh sách dân cư.", "No resident has this number.")
UNISSUED = (
    "not-issued",
    "Chưa có serial: nhà cung cấp chưa cấp chữ ký cho người này.",
    "No serial: no signature was issued.",
)
INCOMPETENT = (
    "not-yours-to-confirm",
    "Mức độ này chỉ công an hoặc đơn vị cung cấp xác nhận.",
    "Only the police or the provider confirms this level.",
)
ELSEWHERE = ("other-unit", "Người này không thuộc địa bàn của danh sách.", "The person belongs to another unit.")


async def create_number_import(
    session: Session, caller: Caller, unit: KnownUnit, step: str, source_body: str, content: bytes, listed: NumberList
) -> NumberImport:
    """A new import of these rows; the same file for the same step and unit, by the same body, is the import that it was.

    `source_body` names the origin of the list. What it may confirm follows from the body of the officer who uploads it.
    """
    source = await require_source(session, step, source_body)
    parts = [step.encode(), unit.id.bytes, source.encode(), (caller.body or "").encode(), content]
    digest = hashlib.sha256(b"|".join(parts)).hexdigest()
    known = (await session.exec(select(NumberImport).where(col(NumberImport.digest) == digest))).first()
    if known:
        return known
    taken = NumberImport(
        digest=digest, step=step, unit_id=unit.id, unit_code=unit.code, source_body=source,
        total_rows=len(listed.rows), created_at=now(), created_by=caller.account, created_role=caller.role,
        created_body=caller.body, created_unit=caller.unit_code,
    )  # fmt: skip
    session.add(taken)
    judged = judge_rows(step, caller, listed.rows)
    for row in judged:
        session.add(_rejection(taken.id, row) if isinstance(row, RowFault) else _import_row(taken.id, row))
    taken.rejected = sum(isinstance(row, RowFault) for row in judged)
    warnings = warnings_of(judged, listed.warnings)
    session.add_all(ImportWarning(import_id=taken.id, **vars(each)) for each in warnings)
    taken.warnings = len(warnings)
    return taken


async def require_source(session: ReadSession, step: str, source_body: str) -> str:
    """The code of the body, or the id of the partner, that a list comes from; refuses an unlicensed provider."""
    if catalogue().rule(step).licensed_provider and not await has_licence(
        session, source_body, CYBER_PROTECTION_LICENCE, today()
    ):
        raise UnlicensedProvider()
    return await _known_source(session, source_body)


def judge_rows(step: str, caller: Caller, rows: Sequence[ListedNumber | RowFault]) -> list[ListedNumber | RowFault]:
    """The rows, with a fault in place of those that this officer may not confirm or that are empty."""
    return _without_the_incompetent(step, caller, _without_the_unissued(step, rows))


def warnings_of(judged: Sequence[ListedNumber | RowFault], warnings: Sequence[RowWarning]) -> list[RowWarning]:
    """Each warning once; a refused row has none besides its rejection."""
    refused = {row.row for row in judged if isinstance(row, RowFault)}
    return [each for each in dict.fromkeys(warnings) if each.row not in refused]


def _without_the_unissued(step: str, rows: Sequence[ListedNumber | RowFault]) -> list[ListedNumber | RowFault]:
    """A signature list that comes back from the provider: who has no serial in it was issued nothing."""
    if step != "digital_signature" or not any(isinstance(row, ListedNumber) and row.certificate_serial for row in rows):
        return list(rows)
    return [
        RowFault(row.row, "certificate_serial", *UNISSUED)
        if isinstance(row, ListedNumber) and row.certificate_serial is None
        else row
        for row in rows
    ]


async def _known_source(session: ReadSession, sent: str) -> str:
    """The code of a body, or the id of a partner; 422 for any other source."""
    code = sent if sent in PROVIDERS else find_body_code(sent) or code_of("bodies", sent)
    if code is None and await session.get(KnownPartner, sent) is None:
        raise InvalidBody(
            errors=[
                FieldError("/source_body", "unknown-code", "Không có cơ quan, đơn vị này.", "There is no such body.")
            ]
        )
    return code or sent


def _without_the_incompetent(
    step: str, caller: Caller, rows: Sequence[ListedNumber | RowFault]
) -> list[ListedNumber | RowFault]:
    """What only some bodies may confirm is not taken from an officer of another body."""
    return [
        RowFault(row.row, "level", *INCOMPETENT)
        if isinstance(row, ListedNumber) and not may_confirm(step, row.level, caller.body)
        else row
        for row in rows
    ]


async def run_imports(runtime: Runtime) -> None:
    """Scheduled: applies waiting rows in batches; the imports take turns."""
    while await run_next_rows(runtime.database, runtime.service_client):
        pass


async def run_next_rows(database: Database, service_client: ServiceClient) -> bool:
    """Applies up to 500 waiting rows; False when no row waits or registry does not answer."""
    async with database.reading() as reading:
        taken, rows = await _next_rows(reading)
    if taken is None:
        return False
    numbers = [decrypt_text(LISTED_NUMBER, row.cipher_row, row.personal_id) for row in rows]
    try:
        found = await resolve_numbers(service_client, numbers)
    except ServiceCallFailed:
        return False
    async with database.transaction() as session:
        resolved = [_ResolvedRow(row, resident_id) for row, resident_id in zip(rows, found, strict=True)]
        await _apply(session, taken.id, rows, resolved)
    return True


@dataclass(frozen=True)
class _ResolvedRow:
    row: ImportRow
    resident_id: UUID | None


async def resolve_numbers(service_client: ServiceClient, numbers: Sequence[str]) -> list[UUID | None]:
    """Whose numbers these are, in one call to registry; None for a number of no resident."""
    if not numbers:
        return []
    found = await service_client.call(
        "registry", "POST", "/v1/residents/lookups", caller=None, purpose="onboarding", seconds=ANSWER_SECONDS,
        json={"personal_ids": list(numbers)},
    )  # fmt: skip
    return [UUID(item["id"]) if item["id"] else None for item in found["items"]]


async def _next_rows(session: ReadSession) -> tuple[NumberImport | None, list[ImportRow]]:
    waiting = col(NumberImport.status).in_(["queued", "running"])
    in_turn = (col(NumberImport.worked_at).asc().nulls_first(), col(NumberImport.id))
    taken = (await session.exec(select(NumberImport).where(waiting).order_by(*in_turn).limit(1))).first()
    if taken is None:
        return None, []
    query = select(ImportRow).where(col(ImportRow.import_id) == taken.id).order_by(col(ImportRow.row)).limit(AT_ONCE)
    return taken, list(await session.exec(query))


async def _apply(session: Session, import_id: UUID, rows: Sequence[ImportRow], found: Sequence[_ResolvedRow]) -> None:
    taken = await session.get_one(NumberImport, import_id, with_for_update=True)
    opened = await open_journeys(session, [each.resident_id for each in found if each.resident_id])
    area = await units_of_code(session, taken.unit_code)
    for who in found:
        journey = opened.get(who.resident_id) if who.resident_id else None
        if journey is None or journey.resident.unit_id not in area:
            code, vi, en = ELSEWHERE if journey else UNKNOWN
            session.add(_rejection(import_id, RowFault(who.row.row, "personal_id", code, vi, en)))
            taken.rejected += 1
        elif _apply_row(session, taken, who.row, journey):
            taken.applied += 1
        else:
            taken.unchanged += 1
    await store_journeys(session, opened.values())
    numbers = [row.row for row in rows]
    await session.exec(delete(ImportRow).where(col(ImportRow.import_id) == import_id, col(ImportRow.row).in_(numbers)))
    taken.status = "running" if len(rows) == AT_ONCE else "completed"
    taken.worked_at = now()
    session.add(taken)


def _apply_row(session: Session, taken: NumberImport, row: ImportRow, journey: OpenJourney) -> bool:
    evidence = listed_evidence(taken.step, taken.source_body, taken.created_at, row, journey)
    is_new = add_evidence(journey, evidence, by=taken.created_by)
    session.add(
        ImportedEvidence(
            import_id=taken.id, row=row.row, subject_id=journey.resident.id, evidence_id=evidence.id, is_added=is_new
        )
    )
    return recompute(session, journey) if is_new else False


def listed_evidence(
    step: str, source_body: str, at: datetime, row: ImportRow | ListedNumber, journey: OpenJourney
) -> Evidence:
    """The evidence that a row is of a step; the same row of the same source always becomes the same evidence."""
    occurred_at = datetime.combine(row.occurred_on, time(12), HO_CHI_MINH) if row.occurred_on else at
    listed: tuple[object, ...] = (
        step, row.occurred_on, row.level, row.certificate_serial, row.account_kind, row.reference,
    )  # fmt: skip
    if row.valid_until:
        listed = (*listed, row.valid_until)
    return Evidence(
        id="listed-" + hashlib.sha256(repr((journey.resident.id, source_body, listed)).encode()).hexdigest()[:40],
        step=step,
        effect=EvidenceEffect.HELD,
        occurred_at=occurred_at,
        kind="officer",
        holding=row.certificate_serial or row.reference or row.account_kind or "",
        provider=source_body,
        reference=row.certificate_serial or row.reference,
        account_kind=row.account_kind,  # type: ignore[arg-type]  # checked when the list was read
        level=row.level,
        valid_until=_end_of(row.valid_until) if row.valid_until else None,
        had_bank_account=journey.resident.attributes.has_bank_account,
        assisted=True,
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), HO_CHI_MINH)


def _import_row(import_id: UUID, listed: ListedNumber) -> ImportRow:
    row = ImportRow(
        import_id=import_id, row=listed.row, personal_id=b"", occurred_on=listed.occurred_on, level=listed.level,
        certificate_serial=listed.certificate_serial, account_kind=listed.account_kind, reference=listed.reference,
        valid_until=listed.valid_until,
    )  # fmt: skip
    row.personal_id = encrypt(LISTED_NUMBER, row.cipher_row, listed.personal_id)
    return row


def _rejection(import_id: UUID, fault: RowFault) -> ImportRejection:
    return ImportRejection(import_id=import_id, **vars(fault))
