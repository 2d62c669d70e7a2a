"""The running platform with its demo, and one caller of every role."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.demo.api_client import ApiClient, success
from tests.security.cast import COMMUNE, EXTRACT, PDF, THIRD_COMMUNE, VILLAGE_ELSEWHERE, Cast, Person, Shop

INSIDE, OUTSIDE = "15724", "15061"
"""Two communes of the demo, neither above the other."""


@pytest.fixture(scope="session")
def gateway_url(request: pytest.FixtureRequest) -> str:
    """Where the platform is, with its demo; BAKHONG_URL names one that runs already."""
    url: str = os.environ.get("BAKHONG_URL") or request.getfixturevalue("demo_platform_url")
    return url


@pytest.fixture
async def client(gateway_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway_url, timeout=30, limits=httpx.Limits(max_connections=16)) as client:
        yield client


@pytest.fixture(scope="session")
def document(gateway_url: str) -> dict[str, Any]:
    """The merged OpenAPI document."""
    found: dict[str, Any] = httpx.get(f"{gateway_url}/openapi.json", timeout=30).json()
    return found


@pytest.fixture(scope="session")
def callers(gateway_url: str) -> dict[str, dict[str, str]]:
    """The headers of a caller of each role; `anonymous` has none. Persons and organizations are unknown ones."""
    unknown_id = "01890000-0000-7000-8000-00000000dead"
    who: dict[str, dict[str, str]] = {
        "resident": {"resident_id": unknown_id},
        "organization": {"organization_id": unknown_id},
        "volunteer": {"unit_code": INSIDE},
        "officer": {"unit_code": INSIDE},
        "auditor": {"unit_code": INSIDE},
        "operator": {},
        "partner": {"partner_id": "demo-bank"},
    }
    return {"anonymous": {}} | {role: sign_in(gateway_url, role, **fields) for role, fields in who.items()}


@pytest.fixture(scope="session")
def known(gateway_url: str, document: dict[str, Any]) -> dict[str, list[str]]:
    """Ids of the demo by the name of the parameter that takes them, found by asking every list of the document."""
    headers = [
        sign_in(gateway_url, role, unit_code=INSIDE) | {"X-Purpose": "support"} for role in ("officer", "operator")
    ]
    found: dict[str, list[str]] = {"unit_code": [INSIDE, "15727-01"], "partner_id": ["demo-bank"]}
    found |= {"parent": [INSIDE], "household_code": [], "as_of": ["2026-01-31", "2024-06-30"]}
    with httpx.Client(base_url=gateway_url, timeout=30) as client:
        for path in sorted(document["paths"], key=lambda path: path.count("{")):
            match = re.fullmatch(r"(.+)/\{(\w+)\}", path)
            if match is None or match[2] in found:
                continue
            asked = re.sub(r"\{(\w+)\}", lambda part: (found.get(part[1]) or ["none"])[0], match[1])
            answers = [client.get(asked, params={"unit_code": INSIDE}, headers=one) for one in headers]
            answers += [client.get(asked, headers=one) for one in headers]
            items = [item for answer in answers if answer.is_success for item in items_of(answer)]
            found[match[2]] = list(dict.fromkeys(str(item.get("id", item.get("code"))) for item in items))[:5]
    return {name: values for name, values in found.items() if values}


def items_of(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    if answer.headers["content-type"].startswith("application/json"):
        yield from (item for item in answer.json().get("items", []) if "id" in item or "code" in item)


@pytest.fixture(scope="session")
def other_officer(gateway_url: str) -> dict[str, str]:
    """The headers of an officer of the other commune."""
    return sign_in(gateway_url, "officer", unit_code=OUTSIDE)


def sign_in(url: str, role: str, **fields: str) -> dict[str, str]:
    answer = httpx.post(f"{url}/dev/token", json={"role": role, **fields}, timeout=30)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}", "X-Purpose": "support"}


async def ask(client: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
    """One request; of a stream only the head is waited for."""
    async with client.stream(method, path, **request) as answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            await answer.aread()
        return answer


async def together(asked: list[Any], at_once: int = 12) -> list[Any]:
    """Await all, a few at a time, in their order."""
    slots = asyncio.Semaphore(at_once)

    async def one(awaitable: Any) -> Any:
        async with slots:
            return await awaitable

    return await asyncio.gather(*(one(awaitable) for awaitable in asked))


@pytest.fixture(scope="session")
def tools() -> Any:
    """`ask` and `together`, for the tests beside this file."""

    class Tools:
        ask = staticmethod(ask)
        together = staticmethod(together)
        sign_in = staticmethod(sign_in)

    return Tools


@pytest.fixture(scope="session")
def cast(gateway_url: str) -> Iterator[Cast]:
    """The people and shops of the tests of authority."""
    with ApiClient(gateway_url) as api, httpx.Client(base_url=gateway_url, timeout=60) as client:
        yield Cast(api, client)


@pytest.fixture(scope="session")
def victim(cast: Cast) -> Person:
    """A resident of the commune."""
    return cast.register()


@pytest.fixture(scope="session")
def distant_victim(cast: Cast) -> Person:
    """A resident of the other commune."""
    return cast.register(VILLAGE_ELSEWHERE)


@pytest.fixture(scope="session")
def shop(cast: Cast, victim: Person) -> Shop:
    """The victim's stall, with one payment."""
    shop = cast.shop(victim)
    cast.pay(shop)
    return shop


