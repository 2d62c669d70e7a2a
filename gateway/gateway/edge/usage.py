"""Which client uses which operation: these clients need notice before an operation ends."""

from functools import cache
from typing import Any

from chassis.observability import metrics
from chassis.security.identity import Caller


def count_use(caller: Caller | None, method: str, route: str) -> None:
    """Count a request under the partner's id, or the role of a person, and the operation's template."""
    client = "public" if caller is None else caller.partner_id or caller.role
    _counter(client, f"{method} {route}").inc()


@cache
def _counter(client: str, route: str) -> Any:
    return metrics.CLIENT_REQUESTS.labels(client, route)
