"""Calls to the registry before a form opens: the known attributes of the applicant and of the person concerned.

When the registry is down, slow or wrong, the form opens with the values at hand; it never waits longer than its budget.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from casework.model.forms import KnownAttribute
from casework.procedures import FormField
from chassis.errors import Forbidden, NotYetKnown
from chassis.security.identity import Caller
from chassis.web.service_client import ServiceCallFailed, ServiceClient

_ATTRIBUTES = TypeAdapter(dict[str, KnownAttribute])
REGISTRY = "registry"


class PrefilledAttributes(NamedTuple):
    """Attributes by name; `degraded` names the sources that did not answer."""

    attributes: dict[str, KnownAttribute]
    degraded: tuple[str, ...] = ()


class Prefilled(NamedTuple):
    """What the registry knows about a dossier's applicant and subject."""

    applicant: PrefilledAttributes
    subject: PrefilledAttributes

    @property
    def degraded(self) -> list[str]:
        return sorted({*self.applicant.degraded, *self.subject.degraded})


NOTHING = PrefilledAttributes({})


async def fetch_prefill(
    service_client: ServiceClient,
    caller: Caller,
    fields: Sequence[FormField],
    *,
    resident_id: UUID | None,
    organization_id: UUID | None,
    subject_id: UUID | None,
    may_read_subject: bool,
    seconds: float,
) -> Prefilled:
    """Fetches applicant and subject concurrently; raises NotYetKnown or Forbidden as the registry answers for the applicant."""
    applicant_names = _attribute_names(fields, "applicant")
    subject_names = _attribute_names(fields, "subject")
    if subject_id is not None and subject_id == resident_id:
        known = await _resident(service_client, caller, resident_id, applicant_names | subject_names, seconds)
        return Prefilled(known, known)
    applicant, subject = await asyncio.gather(
        _applicant(service_client, caller, resident_id, organization_id, applicant_names, seconds),
        _resident(service_client, caller if may_read_subject else None, subject_id, subject_names, seconds),
    )
    return Prefilled(applicant, subject)


def _attribute_names(fields: Iterable[FormField], about: str) -> frozenset[str]:
    return frozenset(field.attribute for field in fields if field.about == about and field.attribute)


async def _applicant(
    service_client: ServiceClient,
    caller: Caller,
    resident_id: UUID | None,
    organization_id: UUID | None,
    names: frozenset[str],
    seconds: float,
) -> PrefilledAttributes:
    if organization_id is None:
        return await _resident(service_client, caller, resident_id, names, seconds)
    about_organization, representative_id = await _organization(service_client, caller, organization_id, seconds / 2)
    about_person = await _resident(
        service_client, _caller_for(caller, representative_id), representative_id, names, seconds / 2
    )
    return PrefilledAttributes(
        about_organization.attributes | about_person.attributes, (*about_organization.degraded, *about_person.degraded)
    )


async def _resident(
    service_client: ServiceClient,
    caller: Caller | None,
    resident_id: UUID | None,
    names: frozenset[str],
    seconds: float,
) -> PrefilledAttributes:
    wanted = sorted(name for name in names if not name.startswith("organization."))
    if resident_id is None or not wanted:
        return NOTHING
    try:
        answer = await _answer(service_client, caller, resident_id, wanted, seconds)
        return PrefilledAttributes(
            _ATTRIBUTES.validate_python(answer["fields"]), tuple(answer.get("degraded_sources") or ())
        )
    except ServiceCallFailed as unanswered:
        _refuse_what_registry_refuses(unanswered)
    except (ValidationError, KeyError, TypeError):
        pass
    return PrefilledAttributes({}, (REGISTRY,))


async def _answer(
    service_client: ServiceClient, caller: Caller | None, resident_id: UUID, wanted: list[str], seconds: float
) -> Any:
    """The registry's answer, numbers in full: the public operation masks them from some callers."""
    request = partial(
        service_client.call, REGISTRY, "POST", caller=caller, purpose="dossier", seconds=seconds,
        json={"fields": wanted, "purpose": "dossier"},
    )  # fmt: skip
    try:
        return await request(f"/internal/residents/{resident_id}/prefill")
    except ServiceCallFailed as unanswered:
        if unanswered.status != 404:
            raise
    # The registry of the release before has the public operation only.
    return await request(f"/v1/residents/{resident_id}/prefill")


async def find_resident_id(
    service_client: ServiceClient, caller: Caller, personal_id: str, purpose: str | None, seconds: float
) -> UUID | None:
    """The resident with this number, as far as the registry shows them to the caller; None without one, or when it is down."""
    try:
        answer = await service_client.call(
            REGISTRY, "POST", "/v1/residents/lookup", caller=caller, purpose=purpose,
            json={"personal_id": personal_id}, seconds=seconds,
        )  # fmt: skip
        return _uuid(answer.get("id"))
    except (ServiceCallFailed, AttributeError, TypeError, ValueError):
        return None


async def _organization(
    service_client: ServiceClient, caller: Caller, organization_id: UUID, seconds: float
) -> tuple[PrefilledAttributes, UUID | None]:
    try:
        answer = await service_client.call(
            REGISTRY,
            "GET",
            f"/v1/organizations/{organization_id}",
            caller=caller,
            purpose="dossier",
            seconds=seconds,
        )
        attributes = {f"organization.{name}": _own(answer.get(name)) for name in ("name", "tax_code", "kind")}
        # A claimed representative does not confirm the organization yet.
        representative = answer.get("representative") if answer.get("representative_confirmed") else None
        return PrefilledAttributes(attributes), _uuid((representative or {}).get("resident_id"))
    except ServiceCallFailed as unanswered:
        _refuse_what_registry_refuses(unanswered)
    except (AttributeError, TypeError, ValueError):
        pass
    return PrefilledAttributes({}, (REGISTRY,)), None


def _refuse_what_registry_refuses(unanswered: ServiceCallFailed) -> None:
    if unanswered.status == 404:
        raise NotYetKnown()
    if unanswered.status == 403:
        raise Forbidden()


def _own(value: Any) -> KnownAttribute:
    return KnownAttribute(
        value=value, source=REGISTRY, verified=True, state="fresh" if value is not None else "missing"
    )


def _uuid(value: Any) -> UUID | None:
    return UUID(value) if value else None


def _caller_for(caller: Caller, resident_id: UUID | None) -> Caller | None:
    """Residents and organizations may not read others: there the service calls for itself and decides what it shows."""
    if caller.role == "officer" or (resident_id is not None and caller.is_resident(resident_id)):
        return caller
    return None
