"""The figures as JSON."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from chassis.clock import today
from chassis.errors import FieldError, InvalidQuery, NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.past import has_come
from chassis.web.routing import Reading, allow, language_of, public, transactional_router
from province import get_pack
from reporting.disclosure import public_figure
from reporting.figures import Figure, Point, Report, ReportTarget, UnitFigures
from reporting.forecasts import commendations, rank
from reporting.indicators import Indicator, catalogue
from reporting.model.authority import RECONCILING_ROLES
from reporting.projections.timeline import BEGINNING
from reporting.projections.tree import tree_of
from reporting.queries.access import require_exact, sees_exact, sees_exact_unit
from reporting.queries.filed_reports import find_filed, list_filed, suppressed_in_filed
from reporting.queries.public_reports import get_public_progress, get_public_report, get_public_trend
from reporting.queries.ranking import list_units_of_level, public_units
from reporting.queries.reconciliation import list_reconciliation
from reporting.queries.reports import get_progress, get_report, get_trend, get_unit_on
from reporting.routes.public_answers import public_answer
from reporting.schemas.filed import FiledListView, FiledProgressView, FiledView
from reporting.schemas.forecasts import ForecastsView, ForecastView
from reporting.schemas.indicators import IndicatorsView
from reporting.schemas.progress import ChildView, FigureView, ProgressView, progress_body
from reporting.schemas.rankings import CommendationView, RankedView, UnitRankingView
from reporting.schemas.reconciliation import ReconciliationView
from reporting.schemas.trends import PointView, TrendView

router = transactional_router(tags=["reports"])

OptionalCaller = Annotated[Caller | None, public()]
Language = Annotated[str | None, Header(alias="Accept-Language")]
UnitCode = Annotated[str, Query(description="A unit's code, of the generation of `as_of`", max_length=64)]
FIRST_DAY = date(1900, 1, 1)


def _within_reach(day: date) -> date:
    if day < FIRST_DAY:
        raise PydanticCustomError("day", "A day from 1900 on.", {"vi": "Một ngày từ năm 1900."})
    has_come(day)
    return day


Day = Annotated[date, AfterValidator(_within_reach)]
AsOf = Annotated[Day | None, Query(description="The end of this day; today by default")]
IndicatorCode = Annotated[
    str,
    Query(
        description="A code of GET /v1/reports/indicators",
        max_length=64,
        json_schema_extra={"enum": list(catalogue().indicators)},
    ),
]
PROVINCE = get_pack().code
"""The unit of a report that names none."""
LONGEST_TREND = 1100


@router.get("/v1/reports/progress", response_model=ProgressView)
async def get_progress_report(
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    unit_code: UnitCode = PROVINCE,
    as_of: AsOf = None,
    accept_language: Language = None,
) -> Response:
    """The indicators of a unit and of its children on a day. The public sees no count under five."""
    day = as_of or today()
    language = language_of(accept_language)
    if await sees_exact(session, caller, unit_code, day):
        return JSONResponse(progress_body(await get_progress(session, unit_code, day), language))

    async def body(session: ReadSession) -> bytes:
        report = await get_public_progress(session, unit_code, day)
        return bytes(JSONResponse(progress_body(report, language)).body)

    key = ("progress", unit_code, day, language)
    content: bytes = await public_answer(request.app.state.runtime, session, key, body)
    return Response(content, media_type="application/json")


@router.get("/v1/reports/indicators")
async def list_indicators(caller: OptionalCaller, accept_language: Language = None) -> IndicatorsView:
    """What every indicator counts, over what, and where it comes from."""
    return IndicatorsView.all(language_of(accept_language))


@router.get("/v1/reports/trend")
async def get_indicator_trend(
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    indicator: IndicatorCode,
    unit_code: UnitCode = PROVINCE,
    from_: Annotated[Day | None, Query(alias="from", description="First day; 90 days before the last")] = None,
    to: Annotated[Day | None, Query(description="Last day; today by default")] = None,
    accept_language: Language = None,
) -> TrendView:
    """An indicator at the end of each day; a merged unit keeps a comparable series."""
    known = require_indicator(indicator)
    last = to or today()
    first = _first_day(from_, last)
    if await sees_exact(session, caller, unit_code, last):
        points = (await get_trend(session, unit_code, first, last, codes=[indicator]))[indicator]
    else:

        async def shown(session: ReadSession) -> tuple[Point, ...]:
            return await get_public_trend(session, unit_code, first, last, indicator)

        key = ("trend", unit_code, first, last, indicator)
        points = await public_answer(request.app.state.runtime, session, key, shown)
    return TrendView(
        unit_code=unit_code,
        indicator=indicator,
        title=known.title[language_of(accept_language)],
        points=[PointView.of(point) for point in points],
    )


@router.get("/v1/reports/ranking", response_model=UnitRankingView)
async def get_unit_ranking(
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    indicator: IndicatorCode,
    level: Literal["district", "commune", "village"] = "commune",
    parent: Annotated[str, Query(description="Units below this one", max_length=64)] = PROVINCE,
    as_of: AsOf = None,
) -> Response:
    """The units of a level by an indicator, best first, and the units that their targets propose for commendation."""
    require_indicator(indicator)
    day = as_of or today()

    def body(units: list[UnitFigures]) -> bytes:
        view = UnitRankingView(
            level=level,
            parent=parent,
            indicator=indicator,
            as_of=day,
            items=[RankedView.of(each) for each in rank(units, indicator)],
            commendations=[
                CommendationView(category=category, unit_code=unit.code, name=unit.name, reached=float(mean))
                for category, unit, mean in commendations(units, [each.code for each in catalogue().base()])
            ],
        )
        return view.model_dump_json().encode()

    if await sees_exact(session, caller, parent, day):
        content = body(await list_units_of_level(session, parent, level, day, indicator))
        return Response(content, media_type="application/json")

    async def shown(session: ReadSession) -> bytes:
        units = await list_units_of_level(session, parent, level, day, indicator)
        return body(await public_units(session, units, day))

    key = ("ranking", parent, level, day, indicator)
    content = await public_answer(request.app.state.runtime, session, key, shown)
    return Response(content, media_type="application/json")


@router.get("/v1/reports/forecasts")
async def list_forecasts(
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    unit_code: UnitCode = PROVINCE,
    as_of: AsOf = None,
    accept_language: Language = None,
) -> ForecastsView:
    """When each target will be reached at the pace of the last four weeks, and how that was computed."""
    day = as_of or today()
    if await sees_exact(session, caller, unit_code, day):
        report = await get_report(session, unit_code, day)
    else:

        async def shown(session: ReadSession) -> Report:
            return await get_public_report(session, unit_code, day)

        report = await public_answer(request.app.state.runtime, session, ("report", unit_code, day), shown)
    items = [ForecastView.of(each, language_of(accept_language)) for each in report.forecasts]
    return ForecastsView(unit_code=unit_code, as_of=day, items=items)


@router.get("/v1/reports/reconciliation")
async def get_reconciliation(
    session: Reading,
    caller: Annotated[Caller, allow(*RECONCILING_ROLES)],
    unit_code: Annotated[str | None, Query(max_length=64)] = None,
) -> ReconciliationView:
    """The counts that the services announced beside those of the projections; officers see those of their units."""
    code = caller.unit_code if unit_code is None else unit_code
    if code is not None:
        await get_unit_on(session, code, today())
    if code is not None and caller.unit_code is not None:
        await require_exact(session, caller, code, today())
    return ReconciliationView.of(await list_reconciliation(session, code))


@router.get("/v1/reports/filed")
async def list_filed_reports(
    session: Reading, caller: OptionalCaller, unit_code: UnitCode, as_of: AsOf = None
) -> FiledListView:
    """The reports that a unit, and those that it succeeded, filed; each is a frozen copy."""
    day = as_of or today()
    found = await list_filed(session, await get_unit_on(session, unit_code, day), day)
    return FiledListView(items=[FiledView(**each.model_dump()) for each in found])


@router.get("/v1/reports/filed/{filed_id}")
async def get_filed_report(
    filed_id: UUID, session: Reading, caller: OptionalCaller, accept_language: Language = None
) -> FiledProgressView:
    """The figures of a report as they were when it was filed."""
    filed = await find_filed(session, filed_id)
    if filed is None:
        raise NotFound()
    tree = await tree_of(session)
    unit = tree.unit(filed.unit_id)
    exact = unit is not None and await sees_exact_unit(session, caller, unit, filed.as_of)
    language = language_of(accept_language)
    own, parts = (set(), {}) if exact else await suppressed_in_filed(session, filed)
    generation = tree.at(tree.last_day_of(unit, filed.as_of) if unit else filed.as_of)

    def views(plain: dict[str, list[int | None]], suppressed: set[str]) -> list[FigureView]:
        figures = [_frozen(code, values) for code, values in plain.items() if code in catalogue().indicators]
        return [FigureView.of(each if exact else public_figure(each, suppressed), language) for each in figures]

    def child(code: str, plain: dict[str, list[int | None]]) -> ChildView:
        known = generation.find(code)
        name, level = (known.name, known.level) if known else (code, "village")
        return ChildView(unit_code=code, name=name, level=level, indicators=views(plain, parts.get(code, set())))

    children = [child(code, plain) for code, plain in filed.figures["children"].items()]
    return FiledProgressView(**filed.model_dump(), indicators=views(filed.figures["unit"], own), children=children)


def _frozen(code: str, values: list[int | None]) -> Figure:
    indicator = catalogue().indicators[code]
    numerator, denominator, goal = values
    target = None
    if goal is not None:
        target = ReportTarget(percent=Decimal(str(goal))) if indicator.denominator else ReportTarget(count=int(goal))
    return Figure(indicator, numerator, denominator, target)


def require_indicator(code: str) -> Indicator:
    known = catalogue().indicators.get(code)
    if known is None:
        error = FieldError("/indicator", "unknown-indicator", "Không có chỉ số này.", "There is no such indicator.")
        raise InvalidQuery(errors=[error])
    return known


def _first_day(first: date | None, last: date) -> date:
    first = max(first or last - timedelta(days=90), BEGINNING)
    if first > last:
        error = FieldError("/from", "after-to", "Ngày đầu sau ngày cuối.", "The first day is after the last.")
        raise InvalidQuery(errors=[error])
    if (last - first).days > LONGEST_TREND:
        error = FieldError("/from", "too-long", "Dài nhất 1.100 ngày.", "At most 1,100 days.")
        raise InvalidQuery(errors=[error])
    return first
