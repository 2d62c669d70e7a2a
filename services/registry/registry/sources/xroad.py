"""X-Road's message protocol for REST (v1): the headers of a request through a security server, and its errors.

Where databases are reached over X-Road, their addresses are those of the own security server
(`https://<server>/r1/<instance>/<class>/<member>/<subsystem>/<service>`) and `XROAD_CLIENT` names this client.
"""

from collections.abc import Mapping

import httpx

from chassis.ids import new_id

CLIENT_PARTS = (3, 4)


class RefusedByXRoad(httpx.HTTPError):
    """A security server on the way did not forward the request."""


def xroad_headers(client: str) -> dict[str, str]:
    """The client (`<instance>/<class>/<member>[/<subsystem>]`) and a request id that the answer must repeat."""
    if len(client.split("/")) not in CLIENT_PARTS or not all(client.split("/")):
        raise ValueError("an X-Road client is written as instance/class/member or instance/class/member/subsystem")
    return {"X-Road-Client": client, "X-Road-Id": str(new_id())}


def check_xroad_answer(sent: Mapping[str, str], response: httpx.Response) -> None:
    """Refuse an error of a security server, and the answer to another request."""
    if error := response.headers.get("X-Road-Error"):
        raise RefusedByXRoad(error)
    if response.headers.get("X-Road-Id") != sent["X-Road-Id"]:
        raise ValueError("the answer belongs to another request")
