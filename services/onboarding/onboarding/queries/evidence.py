"""News, checks, models, votes and signatures of a campaign; who lacks a model."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import SQLModel, col, select

from chassis.errors import NotFound
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.routing import Page, cursor_at, page_by_id
from onboarding.model.campaigns import Campaign
from onboarding.model.evidence import Communication, DigitalModel
from onboarding.queries.territory import list_children, training_units, units_of_code

Row = TypeVar("Row", bound=SQLModel)


async def page_of_campaign_rows(
    session: ReadSession, table: type[Row], campaign_id: UUID, page: Page, **equal: Any
) -> tuple[list[Row], str | None]:
    """A page of the rows of one kind that belong to a campaign."""
    columns: Any = table
    query = select(table).where(columns.campaign_id == campaign_id)
    for name, value in equal.items():
        if value is not None:
            query = query.where(getattr(columns, name) == value)
    return await page_by_id(session, query, columns.id, page)


async def page_of_good_practices(
    session: ReadSession, unit_code: str | None, page: Page
) -> tuple[list[tuple[Communication, str]], str | None]:
    """Good practices of all communes with the names of their units, newest first; none of training."""
    query: Any = (
        select(Communication, KnownUnit.name)
        .join(Campaign, col(Campaign.id) == col(Communication.campaign_id))
        .join(KnownUnit, col(KnownUnit.id) == col(Communication.unit_id))
        .where(
            col(Communication.kind) == "good_practice",
            col(Campaign.status) != "cancelled",
            col(Communication.unit_id).not_in(training_units()),
        )
    )
    if unit_code:
        query = query.where(col(Communication.unit_id).in_(await units_of_code(session, unit_code)))
    if after := page.after_key(date.fromisoformat, UUID):
        query = query.where(tuple_(col(Communication.published_on), col(Communication.id)) < after)
    newest = query.order_by(col(Communication.published_on).desc(), col(Communication.id).desc())
    rows = [(item, name) for item, name in await session.exec(newest.limit(page.limit + 1))]
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1][0]
    return rows[: page.limit], cursor_at(last.published_on, last.id)


async def load_campaign_row(session: ReadSession, table: type[Row], campaign_id: UUID, row_id: UUID) -> Row:
    """One row that belongs to a campaign, locked; 404 otherwise."""
    row: Any = await session.get(table, row_id, with_for_update=True)
    if row is None or row.campaign_id != campaign_id:
        raise NotFound()
    return row  # type: ignore[no-any-return]  # a row of `table`


async def list_without_model(session: ReadSession, campaign: Campaign, body: str | None) -> list[KnownUnit]:
    """Communes of the campaign in which a body has no model yet (requirement R80)."""
    own = await session.get_one(KnownUnit, campaign.unit_id)
    communes = await list_children(session, own, campaign.resolved_on) if own.level != "commune" else [own]
    query = select(DigitalModel.unit_id).where(col(DigitalModel.campaign_id) == campaign.id)
    if body:
        query = query.where(col(DigitalModel.body) == body)
    having = set(await session.exec(query))
    return [each for each in communes if each.id not in having]
