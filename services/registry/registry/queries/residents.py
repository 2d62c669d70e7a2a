"""Residents within the reach of a caller."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import today
from chassis.errors import FieldError, InvalidQuery, NotFound
from chassis.security.access_log import fetch_and_record_access
from chassis.security.encryption import blind_indexes
from chassis.security.identity import Caller
from chassis.security.scope import COVERS, EVERYWHERE, covers, scoped, units_of, units_under
from chassis.storage.database import Database, ReadSession
from chassis.storage.tables import KnownUnit
from chassis.web.routing import Page, cursor_at
from registry.identifiers import IdentifierError, parse_personal_id
from registry.model.attributes import STORED
from registry.model.authority import refuse_pupils
from registry.model.ranking import Origin
from registry.model.residents import Household, Identifier, Resident
from registry.names import words


class _Indexed(Protocol):
    @property
    def indexes(self) -> Sequence[bytes]: ...


S = TypeVar("S", bound=_Indexed)

STATUSES = ("permanent", "temporary", "away", "alive", "deceased", "merged")


@dataclass(frozen=True, slots=True)
class ResidentFilter:
    """Which residents to list."""

    unit_code: str | None
    q: str | None
    status: str | None
    household_code: str | None


class PlacedResident(NamedTuple):
    """A resident (or a row with the same columns) with the codes of unit and household."""

    resident: "Resident | ResidentRow"
    unit_code: str
    household_code: str | None


@dataclass(frozen=True, slots=True)
class KnownValue:
    """The winning value of an attribute, in full, and where it comes from."""

    name: str
    value: Any
    origin: Origin


@dataclass(frozen=True, slots=True)
class NumberOwner:
    """The resident with a number, by id and unit alone; all None where there is no such resident."""

    personal_id: str
    id: UUID | None = None
    unit_id: UUID | None = None
    unit_code: str | None = None
    status: str | None = None


async def get_resident(
    session: ReadSession, caller: Caller, resident_id: UUID, *, for_update: bool = False
) -> Resident:
    """A resident within the caller's reach: themselves, or a resident of the caller's units; 404 otherwise."""
    resident = await session.get(Resident, resident_id, with_for_update=for_update or None)
    if resident is None or not await may_see(session, caller, resident):
        raise NotFound()
    return resident


async def read_resident(
    database: Database, caller: Caller, resident_id: UUID, *, purpose: str | None, fields: Sequence[str]
) -> PlacedResident:
    """One resident within the caller's reach, recorded in the access log; 404 otherwise.

    The most frequent read of the platform: one statement, its own transaction, without a session.
    """
    refuse_pupils(caller)
    if caller.is_resident(resident_id):
        rows = await database.fetch(_READ, resident_id)
    elif caller.role == "resident" or (caller.unit_code is None and caller.role not in EVERYWHERE):
        raise NotFound()
    else:
        is_everywhere = caller.role in EVERYWHERE
        query, within = (_READ, ()) if is_everywhere else (_READ_WITHIN, (caller.unit_code, today()))
        rows = await fetch_and_record_access(
            database, "registry", caller, resident_id, query, resident_id, *within, purpose=purpose, fields=fields
        )
    if not rows:
        raise NotFound()
    row = ResidentRow(**rows[0])
    return PlacedResident(row, row.unit_code, row.household_code)


_READ = """
SELECT r.*, u.code AS unit_code, h.code AS household_code
FROM resident AS r JOIN known_unit AS u ON u.id = r.unit_id LEFT JOIN household AS h ON h.id = r.household_id
WHERE r.id = $1
"""
_READ_WITHIN = f"{_READ} AND {COVERS.format(unit_id='r.unit_id', code='$2', day='cast($3 AS date)')}"


class ResidentRow(SimpleNamespace):
    """A row as the driver gives it: reads like a `Resident`, but belongs to no session."""

    def value(self, name: str) -> Any:
        """The winning value of an attribute, decrypted."""
        return Resident.value(self, name)  # type: ignore[arg-type]  # reads the same columns


async def may_see(session: ReadSession, caller: Caller, resident: Resident) -> bool:
    """Whether a resident's record is within the caller's reach."""
    refuse_pupils(caller)
    if caller.role == "resident":
        return caller.is_resident(resident.id)
    return await covers(session, caller, resident.unit_id)


async def find_resident_by_number(session: ReadSession, personal_id: str) -> Resident | None:
    """The resident with a personal number, wherever they live."""
    found = await session.exec(
        select(Resident)
        .join(Identifier, col(Identifier.resident_id) == col(Resident.id))
        .where(col(Identifier.index).in_(blind_indexes("personal_id", personal_id)))
    )
    return found.first()


async def find_number_owners(session: ReadSession, written: Sequence[str]) -> list[NumberOwner]:
    """The owner of each number, in any unit, by one statement for all; one item for each number, in their order."""
    indexes = {number: blind_indexes("personal_id", number) for text_ in written if (number := _number(text_))}
    every = [index for of_number in indexes.values() for index in of_number]
    found = await session.execute(_LOOK_UP, {"indexes": every})
    people = {
        row.index: {"id": row.id, "unit_id": row.unit_id, "unit_code": row.code, "status": row.life} for row in found
    }
    return [
        NumberOwner(personal_id=text_, **next((people[i] for i in indexes.get(_number(text_), ()) if i in people), {}))
        for text_ in written
    ]


async def find_owner_ids(session: ReadSession, subjects: Iterable[S]) -> dict[S, UUID]:
    """The ids of the residents whom numbers belong to, by subject (anything with its `indexes`); nothing is locked."""
    by_index = {index: subject for subject in subjects for index in subject.indexes}
    found = await session.execute(_OWNERS, {"indexes": list(by_index)})
    return {by_index[row.index]: row.resident_id for row in found}


_OWNERS = text(
    'SELECT "index", resident_id FROM identifier WHERE "index" = ANY(cast(:indexes AS bytea[]))'
    " AND resident_id IS NOT NULL"
)


def _number(written: str) -> str:
    try:
        return parse_personal_id(written)
    except IdentifierError:
        return ""


_LOOK_UP = text(
    'SELECT i."index", r.id, r.unit_id, u.code, r.life FROM identifier AS i JOIN resident AS r ON r.id = i.resident_id'
    ' JOIN known_unit AS u ON u.id = r.unit_id WHERE i."index" = ANY(cast(:indexes AS bytea[]))'
)


async def list_phone_holders(session: ReadSession, indexes: Sequence[bytes]) -> Sequence[Resident]:
    """Residents with this phone, at most twenty."""
    found = await session.exec(
        select(Resident)
        .where(col(Resident.phone_index).in_(indexes), col(Resident.life) != "merged")
        .order_by(col(Resident.id))
        .limit(20)
    )
    return found.all()


async def list_residents(
    session: ReadSession, caller: Caller, wanted: ResidentFilter, page: Page
) -> tuple[list[Resident], str | None]:
    """Residents of the caller's units, unit by unit; the cost follows the page, not the table."""
    refuse_pupils(caller)
    if wanted.status is not None and wanted.status not in STATUSES:
        raise InvalidQuery(errors=[FieldError("/status", "not-a-choice", f"Phải là một trong: {', '.join(STATUSES)}.",
                                              f"Must be one of: {', '.join(STATUSES)}.")])  # fmt: skip
    parameters: dict[str, Any] = {"units": await _unit_ids(session, caller, wanted.unit_code), "limit": page.limit + 1}
    query = text(_list_sql(wanted, page, parameters))
    found = await session.execute(select(Resident).from_statement(query), parameters)
    rows = list(found.scalars())
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1].unit_id, kept[-1].id) if len(rows) > len(kept) else None


