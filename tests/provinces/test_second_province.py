"""A made-up second province, with its own pack, is served by the same code: nothing that it shows is of the first one."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from deploy.demo.api_client import ApiClient, eventually, success
from deploy.journeys.prepare import prepare
from deploy.journeys.rounds import JOURNEYS, travel
from deploy.local.started import Started, started

pytestmark = pytest.mark.timeout(600)  # the whole platform starts

PACK = Path(__file__).parent / "song-ngan"
PROVINCE, WARD, GROUP, COMMUNE = "98", "99811", "99801-01", "99812"
OF_THE_FIRST = re.compile(r"thanh[\s_-]*h(?:ó|o)a|\bH56\b|Đồng Tiến|Đồng Thắng", re.IGNORECASE)
ACCOUNT = {"bin": "970436", "account_no": "0011000123456", "account_name": "HO KINH DOANH THU"}


@pytest.fixture(scope="module")
def platform() -> Iterator[Started]:
    with started({"PROVINCE_DIR": str(PACK)}) as running:
        yield running


@pytest.fixture(scope="module")
def api(platform: Started) -> Iterator[ApiClient]:
    with ApiClient(platform.url) as client:
        assert eventually(lambda: client.request("GET", f"/v1/units/{GROUP}").is_success, 120)
        assert eventually(lambda: knows(client, WARD), 120)
        yield client


def knows(client: ApiClient, unit: str) -> bool:
    return client.request("POST", "/dev/token", json={"role": "officer", "unit_code": unit}).is_success


@pytest.fixture(scope="module")
def shown(api: ApiClient) -> dict[str, str]:
    """Everything that the story showed: the text of each answer, page and file by its address."""
    return dict(tell(api))


def tell(api: ApiClient) -> Iterator[tuple[str, str]]:
    officer = api.officer(WARD)
    resident_id = api.post("/v1/residents", RESIDENT, who=officer)["id"]
    resident = api.resident(resident_id)
    merchant = open_merchant(api, officer, resident_id)
    code = api.post(f"/v1/merchants/{merchant}/qr-codes", {"kind": "static"}, who=officer)
    dossier = file_dossier(api, resident, resident_id)
    yield from (("qr", json.dumps(code, ensure_ascii=False)), ("dossier", json.dumps(dossier, ensure_ascii=False)))
    assert eventually(lambda: counts_the_resident(api), 60)
    for path in (
        "/", "/docs", "/v1/units?level=commune", f"/v1/units/{PROVINCE}", f"/v1/units/{GROUP}?as_of=2024-06-30",
        "/v1/procedures", "/v1/procedures/9.000001", "/v1/reports/progress", "/v1/reports/indicators", "/v1/onboarding/steps",
        *(f"/dashboard{unit}?lang={language}" for unit in ("", f"/units/{WARD}", f"/units/{GROUP}") for language in ("vi", "en")),
        f"/track?code={dossier['code']}", "/status",
    ):  # fmt: skip
        yield (
            path,
            text_of(api, path, headers={"Accept": "application/json" if path.startswith("/v1") else "text/html"}),
        )
    for path in (
        f"/v1/dossiers/{dossier['id']}/slip.pdf", f"/v1/merchants/{merchant}/poster.pdf",
        f"/v1/households/HO-98-1/checklist.pdf?unit_code={GROUP}", "/v1/notifications",
        *(f"/v1/reports/export?unit_code={unit}&format={kind}" for unit in (PROVINCE, WARD) for kind in FORMATS),
    ):  # fmt: skip
        of_resident = path.startswith(("/v1/dossiers", "/v1/notifications"))
        yield path, text_of(api, path, who=resident if of_resident else reader_of(api, path), purpose="onboarding")
    yield "openapi", json.dumps(without_examples(api.get("/openapi.json")), ensure_ascii=False)


FORMATS = ("pdf", "docx", "xlsx", "csv")
RESIDENT = {
    "personal_id": "001185000123", "id_document": "cccd", "full_name": "Người Thử Sông", "date_of_birth": "1985-03-05",
    "sex": "female", "unit_code": GROUP, "household_code": "HO-98-1", "address_line": "Số 1", "phone": "0987000123",
}  # fmt: skip


def reader_of(api: ApiClient, path: str) -> dict[str, str]:
    return api.officer(PROVINCE if f"unit_code={PROVINCE}&" in path else WARD)


def open_merchant(api: ApiClient, officer: dict[str, str], owner: str) -> str:
    body = {
        "name": "Quầy cá ven sông", "category": "market_stall", "unit_code": WARD, "owner": {"resident_id": owner},
        "provider": "demo-bank", "settlement": ACCOUNT,
    }  # fmt: skip
    merchant = str(api.post("/v1/merchants", body, who=officer)["id"])
    success(api.webhook("demo-bank", "merchant.verified", {"merchant_id": merchant}))
    path = f"/v1/merchants/{merchant}"
    assert eventually(lambda: api.get(path, who=officer)["status"] == "active", 60)
    return merchant


def file_dossier(api: ApiClient, resident: dict[str, str], resident_id: str) -> dict[str, Any]:
    body = {"procedure_code": "9.000001", "resident_id": resident_id}
    opened = api.post("/v1/dossiers", body, who=resident)
    path = f"/v1/dossiers/{opened['id']}"
    typed = dict.fromkeys(opened["missing"], "Tổ dân phố 1, phường Bến Mới") | {"purpose": "school"}
    success(api.request("PATCH", path, json={"fields": typed}, who=resident))
    submitted: dict[str, Any] = api.post(f"{path}/submit", who=resident)
    return submitted


def counts_the_resident(api: ApiClient) -> bool:
    report = api.get("/v1/reports/progress", who=api.officer(PROVINCE))
    return any(each["code"] == "residents" and each["numerator"] for each in report["indicators"])


def text_of(api: ApiClient, path: str, **more: Any) -> str:
    answer = success(api.request("GET", path, **more))
    if answer.content.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(answer.content)
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
            parts = [file.read(name).decode() for name in file.namelist() if name.endswith(".xml")]
        return re.sub(r"<[^>]*>", "", "\n".join(parts))
    return answer.text


def without_examples(document: Any) -> Any:
    """Examples of the document are recorded from the demo of the pack that a release comes with."""
    if isinstance(document, dict):
        return {name: without_examples(each) for name, each in document.items() if name not in ("example", "examples")}
    return [without_examples(each) for each in document] if isinstance(document, list) else document


def test_nothing_that_it_shows_names_the_first_province(shown: dict[str, str]) -> None:
    found = {path: match[0] for path, text in shown.items() if (match := OF_THE_FIRST.search(text))}
    assert found == {}
    assert len(shown) > 25


def test_its_own_name_stands_where_a_province_is_named(shown: dict[str, str]) -> None:
    assert "thành phố Sông Ngân" in shown["/"]
    assert "Sông Ngân" in shown["/dashboard?lang=vi"]
    assert "Sông Ngân" in shown["/dashboard?lang=en"]
    assert "SONG NGAN" in json.loads(shown["qr"])["payload"]
    official = " ".join(shown[f"/v1/reports/export?unit_code={WARD}&format=pdf"].split())
    assert "UBND THÀNH PHỐ SÔNG NGÂN" in official
    assert "07/KH-UBND" in official
    assert "Thường trực Thành ủy" in shown[f"/v1/reports/export?unit_code={PROVINCE}&format=docx"]


def test_dossiers_follow_its_rules_and_calendar(shown: dict[str, str]) -> None:
    dossier = json.loads(shown["dossier"])
    assert dossier["code"].startswith(f"H98.{WARD}-")
    slip = " ".join(shown[f"/v1/dossiers/{dossier['id']}/slip.pdf"].split())
    assert "Ủy ban nhân dân thành phố Sông Ngân".upper() in slip.upper()
    codes = [each["code"] for each in json.loads(shown["/v1/procedures"])["items"]]
    assert codes == ["9.000001"]


def test_its_units_are_in_both_generations(shown: dict[str, str], api: ApiClient) -> None:
    assert json.loads(shown[f"/v1/units/{GROUP}?as_of=2024-06-30"])["parent_code"] == "99801"
    assert api.get(f"/v1/units/{GROUP}")["parent_code"] == WARD
    assert {each["code"] for each in json.loads(shown["/v1/units?level=commune"])["items"]} == {WARD, COMMUNE}


def test_it_starts_without_a_demo_and_its_logs_name_no_other_province(platform: Started, shown: dict[str, str]) -> None:
    assert "demo:" not in platform.output.read_text()
    for log in (platform.data_dir / "logs").glob("*.log"):
        assert not OF_THE_FIRST.search(log.read_text(errors="replace")), log.name


def test_the_synthetic_journeys_run_there(api: ApiClient) -> None:
    api.post(
        "/v1/campaigns", {"template": "custom", "unit_code": WARD, "title": "Ba không ở Bến Mới"}, who=api.officer(WARD)
    )

    accounts = prepare(api, WARD)

    assert accounts.procedure == "9.000001"
    rounds = [travel(journey, api.url, accounts) for journey in JOURNEYS]
    assert [(each.code, each.outcome, each.reason) for each in rounds if each.outcome == "failed"] == []
