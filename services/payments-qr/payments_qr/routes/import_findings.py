"""Rejections and remarks of an import as JSON and CSV."""

import csv
import io

from fastapi import Response
from sqlmodel import col

from chassis.storage.database import ReadSession
from chassis.web.imports import FindingView
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
        return Response(_as_csv([FindingView.of(row, language) for row in found]), media_type="text/csv; charset=utf-8")
    rows, cursor = await page_by_id(session, query, ImportRejection.id, page)
    return Listed(items=[FindingView.of(row, language) for row in rows], next_cursor=cursor)


def _as_csv(findings: list[FindingView]) -> str:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["row", "column", "code", "message"])
    lines.writerows((one.row, _harmless(one.column), one.code, one.message) for one in findings)
    return "\ufeff" + written.getvalue()


def _harmless(heading: str) -> str:
    """A heading of a stranger's file, so that a spreadsheet does not take it for a formula."""
    return f"'{heading}" if heading.startswith(("=", "+", "-", "@", "\t", "\r")) else heading
