"""How the linked databases are, and how far refreshes are."""

from collections.abc import Container
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import FieldError, InvalidBody, Language, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from registry.model.linked import LinkedSource, Refresh
from registry.schemas.linked import RefreshView, SourceView
from registry.sources import LINKED


async def list_sources(session: ReadSession, linked: Container[str], language: Language) -> list[SourceView]:
    """Every database that the registry can be linked with, as it was last seen."""
    states = {row.name: row for row in await session.exec(select(LinkedSource))}
    return [
        SourceView(
            name=name, title=source.vi if language == "vi" else source.en,
            state=(seen.state if seen else "unknown") if name in linked else "not_linked",
            reason=seen.reason if seen else None, last_success_at=seen.last_success_at if seen else None,
            last_failure_at=seen.last_failure_at if seen else None, facts=sorted(source.facts),
        )
        for name, source in LINKED.items()
        for seen in [states.get(name)]
    ]  # fmt: skip


def chosen_sources(wanted: list[str] | None, linked: list[str]) -> list[str]:
    """The databases to ask; 422 for one that nobody knows."""
    unknown = [name for name in wanted or [] if name not in LINKED]
    if unknown:
        named = ", ".join(LINKED)
        raise InvalidBody(errors=[FieldError("/sources", "not-a-choice", f"Phải là một trong: {named}.",
                                             f"Must be one of: {named}.")])  # fmt: skip
    return [name for name in linked if wanted is None or name in wanted]


async def get_refresh(session: ReadSession, caller: Caller, refresh_id: UUID) -> RefreshView:
    """A refresh of the caller's units; 404 otherwise."""
    row = await session.get(Refresh, refresh_id)
    if row is None or not await covers(session, caller, row.unit_id):
        raise NotFound()
    return RefreshView.model_validate(row.model_dump())


async def list_refreshes(session: ReadSession, caller: Caller, page: Page) -> tuple[list[RefreshView], str | None]:
    """Refreshes of the caller's units, oldest first."""
    rows, cursor = await page_by_id(session, scoped(select(Refresh), caller, col(Refresh.unit_id)), Refresh.id, page)
    return [RefreshView.model_validate(row.model_dump()) for row in rows], cursor
