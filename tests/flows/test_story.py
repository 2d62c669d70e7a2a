"""One journey through every service: a village list, a bank's message, a count that rises, a stall that takes a code.

Told by the generated Python client (`conftest.py`), so that the document, the client and the platform are tried together.
"""

import base64
import csv
import io
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from deploy.demo.api_client import eventually

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
            "personal_id": self.personal_id, "id_document": "can_cuoc", "full_name": self.name, "date_of_birth": self.born,
            "sex": "female" if self.is_female else "male", "unit_code": self.village,
        }  # fmt: skip


Client = Callable[..., Any]


@pytest.fixture(scope="module")
def officer(client: Client) -> Any:
    return client(role="officer", unit_code=COMMUNE)


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


def send_list(bakhong_api: Any, officer: Any, content: bytes) -> Any:
    imports = bakhong_api.ImportsApi(officer)
    sent = imports.create_resident_import_with_http_info(("danh-sach.csv", content), COMMUNE)
    assert sent.status_code == 202

    def finished() -> Any:
        state = imports.get_resident_import(sent.data.id)
        return state if state.status in ("completed", "failed") else None

    done = eventually(finished, 60)
    assert done, "the import did not finish"
    return done


@pytest.fixture(scope="module")
def imported(bakhong_api: Any, officer: Any, village_list: bytes) -> Any:
    return send_list(bakhong_api, officer, village_list)


def post_webhook(bakhong_api: Any, url: str, partner: str, kind: str, data: dict[str, Any]) -> tuple[int, str]:
    """A partner's message, signed by the library that Standard Webhooks maintains; the status, and that of the delivery."""
    event = bakhong_api.DeliverWebhookRequest(type=kind, timestamp=datetime.now(UTC), data=data)
    body, message_id, sent_at = event.to_json(), f"msg_{uuid.uuid4().hex}", datetime.now(UTC)
    secret = "whsec_" + base64.b64encode(partner.encode().ljust(32, b".")).decode()
    headers = {
        "content-type": "application/json", "webhook-id": message_id, "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, sent_at, body),
    }  # fmt: skip
    answer = httpx.post(f"{url}/webhooks/{partner}", content=body, headers=headers)
    return answer.status_code, answer.json()["status"]


def find_resident(bakhong_api: Any, officer: Any, person: Person) -> Any:
    wanted = bakhong_api.RegistryLookupBody(personal_id=person.personal_id)
    return bakhong_api.ResidentsApi(officer).look_up_resident(wanted, x_purpose="support").id


def indicator(bakhong_api: Any, who: Any, unit_code: str, code: str) -> int:
    report = bakhong_api.ReportsApi(who).get_progress_report(unit_code)
    return next(each.numerator or 0 for each in report.indicators if each.code == code)


def step_of(bakhong_api: Any, officer: Any, resident_id: Any, step: str) -> Any:
    journey = bakhong_api.OnboardingApi(officer).get_resident_onboarding(resident_id, x_purpose="onboarding")
    return next(each for each in journey.steps if each.step == step)


def test_the_platform_is_ready_and_names_its_dependencies(platform_url: str) -> None:
    ready = httpx.get(f"{platform_url}/readyz").json()
    assert (ready["status"], ready["dependencies"]["units"]) == ("ready", "up")


def test_good_rows_of_a_village_list_become_residents(imported: Any) -> None:
    counts = (imported.status, imported.total_rows, imported.created, imported.rejected)
    assert counts == ("completed", GOOD_ROWS + len(WRONG_ROWS), GOOD_ROWS, len(WRONG_ROWS))


def test_each_wrong_row_is_named_with_its_column_and_a_vietnamese_message(
    bakhong_api: Any, officer: Any, imported: Any
) -> None:
    rejections = bakhong_api.ImportsApi(officer).list_import_rejections(imported.id).items
    assert [each.row for each in rejections] == [2, 102, 202, 302, 402]
    assert all(each.code and each.column for each in rejections)
    assert all(any(ord(letter) > 127 for letter in each.message) for each in rejections)


