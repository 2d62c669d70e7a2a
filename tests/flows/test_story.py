"""One journey through every service: a village list, a bank's message, a count that rises, a stall that takes a code."""

import csv
import io
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from deploy.demo.api_client import ApiClient, eventually, success

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole platform and its demo

COMMUNE = "15724"
VILLAGE = "15727-03"
HEADER = ["Số ĐDCN", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn/TDP", "SĐT", "Chính chủ", "Smartphone"]
GOOD_ROWS = 495
WRONG_ROWS = {
    "12345": (0, "personal_id"),
    "31/02/1980": (2, "date_of_birth"),
    "15999-77": (4, "unit_code"),
    "Khác": (3, "sex"),
    "": (1, "full_name"),
}


class Person:
    """A synthetic person, valid in form and not in the demo (whose serials begin with 99)."""

    def __init__(self, serial: int, *, village: str = VILLAGE) -> None:
        self.born = date(1960, 1, 1) + timedelta(days=serial % 1500 * 10)
        century = 0 if self.born.year < 2000 else 2
        self.is_female = serial % 2
        self.personal_id = f"038{century + self.is_female}{self.born:%y}{serial:06d}"
        self.phone = f"0989{serial:06d}"
        self.name = f"Người Thử {'Bà' if self.is_female else 'Ông'}"
        self.village = village

    def row(self) -> list[str]:
        sex = "Nữ" if self.is_female else "Nam"
        return [self.personal_id, self.name, f"{self.born:%d/%m/%Y}", sex, self.village, self.phone, "có", "có"]

    def declared(self) -> dict[str, Any]:
        return {
            "personal_id": self.personal_id,
            "id_document": "can_cuoc",
            "full_name": self.name,
            "date_of_birth": self.born.isoformat(),
            "sex": "female" if self.is_female else "male",
            "unit_code": self.village,
        }


@pytest.fixture(scope="module")
def officer(api: ApiClient) -> dict[str, str]:
    return api.officer(COMMUNE)


@pytest.fixture(scope="module")
def village_list() -> bytes:
    """500 rows as a commune writes them, five of them wrong."""
    rows = [Person(serial).row() for serial in range(100_000, 100_000 + GOOD_ROWS)]
    for number, (wrong, (column, _)) in enumerate(WRONG_ROWS.items()):
        row = Person(200_000 + number).row()
        row[column] = wrong
        rows.insert(100 * number, row)
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().encode("utf-8-sig")


def send_list(api: ApiClient, who: dict[str, str], content: bytes) -> dict[str, Any]:
    sent = success(
        api.request(
            "POST", "/v1/resident-imports", who=who, files={"file": ("danh-sach.csv", content, "text/csv")},
            data={"unit_code": COMMUNE},
        )
    )  # fmt: skip
    assert sent.status_code == 202
    path = f"/v1/resident-imports/{sent.json()['id']}"

    def finished() -> Any:
        state = api.get(path, who=who)
        return state if state["status"] in ("completed", "failed") else None

    done = eventually(finished, 60)
    assert done, "the import did not finish"
    return done | {"id": sent.json()["id"]}


@pytest.fixture(scope="module")
def imported(api: ApiClient, officer: dict[str, str], village_list: bytes) -> dict[str, Any]:
    return send_list(api, officer, village_list)


def find_resident(api: ApiClient, who: dict[str, str], person: Person) -> str:
    found = api.post("/v1/residents/lookup", {"personal_id": person.personal_id}, who=who, purpose="support")
    return str(found["id"])


def indicator(api: ApiClient, unit_code: str, code: str, who: dict[str, str]) -> int:
    report = api.get("/v1/reports/progress", params={"unit_code": unit_code}, who=who)
    return next(each["numerator"] or 0 for each in report["indicators"] if each["code"] == code)


def step_of(api: ApiClient, who: dict[str, str], resident_id: str, step: str) -> dict[str, Any]:
    journey = api.get(f"/v1/residents/{resident_id}/onboarding", who=who, purpose="onboarding")
    return next(each for each in journey["steps"] if each["step"] == step)


def test_the_platform_is_ready_and_names_its_dependencies(api: ApiClient) -> None:
    ready = api.get("/readyz")
    assert ready["status"] == "ready"


def test_good_rows_of_a_village_list_become_residents(imported: dict[str, Any]) -> None:
    counts = {name: imported[name] for name in ("status", "total_rows", "created", "rejected")}
    assert counts == {
        "status": "completed", "total_rows": GOOD_ROWS + len(WRONG_ROWS), "created": GOOD_ROWS,
        "rejected": len(WRONG_ROWS),
    }  # fmt: skip


def test_each_wrong_row_is_named_with_its_column_and_a_vietnamese_message(
    api: ApiClient, officer: dict[str, str], imported: dict[str, Any]
) -> None:
    rejections = api.get(f"/v1/resident-imports/{imported['id']}/rejections", who=officer)["items"]
    assert [each["row"] for each in rejections] == [2, 102, 202, 302, 402]
    assert all(each["code"] and each["column"] for each in rejections)
    assert all(any(ord(letter) > 127 for letter in each["message"]) for each in rejections)


def test_the_same_list_again_changes_nothing(
    api: ApiClient, officer: dict[str, str], imported: dict[str, Any], village_list: bytes
) -> None:
    again = send_list(api, officer, village_list)
    assert again["id"] == imported["id"] or (again["created"], again["updated"]) == (0, 0)


def test_a_bank_account_is_counted_by_village_commune_and_province_alike(
    api: ApiClient, officer: dict[str, str], imported: dict[str, Any]
) -> None:
    person = Person(100_000)
    resident_id = find_resident(api, officer, person)
    province = api.officer("38")
    eventually(lambda: indicator(api, COMMUNE, "residents", officer) >= GOOD_ROWS, 15)
    before = {unit: indicator(api, unit, "payment_account", province) for unit in (VILLAGE, COMMUNE, "38")}

    answer = api.webhook(
        "demo-bank", "payment_account.opened",
        {"resident": {"personal_id": person.personal_id}, "kind": "bank", "account_ref": f"a-{uuid.uuid4()}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")

    after = {unit: count + 1 for unit, count in before.items()}
    seen = eventually(lambda: after == {unit: indicator(api, unit, "payment_account", province) for unit in before}, 10)
    assert seen, (after, {unit: indicator(api, unit, "payment_account", province) for unit in before})
    step = step_of(api, officer, resident_id, "payment_account")
    assert step["status"] == "completed"
    assert step["evidence"]["kind"] == "partner"
    assert "demo-bank" in str(step["evidence"])


def opened(person: Person) -> dict[str, Any]:
    return {"resident": {"personal_id": person.personal_id}, "kind": "bank", "account_ref": f"a-{person.personal_id}"}


def test_the_same_webhook_again_is_a_duplicate_and_with_another_body_a_conflict(
    api: ApiClient, imported: dict[str, Any]
) -> None:
    webhook_id, at = f"msg_{uuid.uuid4().hex}", datetime.now(UTC)
    send = [
        api.webhook("demo-bank", "payment_account.opened", opened(person), webhook_id=webhook_id, at=at)
        for person in (Person(100_001), Person(100_001), Person(100_002))
    ]
    assert [answer.status_code for answer in send] == [202, 202, 202]
    assert [answer.json()["status"] for answer in send] == ["accepted", "duplicate", "conflict"]
    assert {answer.json()["id"] for answer in send} == {webhook_id}


def test_a_wrong_signature_and_an_old_time_are_refused(api: ApiClient) -> None:
    data = opened(Person(100_003))
    assert api.webhook("demo-bank", "payment_account.opened", data, secret=b"x" * 32).status_code == 401
    old = time.time() - 301
    assert api.webhook("demo-bank", "payment_account.opened", data, sent_at=old).status_code == 401
    assert api.webhook("unknown", "payment_account.opened", data).status_code == 404


def test_a_partner_sends_only_the_types_it_may(api: ApiClient) -> None:
    refused = api.webhook("demo-bank", "vneid.issued", {"resident": {"personal_id": Person(100_003).personal_id}})
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("/type-not-allowed")


def test_a_message_about_an_unknown_person_applies_when_the_person_appears(
    api: ApiClient, officer: dict[str, str]
) -> None:
    stranger = Person(300_000 + int(time.time()) % 100_000)
    data = opened(stranger) | {"unit_code": COMMUNE}
    assert api.webhook("demo-bank", "payment_account.opened", data).status_code == 202

    def waiting() -> int:
        return len(api.list_all("/v1/unmatched-events", params={"unit_code": COMMUNE}, who=officer, purpose="support"))

    assert eventually(waiting)
    registered = api.post("/v1/residents", stranger.declared(), who=officer)
    assert eventually(lambda: step_of(api, officer, registered["id"], "payment_account")["status"] == "completed")


@pytest.fixture(scope="module")
def merchant_id(api: ApiClient, officer: dict[str, str], imported: dict[str, Any]) -> str:
    owner = find_resident(api, officer, Person(100_010))
    merchant = api.post(
        "/v1/merchants",
        {
            "name": "Quầy rau chợ Đồng Thắng", "category": "market_stall", "unit_code": VILLAGE,
            "owner": {"resident_id": owner}, "provider": "demo-bank",
            "settlement": {"bin": "970436", "account_no": "9900000001", "account_name": "NGUOI THU"},
        },
        who=officer,
    )  # fmt: skip
    assert merchant["status"] == "submitted"
    assert api.webhook("demo-bank", "merchant.verified", {"merchant_id": merchant["id"]}).status_code == 202
    path = f"/v1/merchants/{merchant['id']}"
    assert eventually(lambda: api.get(path, who=officer)["status"] == "active")
    return str(merchant["id"])


def test_a_stall_gets_a_code_that_decodes_and_takes_a_payment(
    api: ApiClient, officer: dict[str, str], merchant_id: str
) -> None:
    reference = f"T{uuid.uuid4().hex[:10].upper()}"
    code = api.post(
        f"/v1/merchants/{merchant_id}/qr-codes",
        {"kind": "dynamic", "amount": 25_000, "reference": reference, "purpose": "Rau"},
        who=officer,
    )
    decoded = api.post("/v1/qr-codes/decode", {"payload": code["payload"]}, who=officer)
    assert (decoded["valid"], decoded["initiation"], decoded["amount"]) == (True, "dynamic", 25_000)
    assert (decoded["bin"], decoded["account_no"]) == ("970436", "9900000001")
    assert reference in (decoded["reference"], decoded["bill_number"])

    before = indicator(api, COMMUNE, "cashless_payments", officer)
    settled = {
        "partner_reference": f"ft-{uuid.uuid4()}", "amount": 25_000, "currency": "VND", "reference": reference,
        "settled_at": datetime.now(UTC).isoformat(), "merchant_id": merchant_id,
    }  # fmt: skip
    assert api.webhook("demo-bank", "qr.payment_settled", settled).status_code == 202
    assert eventually(lambda: indicator(api, COMMUNE, "cashless_payments", officer) == before + 1)


def test_a_broken_code_is_refused_with_what_is_wrong(api: ApiClient, officer: dict[str, str]) -> None:
    answer = api.request("POST", "/v1/qr-codes/decode", json={"payload": "000201630400"}, who=officer)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/invalid-qr")
    assert answer.json()["errors"]


def test_a_dossier_is_drafted_with_what_the_registry_knows_and_submitted(
    api: ApiClient, officer: dict[str, str], imported: dict[str, Any]
) -> None:
    person = Person(100_020)
    resident_id = find_resident(api, officer, person)
    resident = api.resident(resident_id)
    draft = api.post(
        "/v1/dossiers", {"procedure_code": "2.000635", "resident_id": resident_id, "copies": 2}, who=resident
    )
    assert draft["status"] == "draft"
    assert draft["fields"]["full_name"]["value"] == person.name
    if draft["missing"]:
        procedure = api.get("/v1/procedures/2.000635")
        filled = {name: fill(procedure, name) for name in draft["missing"]}
        success(api.request("PATCH", f"/v1/dossiers/{draft['id']}", json={"fields": filled}, who=resident))
    submitted = api.post(f"/v1/dossiers/{draft['id']}/submit", who=resident)
    assert submitted["status"] == "submitted"
    assert submitted["national_status"] == 1
    assert submitted["fee"]["amount"] == 16_000

    def has_code() -> Any:
        return api.get(f"/v1/dossiers/{draft['id']}", who=resident)["qr_code_id"]

    assert eventually(has_code), "payments-qr issued no code for the fee"


def fill(procedure: dict[str, Any], name: str) -> Any:
    field = next(each for each in procedure["fields"] if each["name"] == name)
    match field["type"]:
        case "choice":
            return field["choices"][0]["value"]
        case "date":
            return "2020-01-01"
        case "integer":
            return 1
        case "boolean":
            return True
    return "Xã Đồng Tiến"


def test_the_resident_sees_who_read_their_data(
    api: ApiClient, officer: dict[str, str], imported: dict[str, Any]
) -> None:
    resident_id = find_resident(api, officer, Person(100_030))
    api.get(f"/v1/residents/{resident_id}", who=officer, purpose="support")
    log = api.list_all(f"/v1/residents/{resident_id}/access-log", who=api.resident(resident_id))
    assert any(entry["role"] == "officer" and entry["purpose"] == "support" for entry in log)


def test_callers_outside_the_unit_get_no_data(api: ApiClient, imported: dict[str, Any]) -> None:
    stranger = api.officer("15061")
    answer = api.request("GET", "/v1/residents", params={"unit_code": COMMUNE}, who=stranger, purpose="support")
    assert answer.status_code == 403
    assert api.request("GET", "/v1/residents", params={"unit_code": COMMUNE}).status_code == 401
