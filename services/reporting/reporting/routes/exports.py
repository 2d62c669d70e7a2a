"""The report as a file, for officers of the unit."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from chassis.clock import today
from chassis.errors import FieldError, InvalidQuery
from chassis.security.identity import Caller
from chassis.web.routing import allow, language_of, transactional_router
from chassis.web.service_client import ServiceCallFailed
from reporting.exports import MEDIA_TYPES, ExportFormat, export
from reporting.figures import CampaignEvaluation, CampaignPlan, Report, ReportPeriod
from reporting.model.authority import EXPORTING_ROLES
from reporting.queries.access import require_exact
from reporting.queries.plans import nearest_campaign
from reporting.queries.reports import get_report, with_period
from reporting.routes.reports import AsOf, Day, Language, UnitCode

router = transactional_router(tags=["reports"])

WRITERS = ThreadPoolExecutor(2, "export")
"""A province's report takes a second and some megabytes: two at a time, the others wait."""


PeriodKind = Literal["week", "month"]


@router.get(
    "/v1/reports/export",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES}}},
)
async def export_report(
    request: Request,
    caller: Annotated[Caller, allow(*EXPORTING_ROLES)],
    unit_code: UnitCode,
    format: ExportFormat,
    as_of: AsOf = None,
    period: Annotated[PeriodKind | None, Query(description="The week or the month up to the last day")] = None,
    from_: Annotated[Day | None, Query(alias="from", description="First day of any other period")] = None,
    to: Annotated[Day | None, Query(description="Last day of the period; the same as `as_of`")] = None,
    accept_language: Language = None,
) -> Response:
    """The report of a unit as XLSX, CSV, or as an official report (Decree 30/2020/NĐ-CP) in DOCX or PDF.

    With a period (`period`, or `from` and `to`) each count has beside it how much was added in the period.
    """
    day = _last_day(as_of, to)
    days = _period(period, from_, day)
    runtime = request.app.state.runtime
    async with runtime.database.reading() as session:
        await require_exact(session, caller, unit_code, day)
        report = await get_report(session, unit_code, day)
        report = await with_period(session, report, days) if days else report
        campaign_id = await nearest_campaign(session, unit_code, day)
    if format in ("docx", "pdf") and campaign_id is not None:
        report = _with_plan(report, await _ask_campaign(runtime, caller, campaign_id))
    writing = partial(export, report, format, language_of(accept_language))
    exported = await asyncio.get_running_loop().run_in_executor(WRITERS, writing)
    return Response(
        exported.content,
        media_type=exported.media_type,
        headers={"Content-Disposition": f'attachment; filename="{exported.file_name}"', "Cache-Control": "no-store"},
    )


def _last_day(as_of: date | None, to: date | None) -> date:
    if as_of and to and as_of != to:
        error = FieldError("/to", "differs-from-as-of", "Khác với as_of.", "Differs from as_of.")
        raise InvalidQuery(errors=[error])
    return to or as_of or today()


def _period(kind: PeriodKind | None, first: date | None, last: date) -> ReportPeriod | None:
    """A week begins on Monday, a month on its first day; both end with the last day asked for."""
    if first is None:
        if kind is None:
            return None
        back = last.weekday() if kind == "week" else last.day - 1
        return ReportPeriod(kind, last - timedelta(days=back), last)
    if kind is not None or first > last:
        code, vi, en = (
            ("two-periods", "Chọn period hoặc from.", "Give period or from, not both.")
            if kind
            else ("after-to", "Ngày đầu sau ngày cuối.", "The first day is after the last.")
        )
        raise InvalidQuery(errors=[FieldError("/from", code, vi, en)])
    return ReportPeriod("days", first, last)


async def _ask_campaign(runtime: Any, caller: Caller, campaign_id: str) -> dict[str, Any]:
    """Basis, recipients and evaluation are free text that no event carries; without an answer the report goes without."""
    try:
        campaign = await runtime.service_client.call("onboarding", "GET", f"/v1/campaigns/{campaign_id}", caller=caller)
    except ServiceCallFailed:
        return {}
    return campaign if isinstance(campaign, dict) else {}


def _with_plan(report: Report, campaign: dict[str, Any]) -> Report:
    if not campaign or not report.plans:
        return report
    plan: dict[str, Any] = campaign.get("plan") or {}
    evaluation = campaign.get("evaluation")
    nearest: CampaignPlan = replace(
        report.plans[0],
        issuer=plan.get("issuer"),
        basis=tuple(_basis_line(each) for each in plan.get("basis") or []),
        recipients=tuple(_recipient_line(each) for each in plan.get("recipients") or []),
        evaluation=CampaignEvaluation(**{name: evaluation.get(name) or "" for name in EVALUATED})
        if evaluation
        else None,
    )
    return replace(report, plans=(nearest, *report.plans[1:]))


EVALUATED = ("results", "limits", "causes", "lessons", "proposals")
PURPOSES = {"report": "để b/c", "execute": "để t/h", "coordinate": "để p/h", "carry_out": "để triển khai"}


def _basis_line(campaign: dict[str, Any]) -> str:
    number = campaign.get("number") or ""
    kind = "Công văn" if "KH" not in number and "QĐ" not in number else "Kế hoạch" if "KH" in number else "Quyết định"
    day = (
        f" ngày {campaign['date'][8:10]}/{campaign['date'][5:7]}/{campaign['date'][:4]}" if campaign.get("date") else ""
    )
    issuer = f" của {campaign['issuer']}" if campaign.get("issuer") else ""
    title = campaign.get("title") or ""
    if title:
        about = title if title.lower().startswith(("về ", "v/v ")) else f"về {title[0].lower()}{title[1:]}"
        title = f" {about}"
    return f"{kind} số {number}{day}{issuer}{title}"


def _recipient_line(campaign: dict[str, Any]) -> str:
    purpose = PURPOSES.get(campaign.get("purpose") or "")
    return f"{campaign.get('name', '')}{f' ({purpose})' if purpose else ''}"