def test_the_same_list_again_changes_nothing(
    bakhong_api: Any, officer: Any, imported: Any, village_list: bytes
) -> None:
    again = send_list(bakhong_api, officer, village_list)
    assert again.id == imported.id or (again.created, again.updated) == (0, 0)


def test_a_bank_account_is_counted_by_village_commune_and_province_alike(
    bakhong_api: Any, client: Client, platform_url: str, officer: Any, imported: Any
) -> None:
    person, province = Person(100_000), client(role="officer", unit_code="38")
    resident_id = find_resident(bakhong_api, officer, person)
    eventually(lambda: indicator(bakhong_api, officer, COMMUNE, "residents") >= GOOD_ROWS, 15)

    def counted() -> dict[str, int]:
        return {unit: indicator(bakhong_api, province, unit, "payment_account") for unit in (VILLAGE, COMMUNE, "38")}

    before = counted()
    data = opened(person) | {"account_ref": f"a-{uuid.uuid4()}"}
    assert post_webhook(bakhong_api, platform_url, "demo-bank", "payment_account.opened", data) == (202, "accepted")

    after = {unit: count + 1 for unit, count in before.items()}
    assert eventually(lambda: after == counted(), 10), (after, counted())
    step = step_of(bakhong_api, officer, resident_id, "payment_account")
    assert (step.status, step.evidence.kind, step.evidence.provider) == ("completed", "partner", "demo-bank")


def opened(person: Person) -> dict[str, Any]:
    return {"resident": {"personal_id": person.personal_id}, "kind": "bank", "account_ref": f"a-{person.personal_id}"}


def test_a_message_about_an_unknown_person_applies_when_the_person_appears(
    bakhong_api: Any, platform_url: str, officer: Any
) -> None:
    stranger = Person(300_000 + int(time.time()) % 100_000)
    data = opened(stranger) | {"unit_code": COMMUNE}
    assert post_webhook(bakhong_api, platform_url, "demo-bank", "payment_account.opened", data)[0] == 202
    unmatched = bakhong_api.UnmatchedEventsApi(officer)

    assert eventually(lambda: unmatched.list_unmatched_events(unit_code=COMMUNE, x_purpose="support").items)
    declared = bakhong_api.RegistryResidentCreate(**stranger.declared())
    registered = bakhong_api.ResidentsApi(officer).create_resident(declared)
    assert eventually(lambda: step_of(bakhong_api, officer, registered.id, "payment_account").status == "completed", 15)


@pytest.fixture(scope="module")
def merchant_id(bakhong_api: Any, platform_url: str, officer: Any, imported: Any) -> Any:
    merchants = bakhong_api.MerchantsApi(officer)
    owner = find_resident(bakhong_api, officer, Person(100_010))
    wanted = bakhong_api.PaymentsQrMerchantCreate(
        name="Quầy rau chợ Đồng Thắng", category="market_stall", unit_code=VILLAGE, provider="demo-bank",
        owner=bakhong_api.PaymentsQrOwnerBody(resident_id=owner),
        settlement=bakhong_api.PaymentsQrSettlementAccountBody(
            bin="970436", account_no="9900000001", account_name="NGUOI THU"
        ),
    )  # fmt: skip
    merchant = merchants.create_merchant(wanted)
    assert merchant.status == "submitted"
    verified = {"merchant_id": str(merchant.id)}
    assert post_webhook(bakhong_api, platform_url, "demo-bank", "merchant.verified", verified)[0] == 202
    assert eventually(lambda: merchants.get_merchant(merchant.id).status == "active")
    return merchant.id


