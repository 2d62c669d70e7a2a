"""Applies status reports of portals: twice, late and out of order, with the same result."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import or_, text, tuple_
from sqlmodel import col, select

from casework.calendar import Pause, TimeLimit, load_calendar
from casework.commands.submission import count_filed
from casework.model.dossiers import Dossier
from casework.model.fees import Channel, FeeStatus, fee_amount
from casework.model.lifecycle import NATIONAL, SETTLED, NationalStatus, Status
from casework.model.portal_reports import PortalReport
from casework.model.timeliness import is_on_time
from casework.procedures import UnknownProcedure, Version, load_catalogue
from casework.settings import get_settings
from chassis.clock import local_date
from chassis.ids import new_id
from chassis.security.scope import find_unit
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from chassis.web.bodies import Instant
from contracts.casework import DossierChanged, DossierCompleted, DossierSubmitted
from contracts.gateway import PartnerEventReceived

T = TypeVar("T")
ReportOutcome = tuple[Literal["applied", "unchanged", "rejected"], str]

OWN_STATUS = {national: own for own, national in NATIONAL.items() if national and own != Status.DRAFT_RESULT_SENT}
NEVER_RECEIVED = (NationalStatus.NEWLY_FILED, NationalStatus.NOT_RECEIVED, NationalStatus.WITHDRAWN)
UNKNOWN_LIMIT = TimeLimit(kind="working_days", count=1)
"""How pauses are counted for a procedure that is not known here."""
CHANNELS = {channel.national_code: channel for channel in Channel}


FIRST_YEAR, LAST_YEAR = 2000, 2199


def _plausible(moment: datetime) -> datetime:
    """The time, if the calendar can count from it."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("the year is out of the calendar")
    return moment


Reported = Annotated[Instant, AfterValidator(_plausible)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]


class PortalStatus(BaseModel):
    """The data of `dossier.status_changed`."""

    code: Code
    procedure_code: Code
    unit_code: Code
    national_status: NationalStatus
    channel: Literal[1, 2, 3]
    received_at: Reported
    due_at: Reported | None = None
    finished_at: Reported | None = None
    fee_paid_online: bool | None = None


ReceivedStatus = tuple[PartnerEventReceived, PortalStatus]


@dataclass
class PortalDossiers:
    """The dossiers that are reported about, by code, with all reports of each; changes are written with the transaction."""

    dossiers: dict[str, Dossier]
    reports: dict[UUID, list[PortalReport]]
    known: set[tuple[str, str]]
    """Partner id and webhook id of the reports applied before."""
    units: dict[tuple[str, date], KnownUnit | None] = field(default_factory=dict)
    filed: Counter[tuple[UUID, str, date]] = field(default_factory=Counter)

    def add(self, report: PortalReport) -> list[PortalReport]:
        """All reports of its dossier in the order of their times; ties by webhook id."""
        self.known.add((report.partner_id, report.webhook_id))
        reports = self.reports.setdefault(report.dossier_id, [])
        reports.append(report)
        reports.sort(key=lambda one: (one.occurred_at, one.webhook_id))
        return reports


async def take_portal_statuses(session: Session, received: Sequence[ReceivedStatus]) -> list[ReportOutcome]:
    """Adds reports and computes their dossiers anew from all of them; of each the outcome and why it was rejected."""
    if not received:
        return []
    files = await _load(session, received)
    outcomes = [await _take(session, files, event, status) for event, status in received]
    for (unit_id, procedure_code, day), count in sorted(files.filed.items()):
        await count_filed(session, unit_id, procedure_code, day, count)
    return outcomes


async def _take(
    session: Session, files: PortalDossiers, event: PartnerEventReceived, status: PortalStatus
) -> ReportOutcome:
    dossier = files.dossiers.get(status.code)
    if dossier is not None and dossier.origin != "portal":
        return "rejected", "code-is-ours"
    if dossier is not None and dossier.created_by != event.partner_id:
        return "rejected", "belongs-to-another-partner"
    if (event.partner_id, event.webhook_id) in files.known:
        return "unchanged", ""
    unit = await _unit_of(session, files, status)
    if unit is None:
        return "rejected", "unknown-unit"
    is_new = dossier is None
    if dossier is None:
        dossier = files.dossiers[status.code] = _opened(status, unit, event)
        session.add(dossier)
        files.filed[unit.id, status.procedure_code, dossier.rules_on] += 1
    report = _report(dossier, event, status)
    session.add(report)
    before = dossier.state() | {"version": 0, "at": None}
    _compute(dossier, files.add(report))
    dossier.unit_id, dossier.unit_code = unit.id, unit.code
    if not is_new and dossier.state() | {"version": 0, "at": None} == before:
        return "unchanged", ""
    _publish_change(session, dossier, is_new=is_new)
    return "applied", ""


async def _load(session: Session, received: Sequence[ReceivedStatus]) -> PortalDossiers:
    """Under the locks of their codes, taken in one order."""
    codes = list({status.code for _, status in received})
    await session.execute(_ONE_AT_A_TIME, {"codes": codes})
    # Of a portal's dossier and one of ours with the same code, ours comes last and counts: its code is not the portal's to use.
    by_origin = col(Dossier.origin).desc()
    found = await session.exec(select(Dossier).where(col(Dossier.code).in_(codes)).order_by(by_origin))
    dossiers = {one.code: one for one in found if one.code}
    webhooks = [(event.partner_id, event.webhook_id) for event, _ in received]
    files = PortalDossiers(dossiers, {}, set())
    ids, key = [one.id for one in dossiers.values()], tuple_(col(PortalReport.partner_id), col(PortalReport.webhook_id))
    for report in await session.exec(
        select(PortalReport).where(or_(col(PortalReport.dossier_id).in_(ids), key.in_(webhooks)))
    ):
        files.add(report)
    return files


