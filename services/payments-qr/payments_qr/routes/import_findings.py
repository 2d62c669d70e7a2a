"""Rejections and remarks of an import as JSON and CSV."""

from fastapi import Response
from sqlmodel import col

from chassis.storage.database import ReadSession
from chassis.web.imports import FindingView, csv_response
from chassis.web.routing import Listed, PageQuery, language_of, page_by_id
from payments_qr.model import Import, ImportRejection
from payments_qr.queries.imports import findings_of


async def list_findings(
    session: ReadSession,
    record: Import,
    page: PageQuery,
    *,
    warnings: bool,
    accept: str | None,
    accept_language: str | None,
) -> Listed[FindingView] | Response:
    """A page of the findings, or all of them as CSV where the caller accepts that."""
    language = language_of(accept_language)
    query = findings_of(record, warnings=warnings)
    if accept is not None and accept.startswith("text/csv"):
        found = (await session.exec(query.order_by(col(ImportRejection.id)))).all()
        return csv_response(FindingView.of(row, language) for row in found)
    rows, cursor = await page_by_id(session, query, ImportRejection.id, page)
    return Listed(items=[FindingView.of(row, language) for row in rows], next_cursor=cursor)