def test_a_stall_gets_a_code_that_decodes_and_takes_a_payment(
    bakhong_api: Any, platform_url: str, officer: Any, merchant_id: Any
) -> None:
    reference, codes = f"T{uuid.uuid4().hex[:10].upper()}", bakhong_api.QrCodesApi(officer)
    wanted = bakhong_api.PaymentsQrQrCodeCreate(kind="dynamic", amount=25_000, reference=reference, purpose="Rau")
    code = bakhong_api.MerchantsApi(officer).create_qr_code(merchant_id, wanted)
    decoded = codes.decode_qr_code(bakhong_api.PaymentsQrDecodeRequest(payload=code.payload))
    assert (decoded.valid, decoded.initiation, decoded.amount) == (True, "dynamic", 25_000)
    assert (decoded.bin, decoded.account_no) == ("970436", "9900000001")
    assert reference in (decoded.reference, decoded.bill_number)

    before = indicator(bakhong_api, officer, COMMUNE, "cashless_payments")
    settled = {
        "partner_reference": f"ft-{uuid.uuid4()}", "amount": 25_000, "currency": "VND", "reference": reference,
        "settled_at": datetime.now(UTC).isoformat(), "merchant_id": str(merchant_id),
    }  # fmt: skip
    assert post_webhook(bakhong_api, platform_url, "demo-bank", "qr.payment_settled", settled)[0] == 202
    assert eventually(lambda: indicator(bakhong_api, officer, COMMUNE, "cashless_payments") == before + 1)


def test_a_broken_code_is_refused_with_what_is_wrong(bakhong_api: Any, officer: Any) -> None:
    broken = bakhong_api.PaymentsQrDecodeRequest(payload="000201630400")
    with pytest.raises(bakhong_api.ApiException) as refused:
        bakhong_api.QrCodesApi(officer).decode_qr_code(broken)
    problem = bakhong_api.Problem.from_json(refused.value.body)
    assert (refused.value.status, problem.type) == (422, "/problems/invalid-qr")
    assert problem.errors


def test_a_dossier_is_drafted_with_what_the_registry_knows_and_submitted(
    bakhong_api: Any, client: Client, officer: Any, imported: Any
) -> None:
    person = Person(100_020)
    resident_id = find_resident(bakhong_api, officer, person)
    dossiers = bakhong_api.DossiersApi(client(role="resident", resident_id=str(resident_id)))
    wanted = bakhong_api.CaseworkDossierCreate(procedure_code="2.000635", resident_id=resident_id, copies=2)
    draft = dossiers.create_dossier(wanted)
    assert (draft.status, draft.fields["full_name"].value) == ("draft", person.name)
    if draft.missing:
        procedure = bakhong_api.ProceduresApi(client()).get_procedure("2.000635")
        filled = {name: fill(procedure, name) for name in draft.missing}
        dossiers.update_dossier(draft.id, bakhong_api.CaseworkDossierFillIn(fields=filled))
    submitted = dossiers.submit_dossier(draft.id)
    assert (submitted.status, submitted.national_status, submitted.fee.amount) == ("submitted", 1, 16_000)
    assert eventually(lambda: dossiers.get_dossier(draft.id).qr_code_id), "payments-qr issued no code for the fee"


def fill(procedure: Any, name: str) -> Any:
    field = next(each for each in procedure.fields if each.name == name)
    match field.type:
        case "choice":
            return field.choices[0].value
        case "date":
            return "2020-01-01"
        case "integer":
            return 1
        case "boolean":
            return True
    return "Xã Đồng Tiến"


def test_the_resident_sees_who_read_their_data(bakhong_api: Any, client: Client, officer: Any, imported: Any) -> None:
    resident_id = find_resident(bakhong_api, officer, Person(100_030))
    bakhong_api.ResidentsApi(officer).get_resident(resident_id, x_purpose="support")
    own = client(role="resident", resident_id=str(resident_id))
    log = bakhong_api.RightsApi(own).list_access_log(resident_id, limit=200).items
    assert any((entry.role, entry.purpose) == ("officer", "support") for entry in log)


def test_callers_outside_the_unit_get_no_data(bakhong_api: Any, client: Client, imported: Any) -> None:
    statuses = []
    for who in (client(role="officer", unit_code="15061"), client()):
        with pytest.raises(bakhong_api.ApiException) as refused:
            bakhong_api.ResidentsApi(who).list_residents(unit_code=COMMUNE, x_purpose="support")
        statuses.append(refused.value.status)
    assert statuses == [403, 401]
