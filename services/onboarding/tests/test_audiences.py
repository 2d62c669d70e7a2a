"""Every route admits only the roles that it declares, and no caller of another unit."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from fastapi.routing import APIRoute

from chassis.security.identity import ROLES
from chassis.web.routing import TransactionalRoute
from onboarding.routes import ROUTERS

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, TransactionalRoute)]
WHO: dict[str, dict[str, Any]] = {
    "resident": {"resident_id": uuid4()},
    "organization": {"organization_id": uuid4()},
    "volunteer": {"unit_code": "15061-01"},
    "officer": {"unit_code": "15061"},
    "auditor": {"unit_code": "15061"},
    "operator": {},
    "partner": {"partner_id": "demo-bank"},
    "service": {},
    "unregistered": {},
}
OPEN = {"GET /v1/onboarding/steps", "GET /v1/sessions"}


def named(route: APIRoute) -> str:
    return f"{min(route.methods or set())} {route.path}"


def path_of(route: APIRoute) -> str:
    filled = {"step": "vneid", "number": "1", "partner_id": "demo-telecom", "code": "H1"}
    return "/".join(
        filled.get(part[1:-1], str(uuid4())) if part.startswith("{") else part for part in route.path.split("/")
    ).replace("checklist.pdf", "checklist.pdf?unit_code=15727-01")


def test_only_the_steps_and_the_sessions_are_public() -> None:
    assert {named(route) for route in ROUTES if route.audience == {"public"}} == OPEN


async def test_a_route_refuses_every_role_that_it_does_not_declare(world: None, calling: Callable[..., Any]) -> None:
    anonymous = calling()
    callers = {role: calling(role, **who) for role, who in WHO.items()}
    for route in ROUTES:
        if named(route) in OPEN:
            continue
        method = min(route.methods or set())
        assert (await anonymous.request(method, path_of(route))).status_code == 401, named(route)
        for role in set(ROLES) - route.audience:
            refused = await callers[role].request(method, path_of(route), json={})
            assert refused.status_code == 403, (named(route), role)


async def test_a_campaign_of_another_unit_is_not_found(world: None, calling: Callable[..., Any]) -> None:
    own, stranger = calling("officer", unit_code="15724"), calling("officer", unit_code="15061")
    body = {"template": "custom", "unit_code": "15724", "title": "Mô hình", "steps": [{"number": 1, "title": "Một"}]}
    campaign = (await own.post("/v1/campaigns", json=body)).json()
    for route in ROUTES:
        if "{campaign_id}" not in route.path:
            continue
        path = "/".join([*route.path.split("/")[:3], campaign["id"], *path_of(route).split("/")[4:]])
        answer = await stranger.request(min(route.methods or set()), path, json=_some_body(route))
        assert answer.status_code == 404, (named(route), answer.text)


def _some_body(route: TransactionalRoute) -> dict[str, Any]:
    """A valid body, so that the unit is the reason of the refusal."""
    if route.methods == {"PUT"}:
        return {"members": []}
    if route.methods != {"POST"}:
        return {}
    return {
        "tasks": {"body": "office", "work": "Việc"},
        "filings": {"kind": "plan", "to": "UBND", "due_on": "2026-01-01"},
        "sessions": {
            "kind": "training", "venue": "Nhà văn hóa", "unit_code": "15061-01", "starts_at": "2026-01-01T08:00:00+07:00",
        },
        "teams": {"unit_code": "15061-01", "members": []},
        "communications": {"kind": "tv", "title": "Tin", "published_on": "2026-01-01"},
        "readiness-checks": {"venue": "Nhà văn hóa", "items": [{"kind": "seats"}]},
        "models": {"body": "office", "title": "Mô hình"},
        "nominations": {"model_id": str(uuid4()), "category": "advanced"},
        "official-signatures": {"position": "leader"},
    }.get(route.path.split("/")[4] if route.path.count("/") > 3 else "", {})  # fmt: skip
