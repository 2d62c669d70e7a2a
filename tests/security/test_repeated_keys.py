"""A repeated Idempotency-Key gives nothing that a first request would not give today, and no person's data are stored for it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from chassis.security.encryption import decrypt
from chassis.settings import get_settings
from chassis.storage.database import database_url
from chassis.web.idempotency import STORED_ANSWER
from deploy.demo.api_client import success
from deploy.demo.people import people
from tests.security.cast import COMMUNE, EXTRACT, REFUSED, VILLAGE, Caller, Cast, Person, disclosed
from tests.security.documents import properties_of

PACKAGES = {
    "registry": "registry", "onboarding": "onboarding", "payments-qr": "payments_qr", "casework": "casework",
    "notifications": "notifications", "gateway": "gateway",
}  # fmt: skip
ASK = """
import json, pkgutil, sys
from importlib import import_module
found = []
for package in sys.argv[1:]:
    import_module(package + ".app")
    for each in pkgutil.walk_packages(import_module(package + ".routes").__path__, package + ".routes."):
        for route in getattr(getattr(import_module(each.name), "router", None), "routes", ()):
            if "POST" in route.methods:
                found.append([route.path, hasattr(route.endpoint, "personal_answer")])
print(json.dumps(found))
"""
PERSONAL = frozenset(
    (
        "full_name", "date_of_birth", "personal_id", "phone", "address_line", "account_name", "customer_code", "evidence",
        "contact", "signature", "fields", "answer", "household_code", "social_insurance_no",
    )
)  # fmt: skip
"""Members of an answer with personal data."""
WITHOUT_PERSONS = {
    "/v1/campaigns/{campaign_id}/models": "the evidence of a model is a text about a place",
}
"""Operations whose answer has such a member without a person behind it, and why."""


def test_every_answer_with_personal_data_is_declared_so_that_it_is_not_stored(document: dict[str, Any]) -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK, *PACKAGES.values()],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    declared = {path for path, is_declared in json.loads(asked.stdout.splitlines()[-1]) if is_declared}
    personal = {
        path: sorted(found)
        for path, item in document["paths"].items()
        if "post" in item and path not in WITHOUT_PERSONS
        if (found := properties_of(document, item["post"]) & PERSONAL)
    }

    missing = [f"POST {path} answers {', '.join(found)}: declare @personal_answer" for path, found in personal.items()]
    assert [line for line, path in zip(missing, personal, strict=True) if path not in declared] == []
    assert len(personal) > 8


def moved(cast: Cast, account: str, unit_code: str) -> Caller:
    """The same account, an officer of this unit today."""
    return cast.sign_in("officer", unit_code=unit_code, subject=account)


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/residents/lookup", {"personal_id": "{personal_id}"}),
    ("/v1/residents/{id}/reveal", {"fields": ["personal_id", "phone"], "reason": "liên hệ"}),
    ("/v1/residents/{id}/prefill", {"fields": ["full_name", "phone"]}),
    ("/v1/dossiers", {"procedure_code": EXTRACT, "resident_id": "{id}"}),
]
NAMES = [path.rsplit("/", 1)[-1] for path, _ in REQUESTS]


def asked_about(person: Person, path: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    values = {"{personal_id}": person.personal_id, "{id}": person.id}
    filled = {name: values.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    return path.replace("{id}", person.id), filled


@pytest.mark.parametrize(("path", "body"), REQUESTS, ids=NAMES)
def test_an_officer_who_moved_to_another_commune_gets_nothing_for_an_old_key(
    cast: Cast, person: Person, path: str, body: dict[str, Any]
) -> None:
    account, key = f"officer-{person.id}", {"Idempotency-Key": f"moved-{path}-{person.id}"}
    asked, filled = asked_about(person, path, body)
    first = moved(cast, account, COMMUNE).post(asked, filled, headers=key, purpose="dossier")

    again = moved(cast, account, "15061").post(asked, filled, headers=key, purpose="dossier")

    assert disclosed(first, person), "the first request has nothing to hide"
    assert again.status_code in REFUSED
    assert disclosed(again, person) == []


@pytest.mark.parametrize(("path", "body"), REQUESTS[:3], ids=NAMES[:3])
def test_without_a_purpose_an_old_key_gives_nothing(
    cast: Cast, person: Person, path: str, body: dict[str, Any]
) -> None:
    officer, key = cast.officer(COMMUNE), {"Idempotency-Key": f"silent-{path}-{person.id}"}
    asked, filled = asked_about(person, path, body)
    success(officer.post(asked, filled, headers=key, purpose="dossier"))

    again = officer.post(asked, filled, headers=key)

    assert again.status_code == 428
    assert disclosed(again, person) == []


@pytest.mark.parametrize(("path", "body"), REQUESTS, ids=NAMES)
def test_each_repeat_is_in_the_access_log_of_the_person(cast: Cast, path: str, body: dict[str, Any]) -> None:
    person = cast.register()
    officer, key = cast.officer(COMMUNE), {"Idempotency-Key": f"counted-{path}-{person.id}"}
    asked, filled = asked_about(person, path, body)
    seen = []

    for _ in range(3):
        before = len(cast.access_log(person))
        success(officer.post(asked, filled, headers=key, purpose="dossier"))
        seen.append(cast.more_rows(person, before))

    assert all(seen), f"a repeat left no access row: {seen}"


def test_a_repeated_creation_makes_one_thing_and_reads_it_as_it_is_today(cast: Cast, person: Person) -> None:
    officer, key = cast.officer(COMMUNE), {"Idempotency-Key": f"twice-{person.id}"}
    body = {"procedure_code": EXTRACT, "resident_id": person.id}
    first = success(officer.post("/v1/dossiers", body, headers=key, purpose="dossier")).json()
    success(officer.patch(f"/v1/dossiers/{first['id']}", {"copies": 7}, purpose="dossier"))

    again = success(officer.post("/v1/dossiers", body, headers=key, purpose="dossier"))

    assert (again.status_code, again.json()["id"], again.json()["copies"]) == (201, first["id"], 7)


def test_an_old_key_of_another_caller_gives_nothing(cast: Cast, person: Person) -> None:
    key = {"Idempotency-Key": f"stolen-{person.id}"}
    body = {"fields": ["personal_id"], "reason": "liên hệ"}
    success(cast.officer(COMMUNE).post(f"{person.path}/reveal", body, headers=key, purpose="dossier"))

    for thief in (cast.officer("15061"), cast.sign_in("volunteer", unit_code=VILLAGE), cast.sign_in("operator")):
        answer = thief.post(f"{person.path}/reveal", body, headers=key, purpose="dossier")
        assert answer.status_code in REFUSED
        assert disclosed(answer, person) == []


@pytest.fixture
def keys_of_the_platform(gateway_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data directory of the platform of this test run, whose keys this process uses for the test."""
    if os.environ.get("BAKHONG_URL"):
        pytest.skip("reads the database of a platform that this test run started")
    data = Path(os.environ["BAKHONG_TEST_PLATFORM"].partition(":")[2]) / "data"
    monkeypatch.setenv("PII_KEYS", (data / "keys/pii_keys").read_text())
    get_settings.cache_clear()
    yield data
    get_settings.cache_clear()