async def _unit_ids(session: ReadSession, caller: Caller, unit_code: str | None) -> list[UUID]:
    query = scoped(select(KnownUnit.id), caller, col(KnownUnit.id))
    if unit_code is not None:
        query = query.where(col(KnownUnit.id).in_(units_under(unit_code)))
    return sorted((await session.exec(query)).all())


def _list_sql(wanted: ResidentFilter, page: Page, parameters: dict[str, Any]) -> str:
    """One index range per unit, in order, until the page is full."""
    source, conditions = _search(wanted, parameters)
    if after := page.after_key(UUID, UUID):
        conditions.append("(u.id, r.id) > (:after_unit, :after_id)")
        parameters["after_unit"], parameters["after_id"] = after
    where = " AND ".join(conditions)
    return (
        "SELECT r.* FROM (SELECT id FROM unnest(cast(:units AS uuid[])) AS t(id) ORDER BY id) AS u"
        f" CROSS JOIN LATERAL (SELECT r.* FROM {source} WHERE {where} ORDER BY r.id LIMIT :limit) AS r"
        " ORDER BY u.id, r.id LIMIT :limit"
    )


def _search(wanted: ResidentFilter, parameters: dict[str, Any]) -> tuple[str, list[str]]:
    source, conditions = "resident AS r", ["r.unit_id = u.id"]
    if wanted.status in ("permanent", "temporary", "away"):
        # Spelled out, one of STATUSES: a parameter would hide from the planner that a partial index has all of them.
        conditions += [f"r.residence_status = '{wanted.status}'", "r.life = 'alive'"]
    elif wanted.status:
        conditions.append(f"r.life = '{wanted.status}'")
    else:
        conditions.append("r.life <> 'merged'")
    if wanted.household_code is not None:
        source = "household AS h JOIN resident AS r ON r.household_id = h.id"
        conditions += ["h.unit_id = u.id", "h.code = :household"]
        parameters["household"] = wanted.household_code
    searched = words(wanted.q or "")
    if wanted.q and wanted.q.strip() and not searched:
        conditions.append("FALSE")  # signs alone, such as `%`, are part of no name
    for number, word in enumerate(sorted(searched, key=_rareness)):
        parameters |= {f"from{number}": word, f"to{number}": word + "\U0010ffff"}
        matches = f"word >= :from{number} AND word < :to{number}"
        conditions.append(
            f"EXISTS (SELECT FROM resident_word AS w WHERE w.resident_id = r.id AND w.{matches.replace('AND ', 'AND w.')})"
            if number or "household" in source
            else f"r.id IN (SELECT resident_id FROM resident_word WHERE unit_id = u.id AND {matches})"
        )
    return source, conditions


