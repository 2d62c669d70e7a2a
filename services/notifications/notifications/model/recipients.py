"""For whom news is: functions from an internal event to its recipients."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.clock import local_date
from notifications.model import people
from notifications.model.partners import KnownMerchant


@dataclass(frozen=True)
class NotificationRecipient:
    """One `person` (see `model.people`), or without a person a post: `role`, `body` and `unit_id`, each None for any."""

    person: str | None = None
    role: str | None = None
    body: str | None = None
    unit_id: UUID | None = None
    informed_of: str | None = None
    """Instead of a person: all who got a notification with this reason."""

    def __str__(self) -> str:
        return self.person or self.informed_of or f"post:{self.role or ''}:{self.body or ''}:{self.unit_id or ''}"


Recipients = Callable[[Any, KnownMerchant | None], Iterable[NotificationRecipient]]


def person_of(event: Any, _merchant: object = None) -> Iterable[NotificationRecipient]:
    """The resident or the organization that the event names."""
    if event.resident_id:
        yield NotificationRecipient(people.resident(event.resident_id))
    elif getattr(event, "organization_id", None):
        yield NotificationRecipient(people.organization(event.organization_id))


def payers(event: Any, _merchant: object) -> Iterable[NotificationRecipient]:
    """The residents who pay a bill."""
    return (NotificationRecipient(people.resident(one)) for one in event.resident_ids)


def owner(_event: Any, merchant: KnownMerchant | None) -> Iterable[NotificationRecipient]:
    """The owner of the merchant."""
    if merchant and merchant.owner_resident_id:
        yield NotificationRecipient(people.resident(merchant.owner_resident_id))
    elif merchant and merchant.owner_organization_id:
        yield NotificationRecipient(people.organization(merchant.owner_organization_id))


def representative(event: Any, _merchant: object) -> Iterable[NotificationRecipient]:
    """The resident who acts for another."""
    yield NotificationRecipient(people.resident(event.representative_id))


def either(field: str) -> Recipients:
    """The resident or organization of a field that has the id of either; as long as it is not known which, both."""

    def recipients(event: Any, _merchant: object) -> Iterable[NotificationRecipient]:
        if id_ := getattr(event, field):
            yield NotificationRecipient(people.unknown(id_))

    return recipients


def informed_of(reason: str) -> Recipients:
    """All who got a notification with this reason, such as the payers of a bill that was due."""
    return lambda event, _merchant: [NotificationRecipient(informed_of=reason.format(**dict(event)))]


def officers(unit_field: str) -> Recipients:
    """The officers of a unit that a field names."""

    def recipients(event: Any, _merchant: object) -> Iterable[NotificationRecipient]:
        if unit_id := getattr(event, unit_field):
            yield NotificationRecipient(role="officer", unit_id=unit_id)

    return recipients


def staff(event: Any, _merchant: object) -> Iterable[NotificationRecipient]:
    """Officers and volunteers of the unit."""
    yield NotificationRecipient(unit_id=event.unit_id)


def members(event: Any, _merchant: object) -> Iterable[NotificationRecipient]:
    """The accounts that a team lists today."""
    day = local_date(event.at)
    for member in event.members:
        if (member.listed_from or day) <= day <= (member.listed_to or day):
            yield NotificationRecipient(people.account(member.account))