@pytest.fixture(scope="session")
def dossier(cast: Cast, victim: Person) -> str:
    """The path of the victim's submitted dossier."""
    return cast.dossier(victim)


@pytest.fixture(scope="session")
def feedback(cast: Cast, victim: Person) -> str:
    """The path of the victim's complaint about conduct."""
    body = {"unit_code": "15724", "category": "conduct", "text": f"{victim.full_name}: cán bộ đòi tiền"}
    made = cast.api.post("/v1/feedback", body, who=cast.api.resident(victim.id))
    return f"/v1/feedback/{made['id']}"


@pytest.fixture(scope="session")
def person(cast: Cast) -> Person:
    return cast.register(household_code="HK-THU-01", has_smartphone=True, social_insurance_no=None)


@pytest.fixture(scope="session")
def traces(cast: Cast, person: Person) -> dict[str, str]:
    """What the person left in every service, by the name of the parameter that takes it."""
    own, officer = cast.resident(person), cast.api.officer(COMMUNE)
    path = cast.dossier(person, EXTRACT, submit=False)
    attached = success(own.post(f"{path}/attachments", files={"file": ("a.pdf", PDF)})).json()
    success(own.post(f"{path}/submit"))
    stall: Shop = cast.shop(person)
    feedback = {"unit_code": COMMUNE, "category": "conduct", "text": f"{person.full_name} ở {person.address}"}
    wish = {"field": "full_name", "value": "Khổng Thị Khác", "reason": person.address}
    document = {"resident_id": person.id, "subject": "Giấy mời", "body": f"Mời {person.full_name}"}
    consent = {"purpose": "payment_account", "grantee": "demo-bank"}
    merchants = cast.api.list_all("/v1/merchants", params={"unit_code": COMMUNE}, who=officer)
    point = next(each["id"] for each in merchants if each["category"] == "electricity")
    code = f"PE{person.personal_id[-6:]}"
    bill = {"merchant_id": point, "customer_code": code, "period": "2026-10", "amount": 318_000, "due_on": "2026-12-20"}
    link = {"merchant_id": point, "customer_code": code}
    move = {
        "personal_id": person.personal_id, "full_name": person.full_name, "date_of_birth": "1980-05-06",
        "to_unit_code": THIRD_COMMUNE, "moved_on": "2026-11-01", "reason": "chuyển đến ở",
    }  # fmt: skip
    until = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    helper = {"representative_id": cast.register().id, "scope": ["documents"], "until": until}
    return {
        "resident_id": person.id,
        "representation_id": success(own.post(f"{person.path}/representatives", helper)).json()["id"],
        "dossier_id": path.rsplit("/", 1)[-1],
        "attachment_id": attached["id"],
        "merchant_id": stall.id,
        "qr_code_id": stall.code_id,
        "payment_id": cast.pay(stall),
        "feedback_id": success(own.post("/v1/feedback", feedback)).json()["id"],
        "correction_id": success(own.post(f"{person.path}/corrections", wish)).json()["id"],
        "document_id": cast.api.post("/v1/documents", document, who=officer)["id"],
        "consent_id": success(own.post(f"{person.path}/consents", consent)).json()["id"],
        "bill_id": cast.api.post("/v1/bills", bill, who=officer)["id"],
        "link_id": success(own.post(f"{person.path}/utility-accounts", link)).json()["id"],
        "move_id": cast.api.post("/v1/moves", move, who=cast.api.officer(THIRD_COMMUNE))["id"],
        "name": "full_name",
        "code": "HK-THU-01",
    }
