"""Names for printed documents, fetched from registry with the caller's token: registry decides and logs who may see them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from chassis.security.identity import Caller
from chassis.web.service_client import ServiceCallFailed, ServiceClient
from onboarding.errors import RegistryDoesNotAnswer

PURPOSE = "onboarding"


class NamedResident(NamedTuple):
    """How a printed document names a resident."""

    full_name: str
    born: str
    personal_id: str
    phone: str


async def named_residents(
    service_client: ServiceClient, caller: Caller, unit_codes: Iterable[str], household_code: str | None = None
) -> dict[UUID, NamedResident]:
    """Residents of some units by id, numbers masked; 503 when registry does not answer."""
    found: dict[UUID, NamedResident] = {}
    for code in sorted(unit_codes):
        params = {"unit_code": code, "limit": "200"} | ({"household_code": household_code} if household_code else {})
        while True:
            page = await _fetch(service_client, "GET", "/v1/residents", caller, params=params)
            found |= {UUID(each["id"]): _named(each) for each in page["items"]}
            if not page["next_cursor"]:
                break
            params["cursor"] = page["next_cursor"]
    return found


async def revealed_residents(
    service_client: ServiceClient, caller: Caller, residents: Sequence[UUID], fields: list[str], reason: str
) -> dict[UUID, NamedResident]:
    """Residents with full numbers, each reveal logged by registry with its reason."""
    body = {"fields": fields, "reason": reason}
    found = {}
    for each in residents:
        answer = await _fetch(service_client, "POST", f"/v1/residents/{each}/reveal", caller, json=body)
        found[each] = _named(answer["fields"])
    return found


async def _fetch(service_client: ServiceClient, method: str, path: str, caller: Caller, **more: Any) -> Any:
    try:
        return await service_client.call("registry", method, path, caller=caller, purpose=PURPOSE, seconds=5.0, **more)
    except ServiceCallFailed as error:
        raise RegistryDoesNotAnswer() from error


def _named(sent: dict[str, Any]) -> NamedResident:
    return NamedResident(
        str(sent.get("full_name") or ""),
        _born(sent.get("date_of_birth"), sent.get("birth_precision") or "day"),
        str(sent.get("personal_id") or ""),
        str(sent.get("phone") or ""),
    )


def _born(sent: Any, precision: str) -> str:
    if not sent:
        return ""
    form = {"year": "%Y", "month": "%m/%Y"}.get(precision, "%d/%m/%Y")
    return date.fromisoformat(str(sent)).strftime(form)
