"""Pupils in a team (`school`) read and write no personal data: they may call what is listed here, and nothing else.

A new operation is refused to them until it is listed. A test compares the list with the API document.
"""

from chassis.errors import Forbidden
from chassis.security.identity import Caller

SCHOOL = "school"
PERMITTED = frozenset(
    {
        ("GET", "/v1/campaigns"),
        ("GET", "/v1/campaigns/{campaign_id}"),
        ("GET", "/v1/campaigns/{campaign_id}/announcement"),
        ("GET", "/v1/campaigns/{campaign_id}/communications"),
        ("GET", "/v1/campaigns/{campaign_id}/communications/{communication_id}"),
        ("GET", "/v1/campaigns/{campaign_id}/filings"),
        ("GET", "/v1/campaigns/{campaign_id}/ranking"),
        ("GET", "/v1/campaigns/{campaign_id}/sessions"),
        ("GET", "/v1/data-sources"),
        ("GET", "/v1/feedback/published"),
        ("GET", "/v1/onboarding/summary"),
    }
)


def require_permitted(caller: Caller, method: str, template: str, *, is_public: bool) -> None:
    """Forbidden for a pupil who calls an operation that is neither public nor listed."""
    if caller.role == "volunteer" and caller.body == SCHOOL and not is_public and (method, template) not in PERMITTED:
        raise Forbidden
