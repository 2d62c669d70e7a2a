"""For whom news is: functions from an internal event to its recipients."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.clock import local_date
from notifications.model import people
from notifications.model.partners import KnownMerchant


@dataclass(frozen=True)
class Recipient:
    """One `person` (see `model.people`), or without a person a post: `role`, `body` and `unit_id`, each None for any."""

    person: str | None = None
    role: str | None = None
    body: str | None = None
    unit_id: UUID | None = None
    told_of: str | None = None
    """Instead of a person: everybody who was told something with this reason."""

    def __str__(self) -> str:
        return self.person or self.told_of or f"post:{self.role or ''}:{self.body or ''}:{self.unit_id or ''}"


Recipients = Callable[[Any, KnownMerchant | None], Iterable[Recipient]]


def person_of(event: Any, _merchant: object = None) -> Iterable[Recipient]:
    """The resident or the organization that the event names."""
    if event.resident_id:
        yield Recipient(people.resident(event.resident_id))
    elif getattr(event, "organization_id", None):
        yield Recipient(people.organization(event.organization_id))


def payers(event: Any, _merchant: object) -> Iterable[Recipient]:
    """The residents who pay a bill."""
    return (Recipient(people.resident(one)) for one in event.resident_ids)


def owner(_event: Any, merchant: KnownMerchant | None) -> Iterable[Recipient]:
    """The owner of the merchant."""
    if merchant and merchant.owner_resident_id:
        yield Recipient(people.resident(merchant.owner_resident_id))
    elif merchant and merchant.owner_organization_id:
        yield Recipient(people.organization(merchant.owner_organization_id))


def representative(event: Any, _merchant: object) -> Iterable[Recipient]:
    """The resident who acts for another."""
    yield Recipient(people.resident(event.representative_id))


def either(field: str) -> Recipients:
    """The resident or organization of a field that has the id of either; as long as it is not known which, both."""

    def recipients(event: Any, _merchant: object) -> Iterable[Recipient]:
        if id_ := getattr(event, field):
            yield Recipient(people.unknown(id_))

    return recipients


def told_of(reason: str) -> Recipients:
    """Everybody who was told something with this reason, such as the payers of a bill that was due."""
    return lambda event, _merchant: [Recipient(told_of=reason.format(**dict(event)))]


def officers(unit_field: str) -> Recipients:
    """The officers of a unit that a field names."""

    def recipients(event: Any, _merchant: object) -> Iterable[Recipient]:
        if unit_id := getattr(event, unit_field):
            yield Recipient(role="officer", unit_id=unit_id)

    return recipients


def staff(event: Any, _merchant: object) -> Iterable[Recipient]:
    """Officers and volunteers of the unit."""
    yield Recipient(unit_id=event.unit_id)


def members(event: Any, _merchant: object) -> Iterable[Recipient]:
    """The accounts that a team lists today."""
    day = local_date(event.at)
    for member in event.members:
        if (member.listed_from or day) <= day <= (member.listed_to or day):
            yield Recipient(people.account(member.account))
