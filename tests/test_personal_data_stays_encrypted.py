"""Nothing that a process writes down for others holds a personal number, a phone, an account, a name or an address.

One person goes through every service of the running platform; then all logs, events, dead letters and metrics are read, as
they are and with percent signs, JSON escapes and base64 undone.
"""

import asyncio
import base64
import binascii
import csv
import io
import json
import os
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import asyncpg
import httpx
import pytest

from chassis.storage.database import database_url
from deploy.demo.api_client import ApiClient, eventually, success
from deploy.demo.people import people

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole platform and its demo

COMMUNE, VILLAGE = "15724", "15727-04"
SERIAL = f"{os.getpid() % 100_000:05d}"
PERSONAL_ID = f"0380417{SERIAL}"
NAME = "Quách Thị Vô Thường Khuê"
PHONE = f"09877{SERIAL}"
INSURANCE_NO = f"38777{SERIAL}"
ADDRESS = "Số 7071 ngõ Chẳng Ai Biết"
ACCOUNT_NO = f"77713300{SERIAL}"
REJECTED_NUMBER, REJECTED_NAME = f"03804178{SERIAL}", "Lò Văn Hụt Dòng Sai"
SECRETS = [
    PERSONAL_ID,
    NAME,
    PHONE,
    f"+84{PHONE[1:]}",
    INSURANCE_NO,
    ADDRESS,
    ACCOUNT_NO,
    REJECTED_NUMBER,
    REJECTED_NAME,
]

Place = tuple[str, str]
"""Where something was written (a file, a table, a page), and the text."""


class Needles:
    """Values to look for: numbers by their digits, words without accents and case."""

    def __init__(self, values: Iterable[str]) -> None:
        values = list(values)
        self.numbers = {_bare_number(value) for value in values if re.fullmatch(r"\+?\d{9,}", value)}
        self.phrases = {tuple(_words(value)) for value in values if not re.fullmatch(r"\+?\d+", value)}
        self._lengths = {len(phrase) for phrase in self.phrases}

    def found_in(self, text: str) -> set[str]:
        """The values that stand in a text, however they are written."""
        return set(chain.from_iterable(map(self._plainly_in, _readings(text))))

    def _plainly_in(self, text: str) -> Iterator[str]:
        for run in re.findall(r"\d[\d .\-]{7,}\d", text):
            parts = re.findall(r"\d+", run)
            ends = [(i, j) for i in range(len(parts)) for j in range(i + 1, min(i + 5, len(parts)) + 1)]
            yield from self.numbers & {_bare_number("".join(parts[i:j])) for i, j in ends}
        words = _words(text)
        for length in self._lengths:
            for phrase in zip(*(words[i:] for i in range(length)), strict=False):
                if phrase in self.phrases:
                    yield " ".join(phrase)


def _bare_number(digits: str) -> str:
    """A phone without the prefix of its country or of its trunk; any other number as it is."""
    return re.sub(r"^(\+?84(?=\d{9}$)|0(?=\d{9}$))", "", digits)


