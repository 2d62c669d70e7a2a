"""Proposals to register a person: made with the provider's claims, prefilled from the population database, then decided."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import select

from chassis.clock import now
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.security.sign_in import Claims
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit
from registry.commands.residents import Newcomer, household_ids, new_identity, register_resident
from registry.errors import AlreadyDecided, ResidentExists
from registry.identifiers import document_of
from registry.model.attributes import STATED
from registry.model.identity_links import birth_of
from registry.model.ranking import origin_of
from registry.model.registrations import ACCEPTED, PROPOSED, REFUSED, Registration
from registry.model.residents import Resident
from registry.queries.residents import find_resident_by_number

Details = dict[str, dict[str, Any]]
OF_DATABASE = ("full_name", "date_of_birth", "birth_precision", "sex")


async def propose_registration(
    session: Session, account: str, claims: Claims, unit: KnownUnit, stated: Mapping[str, Any],
    linked: Mapping[str, Any],
) -> Registration:  # fmt: skip
    """Store a person's proposal; a second one replaces the first while it is undecided. 409 for a number that is known."""
    if claims.personal_id and (known := await find_resident_by_number(session, claims.personal_id)):
        raise ResidentExists(known.id)
    details = _details(claims, stated, linked)
    found = await session.exec(
        select(Registration).where(Registration.account == account, Registration.status == PROPOSED).with_for_update()
    )
    registration = found.first()
    if registration is None:
        registration = Registration(
            id=new_id(), account=account, unit_id=unit.id, details=b"", status=PROPOSED, proposed_at=now()
        )
    registration.unit_id = unit.id
    registration.put_details(details)
    session.add(registration)
    return registration


def _details(claims: Claims, stated: Mapping[str, Any], linked: Mapping[str, Any]) -> Details:
    """What is known of the person: the provider's claims, what the database answers, what the person states."""
    born = birth_of(claims)
    if born is None or claims.personal_id is None:
        raise InvalidBody(errors=[FieldError("", "no-claims", "Tài khoản định danh không có số, họ tên và ngày sinh.",
                                             "The identity provider states no number, name and birth date.")])  # fmt: skip
    details: Details = {
        "personal_id": {"value": claims.personal_id, "source": "provider"},
        "full_name": {"value": claims.full_name, "source": "provider"},
        "date_of_birth": {"value": born.day.isoformat(), "source": "provider"},
        "birth_precision": {"value": born.precision, "source": "provider"},
        "sex": {"value": _sex_in(claims.personal_id), "source": "provider"},
    }
    details |= {name: {"value": linked[name], "source": "population"} for name in OF_DATABASE if name in linked}
    own = {name: value for name, value in stated.items() if value is not None}
    details |= {name: {"value": value, "source": "person"} for name, value in own.items() if name not in linked}
    if address := linked.get("permanent_address"):
        details["permanent_address"] = {"value": address, "source": "population"}
    return details


def _sex_in(number: str) -> str | None:
    """The sex that a number of 12 digits has in its fourth digit."""
    return None if len(number) != 12 else "female" if int(number[3]) % 2 else "male"


async def accept_registration(
    session: Session, registration: Registration, unit: KnownUnit, changes: Mapping[str, Any], by: str, note: str | None
) -> Resident:
    """Register the person with the officer's changes; the proposal's id is the resident's."""
    _require_open(registration)
    values = {name: each["value"] for name, each in registration.decrypted_details().items()}
    values |= {name: value for name, value in changes.items() if value is not None}
    if values.get("sex") is None:
        raise InvalidBody(errors=[FieldError("/sex", "required", "Phải nêu giới tính.", "The sex is required.")])
    values["date_of_birth"] = date.fromisoformat(str(values["date_of_birth"]))
    values["id_document"] = document_of(values["personal_id"])
    registration.unit_id = unit.id
    registration.decide("accepted", by, note, now())
    session.add(registration)
    return await register_resident(session, await _newcomer(session, registration.id, values, unit))


async def _newcomer(session: Session, resident_id: UUID, values: Mapping[str, Any], unit: KnownUnit) -> Newcomer:
    household_id = None
    if code := values.get("household_code"):
        household_id = (await household_ids(session, [(unit.id, code)]))[(unit.id, code)]
    stated = {name: values.get(name) for name in STATED if name in values}
    return Newcomer(unit, household_id, new_identity(values, resident_id), stated, origin_of("officer", now()))


def refuse_registration(session: Session, registration: Registration, by: str, note: str | None) -> None:
    """Refuse a proposal; the person may propose again."""
    _require_open(registration)
    registration.decide("refused", by, note, now())
    session.add(registration)


def _require_open(registration: Registration) -> None:
    if registration.status in (ACCEPTED, REFUSED):
        raise AlreadyDecided()
