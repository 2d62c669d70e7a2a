"""X-Road's message protocol for REST (v1): the headers of a request through a security server, and how it refuses.

Where databases are reached over X-Road, their addresses are those of the own security server
(`https://<server>/r1/<instance>/<class>/<member>/<subsystem>/<service>`) and `XROAD_CLIENT` says who asks.
"""

from collections.abc import Mapping

import httpx

from chassis.ids import new_id

CLIENT_PARTS = (3, 4)


class RefusedByXRoad(httpx.HTTPError):
    """A security server on the way could not or would not pass the question on."""


def xroad_headers(client: str) -> dict[str, str]:
    """Who asks (`<instance>/<class>/<member>[/<subsystem>]`), with an id that the answer must bring back."""
    if len(client.split("/")) not in CLIENT_PARTS or not all(client.split("/")):
        raise ValueError("an X-Road client is written as instance/class/member or instance/class/member/subsystem")
    return {"X-Road-Client": client, "X-Road-Id": str(new_id())}


def check_xroad_answer(sent: Mapping[str, str], response: httpx.Response) -> None:
    """Refuse what a security server made instead of the database, and the answer to another question."""
    if error := response.headers.get("X-Road-Error"):
        raise RefusedByXRoad(error)
    if response.headers.get("X-Road-Id") != sent["X-Road-Id"]:
        raise ValueError("the answer belongs to another question")
