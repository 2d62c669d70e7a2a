"""What an import would do: computed from the same rules, and nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from onboarding.commands.imports import (
    AT_ONCE,
    ELSEWHERE,
    UNKNOWN,
    judge_rows,
    listed_evidence,
    require_source,
    resolve_numbers,
    warnings_of,
)
from onboarding.errors import RegistryDoesNotAnswer
from onboarding.lists import ListedNumber, NumberList, RowFault, RowWarning
from onboarding.model.journeys import OpenJourney
from onboarding.model.people import KnownResident
from onboarding.queries.journeys import find_roots, load_journeys
from onboarding.queries.territory import units_of_code

SHOWN = 100
"""Changes, rejections and warnings of a preview; the counts are of all rows."""


@dataclass(frozen=True)
class RowChange:
    """One field of a resident that a row would change; the resident is known by the row alone."""

    row: int
    field: str
    old: str | None
    new: str | None
    resident_id: UUID


@dataclass
class ImportPreview:
    """What an import would do; `created` are steps that are completed by it, `changed` those that change otherwise."""

    total_rows: int
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    changes: list[RowChange] = field(default_factory=list)
    rejections: list[RowFault] = field(default_factory=list)
    warnings: list[RowWarning] = field(default_factory=list)


async def preview_import(
    session: ReadSession, caller: Caller, unit: KnownUnit, step: str, source_body: str, listed: NumberList,
    residents: Mapping[str, UUID],
) -> ImportPreview:  # fmt: skip
    """What these rows would do; `residents` are those whose numbers stand on the list."""
    source = await require_source(session, step, source_body)
    judged = judge_rows(step, caller, listed.rows)
    preview = ImportPreview(len(judged), rejections=[row for row in judged if isinstance(row, RowFault)])
    good = [row for row in judged if isinstance(row, ListedNumber)]
    reading = _Previewing(session, step, source, now(), await units_of_code(session, unit.code), preview)
    for at in range(0, len(good), AT_ONCE):
        part = good[at : at + AT_ONCE]
        await reading.apply(part, [residents.get(row.personal_id) for row in part])
    preview.rejections.sort(key=lambda fault: fault.row)
    refused = {fault.row for fault in preview.rejections}
    preview.warnings = [each for each in warnings_of(judged, listed.warnings) if each.row not in refused]
    return preview


async def resolve_list(service_client: ServiceClient, listed: NumberList) -> dict[str, UUID]:
    """The residents whose numbers stand on a list, as registry answers; 503 when it does not."""
    numbers = list({row.personal_id for row in listed.rows if isinstance(row, ListedNumber)})
    residents: dict[str, UUID] = {}
    for at in range(0, len(numbers), AT_ONCE):
        part = numbers[at : at + AT_ONCE]
        try:
            found = await resolve_numbers(service_client, part)
        except ServiceCallFailed as error:
            raise RegistryDoesNotAnswer() from error
        residents |= {number: each for number, each in zip(part, found, strict=True) if each}
    return residents


@dataclass
class _Previewing:
    session: ReadSession
    step: str
    source: str
    at: datetime
    area: set[UUID]
    preview: ImportPreview
    opened: dict[UUID, OpenJourney] = field(default_factory=dict)
    """Journeys by the id of the survivor; kept, because a person may stand on a list twice."""

    async def apply(self, rows: Sequence[ListedNumber], found: Sequence[UUID | None]) -> None:
        roots = await self._open([each for each in found if each])
        for row, resident_id in zip(rows, found, strict=True):
            journey = self.opened.get(roots[resident_id]) if resident_id else None
            if journey is None or journey.resident.unit_id not in self.area:
                code, vi, en = ELSEWHERE if journey else UNKNOWN
                self.preview.rejections.append(RowFault(row.row, "personal_id", code, vi, en))
            else:
                self._judge(row, journey)

    async def _open(self, ids: Sequence[UUID]) -> dict[UUID, UUID]:
        survivors = await find_roots(self.session, set(ids))
        roots = {each: survivors.get(each, each) for each in ids}
        wanted = set(roots.values()) - self.opened.keys()
        known = await self.session.exec(select(KnownResident).where(col(KnownResident.id).in_(wanted)))
        fresh = {each.id: OpenJourney(each) for each in known}
        await load_journeys(self.session, fresh)
        self.opened |= fresh
        return roots

    def _judge(self, row: ListedNumber, journey: OpenJourney) -> None:
        before = journey.state(self.step)
        evidence = listed_evidence(self.step, self.source, self.at, row, journey)
        journey.evidences.setdefault(evidence.id, evidence)
        after = journey.state(self.step)
        if before == after:
            self.preview.unchanged += 1
            return
        is_created = before.status != "completed" and after.status == "completed"
        self.preview.created += is_created
        self.preview.changed += not is_created
        if len(self.preview.changes) < SHOWN:
            old, new = (f"{each.status}" + (f", mức {each.level}" if each.level else "") for each in (before, after))
            self.preview.changes.append(RowChange(row.row, self.step, old, new, journey.resident.id))
