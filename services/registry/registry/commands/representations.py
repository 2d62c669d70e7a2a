"""Representatives of residents: named by the person, or by an officer with a paper; ended by either, by death or by age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.sign_in import birthday
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import RepresentationChanged
from registry.errors import TooManyRepresentatives
from registry.model.organizations import Organization
from registry.model.representations import FULL_AGE, REPRESENTATION_PAPER, Basis, Representation, is_of_age
from registry.model.residents import Resident
from registry.queries.identity_links import survivor_of
from registry.queries.representations import list_representatives, list_staff, touching

MOST_REPRESENTATIVES, MOST_STAFF = 10, 200
"""Of one resident, of one organization at a time."""
LONGEST = timedelta(days=5 * 366)
"""A longer authorisation needs a new confirmation; guardians may act until the child is of age."""


@dataclass(frozen=True)
class NewRepresentation:
    """Who may act for a resident, how far, until when, and by which right."""

    representative: Resident
    scope: Sequence[str]
    until: date
    basis: Basis
    paper: str | None = None


async def name_representative(
    session: Session, resident: Resident, named: NewRepresentation, by: str
) -> Representation:
    """Store a representative; a guardian's right ends on the day before the child is 18. 422 for what cannot be."""
    if wrong := _wrong(resident, named):
        raise InvalidBody(errors=wrong)
    open_ones = [each for each in await list_representatives(session, resident.id) if not each.is_over]
    if len(open_ones) >= MOST_REPRESENTATIVES:
        raise TooManyRepresentatives()
    representation_id = new_id()
    representation = Representation(
        id=representation_id, resident_id=resident.id, representative_id=named.representative.id,
        scope=sorted(set(named.scope)), until=_last_day(resident, named), basis=named.basis,
        paper=encrypt(REPRESENTATION_PAPER, str(representation_id), named.paper) if named.paper else None,
        created_by=by, created_at=now(),
    )  # fmt: skip
    session.add(representation)
    _publish(session, representation, resident, named.representative)
    return representation


async def name_staff(session: Session, organization: Organization, named: NewRepresentation, by: str) -> Representation:
    """Store a person who acts for an organization; 422 for what cannot be."""
    if wrong := _wrong(None, named):
        raise InvalidBody(errors=wrong)
    open_ones = [each for each in await list_staff(session, organization.id) if not each.is_over]
    if len(open_ones) >= MOST_STAFF:
        raise TooManyRepresentatives()
    representation = Representation(
        id=new_id(), organization_id=organization.id, representative_id=named.representative.id,
        scope=sorted(set(named.scope)), until=named.until, basis=named.basis, created_by=by, created_at=now(),
    )  # fmt: skip
    session.add(representation)
    _publish_staff(session, representation, named.representative)
    return representation


def _wrong(resident: Resident | None, named: NewRepresentation) -> list[FieldError]:
    wrong = []
    if (resident and named.representative.id == resident.id) or named.representative.life != "alive":
        wrong.append(FieldError("/representative_id", "cannot-represent", "Người này không thể làm đại diện.",
                                "This person cannot be a representative."))  # fmt: skip
    elif not is_of_age(named.representative):
        wrong.append(FieldError("/representative_id", "under-age", "Người đại diện phải đủ 18 tuổi.",
                                "A representative is 18 or older."))  # fmt: skip
    if named.until < today():
        wrong.append(FieldError("/until", "in-the-past", "Thời hạn đã qua.", "This day has passed."))
    elif named.basis != "guardian" and named.until > today() + LONGEST:
        wrong.append(FieldError("/until", "too-long", "Tối đa 5 năm.", "At most five years."))
    if named.basis == "guardian" and (resident is None or is_of_age(resident)):
        wrong.append(FieldError("/basis", "of-age", "Người này đã đủ 18 tuổi, không còn người giám hộ theo tuổi.",
                                "This person is of age: no guardian acts for them by age."))  # fmt: skip
    return wrong


def _last_day(resident: Resident, named: NewRepresentation) -> date:
    if named.basis != "guardian":
        return named.until
    return min(named.until, birthday(resident.born, FULL_AGE) - timedelta(days=1))


async def end_representation(session: Session, representation: Representation, by: str, reason: str | None) -> None:
    """End it now; ending it again changes nothing."""
    if representation.ended_at is not None:
        return
    representation.end(by, reason, now())
    session.add(representation)
    await publish_representation(session, representation)


async def publish_representations_of(session: Session, residents: Sequence[Resident]) -> None:
    """Publish to the gateway what a death, a merge or their undoing changes for those who act for one another."""
    for representation in await touching(session, [resident.id for resident in residents]):
        await publish_representation(session, representation)


async def publish_representation(session: Session, representation: Representation) -> None:
    """Publish a representation as it stands now, by the survivors of both persons."""
    representative = await survivor_of(session, representation.representative_id)
    if representative is None:
        return
    if representation.resident_id is None:
        _publish_staff(session, representation, representative)
    elif resident := await survivor_of(session, representation.resident_id):
        _publish(session, representation, resident, representative)


def _publish_staff(session: Session, representation: Representation, representative: Resident) -> None:
    publish(
        session,
        RepresentationChanged.model_validate({
            "representation_id": representation.id, "resident_id": None,
            "organization_id": representation.organization_id, "representative_id": representative.id,
            "scope": representation.scope, "until": representation.until,
            "active": representative.life == "alive" and not representation.is_over, "at": now(),
        }),
    )  # fmt: skip


def _publish(session: Session, representation: Representation, resident: Resident, representative: Resident) -> None:
    are_alive = resident.life == representative.life == "alive" and resident.id != representative.id
    publish(
        session,
        RepresentationChanged.model_validate({
            "representation_id": representation.id, "resident_id": resident.id, "organization_id": None,
            "representative_id": representative.id, "scope": representation.scope, "until": representation.until,
            "active": are_alive and not representation.is_over, "at": now(),
        }),
    )  # fmt: skip