def test_no_stored_answer_has_a_persons_data(
    cast: Cast, person: Person, keys_of_the_platform: Path, document: dict[str, Any]
) -> None:
    _live_with_keys(cast, person)
    server = json.loads((keys_of_the_platform / "run.json").read_text())["database_url"]

    stored = asyncio.run(_stored_answers(server))

    everyone = [*people()]
    needles = {each.personal_id for each in everyone} | {each.cells["SĐT"] for each in everyone if each.has_phone}
    needles |= set(person.secrets)
    assert sum(map(len, stored.values())) > 5, "no answers are stored: the search would find nothing"
    found = {
        f"{service} POST {path}: {sorted(needle for needle in needles if needle in body)[:3]}"
        for service, rows in stored.items()
        for path, body in rows
        if any(needle in body for needle in needles)
    }
    assert found == set()


def _live_with_keys(cast: Cast, person: Person) -> None:
    """A flow through every service, each POST with a key."""
    officer, own = cast.officer(COMMUNE), cast.resident(person)

    def post(caller: Caller, path: str, body: Any) -> httpx.Response:
        key = {"Idempotency-Key": f"flow-{path}-{person.id}"}
        return success(caller.post(path, body, headers=key, purpose="dossier"))

    for path, body in REQUESTS:
        post(officer, *asked_about(person, path, body))
    post(own, f"{person.path}/consents", {"purpose": "payment_account", "grantee": "demo-bank"})
    post(own, f"{person.path}/corrections", {"field": "full_name", "value": "Khổng Thị Khác", "reason": person.address})
    post(
        own, "/v1/feedback", {"unit_code": COMMUNE, "category": "conduct", "text": f"{person.full_name} {person.phone}"}
    )
    post(officer, "/v1/merchants", {
        "name": "Quầy khóa", "category": "market_stall", "unit_code": VILLAGE, "owner": {"resident_id": person.id},
        "provider": "demo-bank", "settlement": {"bin": "970436", "account_no": "98989898", "account_name": "KHONG VANG"},
    })  # fmt: skip
    post(officer, "/v1/documents", {"resident_id": person.id, "subject": "Giấy mời", "body": person.full_name})


async def _stored_answers(server: str) -> dict[str, list[tuple[str, str]]]:
    """Path and decrypted body of every stored answer, by service."""
    found: dict[str, list[tuple[str, str]]] = {}
    for service, database in PACKAGES.items():
        connection = await asyncpg.connect(database_url(server, database))
        rows = await connection.fetch("SELECT path, key, body FROM idempotency_key WHERE length(body) > 0")
        found[service] = [
            (row["path"], decrypt(STORED_ANSWER, row["key"], row["body"]).decode("utf-8", "replace")) for row in rows
        ]
        await connection.close()
    return found