def _words(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return re.findall(r"[a-z0-9]+", "".join(letter for letter in bare if not unicodedata.combining(letter)))


def _readings(text: str) -> Iterator[str]:
    """The text, and the text after its encodings are undone."""
    yield text
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    if "%" in text:
        yield unquote_plus(text)
    yield " ".join(filter(None, map(_from_base64, set(re.findall(r"[A-Za-z0-9+/_\-]{12,}={0,2}", text)))))


def _from_base64(token: str) -> str | None:
    try:
        padded = token.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


@pytest.fixture(scope="module")
def directory(demo_platform_url: str) -> Path:
    """Where the running platform keeps what it writes."""
    if os.environ.get("BAKHONG_URL"):
        pytest.skip("reads the files of a platform on this machine")
    return Path(os.environ["BAKHONG_TEST_PLATFORM"].partition(":")[2])


@pytest.fixture(scope="module")
def api(demo_platform_url: str) -> Iterator[ApiClient]:
    with ApiClient(demo_platform_url) as api:
        yield api


@pytest.fixture(scope="module")
def lived(api: ApiClient) -> str:
    """The person's id, after a life through every service."""
    officer = api.officer(COMMUNE)
    body = {
        "personal_id": PERSONAL_ID, "id_document": "cccd", "full_name": NAME, "date_of_birth": "1941-07-01",
        "sex": "male", "unit_code": VILLAGE, "phone": PHONE, "phone_owner_verified": True,
        "social_insurance_no": INSURANCE_NO, "address_line": ADDRESS, "has_smartphone": True, "has_bank_account": True,
    }  # fmt: skip
    resident_id = str(api.post("/v1/residents", body, who=officer)["id"])
    _go_wrong(api, officer, body, resident_id)
    _import_a_list(api, officer)
    _deliver_webhooks(api)
    _onboard(api, officer, resident_id)
    _trade(api, officer, resident_id)
    _apply(api, resident_id)
    return resident_id


def _go_wrong(api: ApiClient, officer: dict[str, str], body: dict[str, Any], resident_id: str) -> None:
    """Refusals, and personal data where they do not belong: in addresses, queries and headers."""
    assert api.request("POST", "/v1/residents", json=body, who=officer).status_code == 409
    wrong = body | {"personal_id": REJECTED_NUMBER, "full_name": {"name": NAME}, "unit_code": NAME, "sex": PHONE}
    assert api.request("POST", "/v1/residents", json=wrong, who=officer).status_code == 422
    assert api.request("POST", "/v1/residents", content=json.dumps(body)[:-9], who=officer).status_code in (415, 422)
    for path in (
        f"/v1/residents?q={quote(NAME)}", f"/v1/residents/{PERSONAL_ID}", f"/v1/residents?status={PHONE}",
        f"/v1/residents/{resident_id}/export", f"/v1/{quote(NAME)}/{PHONE}", f"/v1/residents?phone={PHONE}",
        f"/v1/dossiers/track?code={PERSONAL_ID}&phone_last4={PHONE[-4:]}", f"/v1/payments?merchant_id={PERSONAL_ID}",
        f"/v1/feedback/{quote(NAME)}", f"/v1/reports/progress?unit_code={PERSONAL_ID}", f"/v1/onboarding/{PHONE}",
    ):  # fmt: skip
        api.request(
            "GET",
            path,
            who=officer,
            purpose="support",
            headers={"X-Request-Id": PERSONAL_ID, "User-Agent": "x" + PHONE},
        )
    api.post("/v1/residents/lookup", {"personal_id": PERSONAL_ID}, who=officer, purpose="support")
    reveal = {"fields": ["personal_id", "phone"], "reason": f"Gọi cho {NAME}"}
    api.post(f"/v1/residents/{resident_id}/reveal", reveal, who=officer, purpose="support")
    own = api.resident(resident_id)
    corrected = {"field": "full_name", "value": f"{NAME}", "reason": f"{NAME}, {ADDRESS}"}
    api.post(f"/v1/residents/{resident_id}/corrections", corrected, who=own)
    fields = ["full_name", "permanent_address", "ethnic_group", "phone"]
    api.post(f"/v1/residents/{resident_id}/prefill", {"fields": fields, "purpose": "dossier"}, who=own)


def _import_a_list(api: ApiClient, officer: dict[str, str]) -> None:
    rows = [
        ["Số ĐDCN", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn/TDP", "SĐT", "Địa chỉ"],
        [REJECTED_NUMBER, REJECTED_NAME, "1/1/1980", "Nữ", VILLAGE, PHONE, ADDRESS],
        [PERSONAL_ID, NAME, "01/07/1941", "Nam", f"Thôn {NAME}", PHONE, ADDRESS],
        [PERSONAL_ID, NAME, "01/07/1941", "Nam", VILLAGE, PHONE, ADDRESS],
    ]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file = {"file": (f"{NAME} {PHONE}.csv", text.getvalue().encode(), "text/csv")}
    sent = api.request("POST", "/v1/resident-imports", who=officer, files=file, data={"unit_code": COMMUNE})
    path = f"/v1/resident-imports/{success(sent).json()['id']}"
    assert eventually(lambda: api.get(path, who=officer)["status"] == "completed", 60)
    assert api.get(path, who=officer)["rejected"] == 2


def _deliver_webhooks(api: ApiClient) -> None:
    """Webhooks about the person, about an unknown person, and without use for any service."""
    who = {"resident": {"personal_id": PERSONAL_ID}}
    unknown = {"resident": {"personal_id": f"03804179{SERIAL[1:]}"}, "note": f"{NAME} {ADDRESS}"}
    messages: list[tuple[str, str, dict[str, Any]]] = [
        ("demo-telecom", "sim.ownership_verified", who | {"phone": PHONE}),
        ("demo-identity", "vneid.activated", who | {"level": 2}),
        ("demo-bank", "payment_account.opened", who | {"kind": "bank", "account_ref": ACCOUNT_NO}),
        ("demo-bank", "payment_account.opened", unknown | {"kind": "bank", "account_ref": ACCOUNT_NO}),
        ("demo-bank", "payment_account.opened", {"resident": {"personal_id": NAME}, "kind": "bank", "account_ref": PHONE}),
        ("demo-bank", "qr.payment_settled", {"partner_reference": str(uuid.uuid4()), "amount": 1000, "currency": "VND",
                                             "settled_at": datetime.now(UTC).isoformat(), "bin": "970436",
                                             "account_no": ACCOUNT_NO, "reference": NAME}),
    ]  # fmt: skip
    for partner, kind, data in messages:
        answer = api.webhook(partner, kind, data)
        assert answer.status_code in (202, 400, 422), answer.text
    assert api.webhook("demo-bank", "payment_account.opened", who, secret=b"x" * 32).status_code in (400, 401)


def _onboard(api: ApiClient, officer: dict[str, str], resident_id: str) -> None:
    done = {"status": "completed", "occurred_at": datetime.now(UTC).isoformat()}
    evidence = {"evidence": {"kind": "volunteer", "note": f"{NAME} {PHONE}"}}
    api.request("PUT", f"/v1/residents/{resident_id}/onboarding/vneid", json=done | evidence, who=officer)
    item = {"client_id": NAME, "resident_id": resident_id, "step": "portal_account"} | done | evidence
    api.request("POST", "/v1/onboarding/batches", json={"items": [item]}, who=officer)


def _trade(api: ApiClient, officer: dict[str, str], resident_id: str) -> None:
    merchant = api.post(
        "/v1/merchants",
        {
            "name": "Quầy hàng của một người", "category": "market_stall", "unit_code": VILLAGE,
            "owner": {"resident_id": resident_id}, "provider": "demo-bank",
            "settlement": {"bin": "970436", "account_no": ACCOUNT_NO, "account_name": "QUACH THI VO THUONG KHUE"},
        },
        who=officer,
    )  # fmt: skip
    assert api.webhook("demo-bank", "merchant.verified", {"merchant_id": merchant["id"]}).status_code == 202
    path = f"/v1/merchants/{merchant['id']}"
    assert eventually(lambda: api.get(path, who=officer)["status"] == "active")
    code = {"kind": "dynamic", "amount": 5000, "reference": f"R{SERIAL}", "purpose": "Rau"}
    payload = api.post(f"{path}/qr-codes", code, who=officer)["payload"]
    api.post("/v1/qr-codes/decode", {"payload": payload}, who=officer)
    paid = {"partner_reference": str(uuid.uuid4()), "amount": 5000, "currency": "VND", "reference": f"R{SERIAL}",
            "settled_at": datetime.now(UTC).isoformat(), "merchant_id": merchant["id"], "account_no": ACCOUNT_NO}  # fmt: skip
    assert api.webhook("demo-bank", "qr.payment_settled", paid).status_code == 202


def _apply(api: ApiClient, resident_id: str) -> None:
    own = api.resident(resident_id)
    draft = api.post("/v1/dossiers", {"procedure_code": "2.000635", "resident_id": resident_id, "copies": 1}, who=own)
    assert draft["fields"]["full_name"]["value"] == NAME
    procedure = {field["name"]: field for field in api.get("/v1/procedures/2.000635")["fields"]}
    typed = {"date": "2020-01-01", "integer": 1, "boolean": True, "text": ADDRESS}
    filled = {
        name: procedure[name]["choices"][0]["value"]
        if procedure[name]["type"] == "choice"
        else typed[procedure[name]["type"]]
        for name in draft["missing"]
    }
    success(api.request("PATCH", f"/v1/dossiers/{draft['id']}", json={"fields": filled}, who=own))
    assert api.post(f"/v1/dossiers/{draft['id']}/submit", who=own)["status"] == "submitted"
    complaint = {"unit_code": COMMUNE, "category": "conduct", "text": f"{NAME}, {ADDRESS}, {PHONE}"}
    api.post("/v1/feedback", complaint, who=own)


def written_down(directory: Path) -> Iterator[Place]:
    """Every log of every process, every event and dead letter of every database, every page of metrics."""
    yield from _logs(directory)
    yield from asyncio.run(_events(_note(directory)["database_url"]))
    yield from _metrics(_note(directory)["processes"].values())


def _note(directory: Path) -> dict[str, Any]:
    note: dict[str, Any] = json.loads((directory / "data/run.json").read_text())
    return note


def _logs(directory: Path) -> Iterator[Place]:
    files = [directory / "data.output", *directory.glob("data/logs/**/*"), *directory.glob("data/**/*.log")]
    for file in {file for file in files if file.is_file()}:
        yield str(file.relative_to(directory)), file.read_text(errors="replace")


async def _events(server: str) -> list[Place]:
    """All tables of the bus, and what waits or died in each service's database."""
    places: list[Place] = []
    for name in ("bus", "registry", "onboarding", "payments_qr", "casework", "reporting", "notifications", "gateway"):
        connection = await asyncpg.connect(database_url(server, name))
        tables = [
            row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        for table in tables:
            if name == "bus" or table in ("outbox", "dead_letter"):
                rows = await connection.fetch(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
                places.append((f"{name}.{table}", "\n".join(row[0] for row in rows)))
        await connection.close()
    return places


def _metrics(pids: Iterable[int]) -> Iterator[Place]:
    for port in sorted({port for pid in pids for port in _listening(pid)}):
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5)
        except httpx.HTTPError:
            continue  # PostgreSQL has no HTTP interface
        yield f"metrics of port {port}", answer.text


def _listening(pid: int) -> Iterator[int]:
    sockets = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        cells = line.split()
        if cells[3] == "0A" and f"socket:[{cells[9]}]" in sockets:
            yield int(cells[1].rsplit(":", 1)[1], 16)


@pytest.mark.parametrize(
    "written",
    [
        f'{{"path": "/v1/residents/{PERSONAL_ID}"}}',
        f"resident {NAME} registered",
        "quach thi vo thuong khue",
        unicodedata.normalize("NFD", NAME.upper()),
        f"GET /v1/residents?q={quote(NAME)}",
        json.dumps({"full_name": NAME}),
        base64.b64encode(f'{{"full_name": "{NAME}"}}'.encode()).decode(),
        base64.urlsafe_b64encode(json.dumps({"phone": f"+84{PHONE[1:]}"}).encode()).rstrip(b"=").decode(),
        f"+84 {PHONE[1:4]} {PHONE[4:7]} {PHONE[7:]}",
        f"{ADDRESS}, thôn Đồng Thắng",
    ],
    ids=[
        "a number in a path", "a name", "a name without accents", "a name in capitals, taken apart", "a name in a query",
        "a name escaped in JSON", "a name in base64", "a phone in a web token", "a phone in groups", "an address",
    ],
)  # fmt: skip
def test_the_search_finds_what_is_planted_however_it_is_written(written: str) -> None:
    assert Needles(SECRETS).found_in(f"before {written} after")
    assert not Needles(SECRETS).found_in("before 01a2012c-f902-77ed-a393-1c14fb7f50d8 2026-11-22 02:54:17.123456 after")


def test_no_log_event_dead_letter_or_metric_contains_personal_data(lived: str, directory: Path) -> None:
    of_the_demo = [
        value for person in people() for value in (person.personal_id, person.cells["SĐT"], person.full_name) if value
    ]
    needles = Needles([*SECRETS, *of_the_demo])

    def is_published() -> bool:
        return any(
            lived in text
            for where, text in asyncio.run(_events(_note(directory)["database_url"]))
            if where.startswith("bus")
        )

    assert eventually(is_published, 30), "the person's events are not on the bus yet: the search would find nothing"
    places = list(written_down(directory))
    found = {where: sorted(needles.found_in(text))[:5] for where, text in places if needles.found_in(text)}

    assert found == {}
    names = " ".join(where for where, _ in places)
    for expected in ("registry", "gateway", "bus.", "outbox", "dead_letter", "metrics of port"):
        assert expected in names, f"{expected} was not searched"
