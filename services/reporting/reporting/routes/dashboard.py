"""The dashboard: public pages, with every count for the officers of the unit."""

from datetime import date
from typing import Annotated, Literal

from fastapi import Header, Query, Request, Response
from fastapi.responses import HTMLResponse

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Reading, language_of, public, transactional_router
from reporting.pages import CONTENT_SECURITY_POLICY, View, asset, render_missing, render_report
from reporting.queries.access import sees_exact
from reporting.queries.public_reports import get_public_report
from reporting.queries.reports import find_unit_on, get_report
from reporting.routes.public_answers import public_answer
from reporting.routes.reports import Day, require_indicator

router = transactional_router(tags=["dashboard"], include_in_schema=False)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie, Authorization",
}
PROVINCE = "38"

OptionalCaller = Annotated[Caller | None, public()]
Lang = Annotated[Literal["vi", "en"] | None, Query()]
Colour = Annotated[str, Query(alias="indicator", max_length=64)]
Sort = Literal["name", "value"]
AcceptLanguage = Annotated[str | None, Header(alias="Accept-Language")]


@router.get("/dashboard", response_class=HTMLResponse)
async def get_province_page(
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    lang: Lang = None,
    indicator: Colour = "payment_account",
    sort: Sort = "name",
    as_of: Day | None = None,
    accept_language: AcceptLanguage = None,
) -> HTMLResponse:
    """The province."""
    view = _view(lang, accept_language, indicator, sort, as_of)
    return await _page(request, session, caller, PROVINCE, view)


@router.get("/dashboard/units/{code}", response_class=HTMLResponse)
async def get_unit_page(
    code: str,
    request: Request,
    session: Reading,
    caller: OptionalCaller,
    lang: Lang = None,
    indicator: Colour = "payment_account",
    sort: Sort = "name",
    as_of: Day | None = None,
    accept_language: AcceptLanguage = None,
) -> HTMLResponse:
    """A unit of any level."""
    view = _view(lang, accept_language, indicator, sort, as_of)
    return await _page(request, session, caller, code, view)


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


def _view(lang: str | None, accepted: str | None, indicator: str, sort: str, as_of: date | None) -> View:
    return View(lang or language_of(accepted), require_indicator(indicator).code, sort, as_of)