_COMMON = frozenset(
    [
        "nguyen",
        "le",
        "tran",
        "pham",
        "hoang",
        "vu",
        "bui",
        "do",
        "trinh",
        "ngo",
        "dinh",
        "cao",
        "mai",
        "ha",
        "luong",
        "truong",
        "van",
        "thi",
        "huu",
        "duc",
        "xuan",
        "ngoc",
        "minh",
        "thanh",
    ]
)


def _rareness(word: str) -> tuple[bool, int]:
    """Sort key of search words: the word that the fewest people have comes first."""
    return word in _COMMON, -len(word)


async def with_codes(session: ReadSession, residents: Sequence[Resident]) -> list[PlacedResident]:
    """Residents with the codes of their units and households."""
    units = await units_of(session, list({resident.unit_id for resident in residents}))
    households = await household_codes_of(session, residents)
    return [
        PlacedResident(
            resident,
            units[resident.unit_id].code,
            households.get(resident.household_id) if resident.household_id else None,
        )
        for resident in residents
    ]


async def household_codes_of(session: ReadSession, residents: Sequence[Resident]) -> dict[UUID, str]:
    """The codes of the residents' households, by the household's id."""
    ids = {resident.household_id for resident in residents if resident.household_id}
    if not ids:
        return {}
    found = await session.exec(select(Household).where(col(Household.id).in_(list(ids))))
    return {household.id: household.code for household in found}


async def list_attributes(session: ReadSession, resident: Resident) -> list[KnownValue]:
    """The winning value of every attribute of the resident's row that has one, with its origin."""
    values = await values_of(session, resident)
    return [KnownValue(name, value, resident.origin(name)) for name, value in values.items() if value is not None]


async def values_of(session: ReadSession, resident: Resident) -> dict[str, Any]:
    """All attributes of the resident's row by name, in full."""
    [placed] = await with_codes(session, [resident])
    return {name: value_in(placed, name) for name in STORED}


def value_in(placed: PlacedResident, name: str) -> Any:
    """An attribute in full; unit and household by their codes."""
    codes = {"unit_code": placed.unit_code, "household_code": placed.household_code}
    return codes[name] if name in codes else placed.resident.value(name)
