"""Names of procedures, fetched from casework for texts that are read or read out."""

from collections.abc import Sequence

from chassis.web.service_client import ServiceCallFailed, ServiceClient
from onboarding.model.announcement import is_procedure_code


async def names_of_services(service_client: ServiceClient, chosen: Sequence[str]) -> list[str]:
    """Chosen services by name; one whose name casework does not know, or does not answer for, is left out."""
    named: list[str] = []
    for each in chosen:
        if not is_procedure_code(each):
            named.append(each)
            continue
        try:
            found = await service_client.call("casework", "GET", f"/v1/procedures/{each}", caller=None, seconds=10.0)
        except ServiceCallFailed:
            continue
        named.append(str(found["name"]))
    return list(dict.fromkeys(named))