_ONE_AT_A_TIME = text(
    "SELECT pg_advisory_xact_lock(number) FROM (SELECT DISTINCT hashtextextended('portal|' || code, 0) AS number"
    " FROM unnest(cast(:codes AS text[])) AS code ORDER BY number) AS wanted"
)


async def _unit_of(session: Session, files: PortalDossiers, status: PortalStatus) -> KnownUnit | None:
    """Today's unit of that code, else the one that bore it when the dossier was received (before July 2025)."""
    wanted = status.unit_code, local_date(status.received_at)
    if wanted not in files.units:
        files.units[wanted] = await find_unit(session, wanted[0]) or await find_unit(session, *wanted)
    return files.units[wanted]


def _opened(status: PortalStatus, unit: KnownUnit, event: PartnerEventReceived) -> Dossier:
    return Dossier(
        id=new_id(),
        version=0,
        code=status.code,
        origin="portal",
        procedure_code=status.procedure_code,
        rules_on=local_date(status.received_at),
        unit_id=unit.id,
        unit_code=unit.code,
        is_self_service=status.channel == Channel.ONLINE.national_code,
        status=Status.SUBMITTED.value,
        created_by=event.partner_id,
        created_at=event.received_at,
        changed_at=event.received_at,
    )


def _report(dossier: Dossier, event: PartnerEventReceived, status: PortalStatus) -> PortalReport:
    return PortalReport(
        partner_id=event.partner_id,
        webhook_id=event.webhook_id,
        dossier_id=dossier.id,
        occurred_at=event.occurred_at,
        national_status=int(status.national_status),
        unit_code=status.unit_code,
        channel=status.channel,
        received_at=status.received_at,
        due_at=status.due_at,
        finished_at=status.finished_at,
        fee_paid_online=status.fee_paid_online,
    )


def _compute(dossier: Dossier, reports: Sequence[PortalReport]) -> None:
    last = reports[-1]
    dossier.version += 1
    dossier.changed_at = last.occurred_at
    dossier.portal_status = last.national_status
    dossier.status = OWN_STATUS[NationalStatus(last.national_status)].value
    dossier.channel = CHANNELS[last.channel].value
    dossier.submitted_at = dossier.received_at = last.received_at
    dossier.due_at = _latest([report.due_at for report in reports])
    dossier.supplement_requests = sum(
        report.national_status == NationalStatus.SUPPLEMENT_REQUESTED for report in reports
    )
    dossier.fee_paid_online = bool(_latest([report.fee_paid_online for report in reports]))
    dossier.fee_amount = _usual_fee(dossier)
    dossier.fee_status = (FeeStatus.PAID if dossier.fee_paid_online else FeeStatus.NONE).value
    dossier.finished_at = _finished_at(reports) if dossier.status in SETTLED else None
    dossier.on_time = _on_time(dossier, reports) if dossier.finished_at else None


def _finished_at(reports: Sequence[PortalReport]) -> datetime:
    """The moment of "settled", before that of "result returned", before that of "stopped" (index, 2.1)."""
    reported = _latest([report.finished_at for report in reports])
    settled = [
        report.occurred_at for report in reports if OWN_STATUS[NationalStatus(report.national_status)] in SETTLED
    ]
    return reported or settled[0]


def _on_time(dossier: Dossier, reports: Sequence[PortalReport]) -> bool | None:
    """By the index: the working time between a supplement request and its completion is not the office's; what was only filed
    and then refused or withdrawn does not count."""
    assert dossier.finished_at is not None
    was_received = any(report.national_status not in NEVER_RECEIVED for report in reports)
    return is_on_time(
        received_at=dossier.received_at if was_received else None,
        promised_at=_promised(dossier, reports),
        finished_at=dossier.finished_at,
        supplement_requests=dossier.supplement_requests,
        now=dossier.finished_at,
    )


def _promised(dossier: Dossier, reports: Sequence[PortalReport]) -> datetime | None:
    """The portal's promise; where it gave none, the statutory maximum of a procedure that is known here. Moved by the pauses in
    working time: holidays are in the promise already and are not given twice."""
    calendar, rules = load_calendar(get_settings().calendar_file), _rules(dossier)
    limit = rules.time_limit if rules else UNKNOWN_LIMIT
    promised = dossier.due_at
    if promised is None and rules is not None and dossier.received_at is not None:
        promised = calendar.due_at(limit, dossier.received_at)
    for pause in _pauses(reports):
        promised = promised and calendar.resumed(limit, promised, pause)
    return promised


def _usual_fee(dossier: Dossier) -> int:
    """A portal reports whether the fee was paid online, not how much: the price of one copy shows that there is a fee."""
    rules = _rules(dossier)
    return fee_amount(rules.fee, channel=Channel(dossier.channel)) if rules else 0


def _rules(dossier: Dossier) -> Version | None:
    try:
        return load_catalogue(get_settings().procedures_dir).get_version(dossier.procedure_code, dossier.rules_on)
    except UnknownProcedure:
        return None


def _pauses(reports: Sequence[PortalReport]) -> list[Pause]:
    return [
        Pause(asked.occurred_at, after.occurred_at)
        for asked, after in pairwise(reports)
        if asked.national_status == NationalStatus.SUPPLEMENT_REQUESTED
    ]


def _latest(values: Sequence[T | None]) -> T | None:
    return next((value for value in reversed(values) if value is not None), None)


def _publish_change(session: Session, dossier: Dossier, *, is_new: bool) -> None:
    if is_new:
        publish(session, DossierSubmitted(**dossier.state()))
        if dossier.status == Status.SUBMITTED:
            return
    event_type = DossierCompleted if dossier.finished_at else DossierChanged
    publish(session, event_type(**dossier.state()))
