"""Who sends a request: by its token or the dashboard's cookie, and for whom (`X-Acting-For`)."""

from uuid import UUID

from chassis.errors import ExpiredToken, FieldError, InvalidQuery, InvalidToken, Unauthenticated
from chassis.security.identity import Caller
from gateway.edge.request_head import RequestHead
from gateway.edge.responses import Scope
from gateway.errors import IdentityUnknown
from gateway.identity.credentials import Admission, Credentials
from gateway.identity.residents import UNREGISTERED
from gateway.identity.sessions import DashboardSession, DashboardSessions

NO_PRINCIPAL = FieldError(
    "/X-Acting-For",
    "not-an-id",
    "Phải là mã của một người dân hoặc tổ chức.",
    "Must be the id of a resident or organization.",
)


async def find_admission(
    scope: Scope, head: RequestHead, path: str, credentials: Credentials, sessions: DashboardSessions | None
) -> Admission | None:
    """The authenticated caller; None without token and cookie. Raises InvalidToken for a token that is not valid."""
    values = head.values(b"authorization")
    if not values or path == "/oauth/token":
        session = await _session_of(scope, path, sessions)
        return None if session is None else credentials.admit_session(session)
    if len(values) > 1:
        raise Unauthenticated
    token = _bearer_of(values[0])
    try:
        return credentials.find_admission(values[0]) or await credentials.admit(token)
    except ExpiredToken:
        raise
    except Unauthenticated as refused:
        raise InvalidToken from refused


async def acting_for(head: RequestHead, admission: Admission, credentials: Credentials) -> Admission:
    """The admission of a caller who acts for the person or organization that `X-Acting-For` names."""
    values = head.values(b"x-acting-for")
    if not values:
        return admission
    try:
        principal_id = UUID(values[0].decode("latin-1").strip())
    except ValueError as error:
        raise InvalidQuery(errors=[NO_PRINCIPAL]) from error
    if len(values) > 1:
        raise InvalidQuery(errors=[NO_PRINCIPAL])
    return await credentials.act_for(admission, principal_id)


def require_registration(caller: Caller, method: str, template: str) -> None:
    """IdentityUnknown for a person without record, who may call only the operations of registration."""
    if caller.role == "unregistered" and (method, template) not in UNREGISTERED:
        raise IdentityUnknown(members={"registration": "/v1/registrations"})


async def _session_of(scope: Scope, path: str, sessions: DashboardSessions | None) -> DashboardSession | None:
    # Any page that links here sends the cookie, so it permits reading reports and nothing else.
    is_reading = scope["method"] in ("GET", "HEAD") and path.startswith(("/dashboard", "/v1/reports/"))
    return await sessions.session_of(scope) if is_reading and sessions is not None else None


def _bearer_of(authorization: bytes) -> str:
    """The token; Unauthenticated, as without any, for another scheme or none (RFC 6750 section 3.1)."""
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
