"""The dashboard: public pages, with every count for the officers of the unit."""

import re
from datetime import date
from typing import Annotated, Literal

from fastapi import Header, Query, Request, Response
from fastapi.responses import HTMLResponse

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Reading, language_of, public, transactional_router
from reporting.indicators import catalogue
from reporting.pages import (
    CONTENT_SECURITY_POLICY,
    View,
    asset,
    render_missing,
    render_report,
    render_wrong_address,
)
from reporting.queries.access import sees_exact
from reporting.queries.public_reports import get_public_report
from reporting.queries.reports import find_unit_on, get_report
from reporting.routes.public_answers import public_answer
from reporting.routes.reports import FIRST_DAY, PROVINCE
from reporting.texts import Texts

router = transactional_router(tags=["dashboard"], include_in_schema=False)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie, Authorization",
}

OptionalCaller = Annotated[Caller | None, public()]
Lang = Annotated[Literal["vi", "en"] | None, Query()]
Colour = Annotated[str, Query(alias="indicator", max_length=64)]
Sort = Literal["name", "value"]
AsOf = Annotated[str | None, Query(max_length=32, description="The end of this day; today by default")]
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
AcceptLanguage = Annotated[str | None, Header(alias="Accept-Language")]


@router.get("/dashboard", response_class=HTMLResponse)
async def get_province_page(
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    lang: Lang = None,
    indicator: Colour = "payment_account",
    sort: Sort = "name",
    as_of: AsOf = None,
    accept_language: AcceptLanguage = None,
) -> HTMLResponse:
    """The province."""
    language = lang or language_of(accept_language)
    return _refused(None, language, indicator, as_of) or await _page(
        request, session, caller, PROVINCE, _view(language, indicator, sort, as_of)
    )


@router.get("/dashboard/units/{code}", response_class=HTMLResponse)
async def get_unit_page(
    code: str,
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    lang: Lang = None,
    indicator: Colour = "payment_account",
    sort: Sort = "name",
    as_of: AsOf = None,
    accept_language: AcceptLanguage = None,
) -> HTMLResponse:
    """A unit of any level."""
    language = lang or language_of(accept_language)
    return _refused(code, language, indicator, as_of) or await _page(
        request, session, caller, code, _view(language, indicator, sort, as_of)
    )


@router.get("/dashboard/assets/{name}", response_class=Response)
async def get_asset(name: str, caller: OptionalCaller, v: str | None = None) -> Response:
    """What the pages load; an address with its digest never changes."""
    found = asset(name)
    if found is None:
        return Response(status_code=404)
    content, media_type = found
    age = "public, max-age=31536000, immutable" if v else "public, max-age=300"
    return Response(content, media_type=media_type, headers={"Cache-Control": age, "X-Content-Type-Options": "nosniff"})


async def _page(request: Request, session: Reading, caller: Caller | None, code: str, view: View) -> HTMLResponse:
    day = view.as_of or today()
    if await find_unit_on(session, code, day) is None:
        return HTMLResponse(render_missing(code, day, view), 404, HEADERS)
    if await sees_exact(session, caller, code, day):
        return HTMLResponse(render_report(await get_report(session, code, day), view), headers=HEADERS)

    async def render(session: ReadSession) -> str:
        return render_report(await get_public_report(session, code, day), view)

    page: str = await public_answer(request.app.state.runtime, session, ("page", code, view), render)
    return HTMLResponse(page, headers=HEADERS)


def _refused(code: str | None, language: str, indicator: str, as_of: str | None) -> HTMLResponse | None:
    """The page in words for an address with a day that has not come, or that is none; None where it can be shown."""
    view, day = View(language), _day(as_of)
    if as_of is not None and day is None:
        page = render_wrong_address(code, "day_wrong", view)
    elif day is not None and day > today():
        texts = Texts(language)
        page = render_wrong_address(code, "day_in_the_future", view, day=texts.day(day), today=texts.day(today()))
    elif indicator not in catalogue().indicators:
        page = render_wrong_address(code, "indicator_unknown", view)
    else:
        return None
    return HTMLResponse(page, 400, HEADERS)


def _day(written: str | None) -> date | None:
    if written is None or not DAY.fullmatch(written):
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None


def _view(language: str, indicator: str, sort: str, as_of: str | None) -> View:
    return View(language, indicator, sort, _day(as_of))
