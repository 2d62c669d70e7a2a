"""How sure a sign-in has to be for an operation, and what a representative may do for another person.

Operations declare both beside their audience (`chassis.web.routing.allow`). A sign-in that does not suffice is answered by
the challenge of RFC 9470, with which the client sends the person to the provider again.
"""

from typing import Literal

from chassis.clock import now
from chassis.errors import Problem
from chassis.security.identity import Caller, Level, Scope

LEVELLED = frozenset({"resident", "organization"})
"""Roles whose sign-in has a level; officials sign in at their office's provider."""
Acting = Scope | Literal["any"]
"""The scope that an operation needs from a representative; `any`: one of them, whichever."""
MAX_AGE_SECONDS = 900
"""How long after signing in the most sensitive operations are open: full numbers, and who may act for whom."""


class InsufficientLevel(Problem):
    """The sign-in does not suffice for this operation: its level is too low, or it is too long ago (RFC 9470).

    `WWW-Authenticate` names the `acr_values` or the `max_age` to send the person to the identity provider with; repeat the
    request with the new access token.
    """

    slug, status = "insufficient-level", 401
    vi = "Việc này cần đăng nhập lại ở mức cao hơn (định danh điện tử mức 2)."
    en = "This needs a new sign-in at a higher level (electronic identity level 2)."


class OutsideScope(Problem):
    """The caller acts for another person, and may not do this for them. Leave out `X-Acting-For` to act for oneself."""

    slug, status = "outside-scope", 403
    vi = "Người đại diện không được làm việc này thay cho người khác."
    en = "A representative may not do this for the other person."


def require_level(caller: Caller, level: Level | None, max_age: int | None) -> None:
    """InsufficientLevel for a person whose sign-in is below the level, or older than `max_age` seconds."""
    if caller.role not in LEVELLED:
        return
    if level is not None and caller.level is not None and caller.level < level:
        raise InsufficientLevel(headers=_challenge(acr_values=caller.step_up or str(level)), members={"level": level})
    if max_age is not None and caller.signed_in_at is not None and now().timestamp() - caller.signed_in_at > max_age:
        raise InsufficientLevel(
            "Đã đăng nhập quá lâu, hãy đăng nhập lại để tiếp tục.",
            "The sign-in is too long ago: sign in again to go on.",
            headers=_challenge(max_age=str(max_age)),
            members={"max_age": max_age},
        )


def _challenge(**parameters: str) -> dict[str, str]:
    given = {"error": "insufficient_user_authentication"} | parameters
    return {"WWW-Authenticate": "Bearer " + ", ".join(f'{name}="{value}"' for name, value in given.items())}


def require_scope(caller: Caller, acting: Acting | None) -> None:
    """OutsideScope for a representative where the operation is not in the scope of the representation."""
    if caller.acting_for is None or acting == "any":
        return
    if acting is None or acting not in caller.acting_scopes:
        raise OutsideScope()
