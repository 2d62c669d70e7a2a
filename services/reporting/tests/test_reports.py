"""Trends, rankings, targets, filed copies, reconciliation, exports, the stream and the pages, on real counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from docx import Document
from openpyxl import load_workbook
from prometheus_client import REGISTRY
from sqlalchemy import event, text

from chassis.clock import frozen_at, today
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.storage.database import Database
from contracts.casework import DossierChanged, DossierFeePaid, DossierSubmitted, FeedbackReceived, ProceduresChosen
from contracts.counts import Count, CountsTaken
from contracts.event import Event
from contracts.onboarding import (
    CampaignStarted,
    CampaignUpdated,
    CommunicationPublished,
    OfficialSignatureIssued,
    OrganizationStepCompleted,
    PlanFiled,
    ResidentGuided,
    SessionHeld,
    StepUpdated,
    Target,
)
from contracts.payments_qr import MerchantActivated, PaymentReversed, PaymentSettled
from contracts.registry import Lineage, OrganizationRegistered, SourceChecked, UnitChanged
from reporting.commands.filed_reports import store_weekly_report
from reporting.handlers import on_counted_events, on_plan_filed
from reporting.indicators import catalogue
from reporting.queries.filed_reports import list_filed
from reporting.queries.reports import get_progress, get_unit_on
from reporting.routes.stream import ChangeWatch
from reporting.scheduled_jobs import close_the_day, measure_differences
from services.reporting.tests.conftest import OPENED_AT, completed, registered, unit_id
from services.reporting.tests.test_progress import numbers

pytestmark = pytest.mark.usefixtures("units")
Client = Callable[..., Any]


def in_village(code: str = "15727-01") -> dict[str, Any]:
    return {"unit_id": unit_id(code), "unit_code": code}


def campaign(**more: Any) -> CampaignStarted:
    fields = {
        "campaign_id": UUID(int=7), "version": 1, "unit_id": unit_id("15727", "old"), "unit_code": "15727",
        "template": "commune", "title": "Nhân rộng mô hình “3 KHÔNG”", "starts_on": date(2024, 6, 1),
        "ends_on": date(2026, 12, 31), "minimum_procedures": 2, "at": OPENED_AT,
        "targets": [Target(indicator="payment_account", percent=80), Target(indicator="sessions_held", count=5)],
        "steps": [{"number": 1, "title": "Xây dựng Kế hoạch", "status": "done", "done_on": date(2024, 6, 24)}],
    }  # fmt: skip
    return CampaignStarted.model_validate(fields | more)


async def test_a_trend_has_each_day_and_a_merged_unit_keeps_its_series(deliver: Client, calling: Client) -> None:
    people = [registered(), registered("15721-01")]
    early = datetime(2025, 6, 20, 3, tzinfo=UTC)
    await deliver(*people, completed(people[0], at=early, completed_at=early), completed(people[1]))

    officer = calling("officer", unit_code="38")
    query = "unit_code=15724&indicator=payment_account&from=2025-06-19&to=2025-07-02"
    body = (await officer.get(f"/v1/reports/trend?{query}")).json()
    assert len(body["points"]) == 14
    assert [point["value"] for point in body["points"][:3]] == [0, 50, 50]
    assert body["points"][-1] == {"day": "2025-07-02", "numerator": 1, "denominator": 2, "value": 50}
    public = (await calling().get(f"/v1/reports/trend?{query}")).json()
    assert {point["numerator"] for point in public["points"]} == {None}


async def test_villages_are_ranked_by_their_share(deliver: Client, calling: Client) -> None:
    people = [registered(), registered(), registered("15727-02")]
    await deliver(campaign(), *people, completed(people[0]), completed(people[2]))

    officer = calling("officer", unit_code="38")
    query = "level=village&parent=15724&indicator=payment_account"
    body = (await officer.get(f"/v1/reports/ranking?{query}")).json()
    assert [(each["place"], each["unit_code"], each["percent"]) for each in body["items"]] == [
        (1, "15727-02", 100.0),
        (2, "15727-01", 50.0),
        (None, "15721-01", None),
    ]
    refused = await officer.get("/v1/reports/ranking?level=village&parent=15724&indicator=beauty")
    assert refused.status_code == 400


async def test_a_plans_targets_hold_in_the_unit_that_took_over_and_below_it(deliver: Client, calling: Client) -> None:
    await deliver(campaign())
    officer = calling("officer", unit_code="38")

    async def targets(code: str, as_of: str = "2026-11-01") -> dict[str, float | None]:
        answer = await officer.get("/v1/reports/progress", params={"unit_code": code, "as_of": as_of})
        return {each["code"]: each["target"] for each in answer.json()["indicators"]}

    commune, village, province = await targets("15724"), await targets("15727-01"), await targets("38")
    assert (commune["payment_account"], commune["sessions_held"], commune["procedures_chosen"]) == (80, 5, 2)
    assert (village["payment_account"], village["sessions_held"]) == (80, None)
    assert province["payment_account"] is None
    assert (await targets("15727", "2024-05-01"))["payment_account"] is None


async def test_a_cancelled_campaign_is_no_plan_of_any_unit(deliver: Client, calling: Client) -> None:
    await deliver(campaign())
    assert "Bước 1" in (await calling().get("/dashboard/units/15724")).text
    await deliver(CampaignUpdated.model_validate(campaign().model_dump() | {"version": 2, "status": "cancelled"}))
    page = (await calling().get("/dashboard/units/15724")).text
    assert "Đơn vị chưa có kế hoạch trong ngày này." in page


async def test_a_districts_plan_goes_on_in_its_communes_and_not_in_the_province(
    deliver: Client, calling: Client
) -> None:
    district = {"campaign_id": UUID(int=9), "unit_id": unit_id("397"), "unit_code": "397", "template": "district"}
    await deliver(campaign(**district, starts_on=date(2024, 4, 20), minimum_procedures=5))
    officer = calling("officer", unit_code="38")

    async def target(code: str, as_of: str) -> float | None:
        answer = await officer.get("/v1/reports/progress", params={"unit_code": code, "as_of": as_of})
        return next(each["target"] for each in answer.json()["indicators"] if each["code"] == "procedures_chosen")

    assert await target("397", "2024-06-30") == 5
    assert await target("15727", "2024-06-30") == 5
    assert await target("15724", "2026-11-01") == 5
    assert await target("15727-02", "2026-11-01") == 5
    assert await target("38", "2026-11-01") is None


async def test_a_target_has_a_forecast_with_its_method(deliver: Client, calling: Client) -> None:
    people = [registered() for _ in range(10)]
    opened = [completed(each, at=(at := OPENED_AT + timedelta(days=7 * n)), completed_at=at)
              for n, each in enumerate(people[:5])]  # fmt: skip
    await deliver(campaign(), *people, *opened)

    query = f"unit_code=15724&as_of={OPENED_AT.date() + timedelta(days=28)}"
    body = (await calling("officer", unit_code="38").get(f"/v1/reports/forecasts?{query}")).json()
    found = next(each for each in body["items"] if each["code"] == "payment_account")
    assert (found["state"], found["target"], found["pace_per_day"]) == ("on_course", 80, 1.4286)
    assert found["reached_on"] == str(OPENED_AT.date() + timedelta(days=28 + 21))
    assert "bình phương nhỏ nhất" in found["method"]
    public = (await calling().get(f"/v1/reports/forecasts?{query}")).json()
    assert {each["code"] for each in public["items"]} == {"payment_account", "procedures_chosen", "sessions_held"}


async def test_everything_else_that_counts(deliver: Client, calling: Client) -> None:
    here, at = in_village(), OPENED_AT
    person, merchant, payment, dossier = registered(), new_id(), new_id(), new_id()
    organization, campaign_id = new_id(), new_id()
    settled = {"merchant_id": merchant, "payment_id": payment, **here, "category": "shop", "amount": 25_000}
    filed = {
        "dossier_id": dossier, "version": 1, **here, "procedure_code": "2.000635", "status": "submitted",
        "national_status": 1, "channel": 2, "origin": "here", "at": at, "submitted_at": at, "self_service": True,
        "due_at": at + timedelta(days=1), "fields_asked": 12, "fields_prefilled": 10, "fee_amount": 8000,
    }  # fmt: skip
    mistaken, published = {"session_id": new_id(), "residents": 9}, {"communication_id": new_id(), "kind": "tv"}
    taken_back: list[Event] = [
        *(SessionHeld(campaign_id=campaign_id, kind="training", held_on=at.date(), organizations=0, members=0,
                      held=is_held, **mistaken, **here) for is_held in (True, False)),
        *(CommunicationPublished(campaign_id=campaign_id, published_on=at.date(), published=is_published, **published,
                                 **here) for is_published in (True, False)),
    ]  # fmt: skip
    await deliver(
        person,
        *taken_back,
        StepUpdated(resident_id=person.resident_id, version=1, step="vneid", status="in_progress", at=at,
                    marks=["issued"], **here),
        ResidentGuided(resident_id=person.resident_id, at=at, outcome="done", **here),
        OrganizationRegistered(organization_id=organization, version=1, at=at, kind="enterprise",
                               representative_id=None, owner_has_smartphone=True, **here),
        OrganizationStepCompleted(organization_id=organization, step="province_app", completed=True, at=at, **here),
        MerchantActivated(merchant_id=merchant, version=2, category="shop", status="active", provider="demo-bank",
                          at=at, has_qr=True, **here),
        MerchantActivated(merchant_id=new_id(), version=2, category="water", status="active", provider="demo-bank",
                          at=at, **here),
        PaymentSettled(settled_at=at, business_day=at.date(), **settled),
        PaymentSettled(settled_at=at, business_day=at.date(), **(settled | {"payment_id": new_id(), "counted": False})),
        PaymentReversed(reversed_at=at, business_day=at.date(), **(settled | {"payment_id": (lost := new_id())})),
        PaymentSettled(settled_at=at, business_day=at.date(), **(settled | {"payment_id": lost})),
        DossierSubmitted.model_validate(filed),
        DossierChanged.model_validate(filed | {"version": 2, "national_status": 4, "status": "accepted"}),
        DossierFeePaid(dossier_id=dossier, amount=8000, paid_at=at, **here),
        FeedbackReceived(feedback_id=new_id(), version=1, category="field", status="received", at=at, received_at=at,
                         due_at=at + timedelta(days=15), **here),
        ProceduresChosen(codes=["2.000635", "1.001731"], minimum=2, at=at, unit_id=unit_id("15724"),
                         unit_code="15724"),
        SessionHeld(campaign_id=campaign_id, session_id=new_id(), kind="training", held_on=at.date(), residents=30,
                    organizations=4, members=3, merchants=5, businesses=7, **here),
        CommunicationPublished(campaign_id=campaign_id, communication_id=new_id(), kind="loudspeaker",
                               published_on=at.date(), **here),
        OfficialSignatureIssued(campaign_id=campaign_id, official_id=new_id(), issued_on=at.date(), **here),
        SourceChecked(source="population", live=True, at=at),
        SourceChecked(source="civil_status", live=False, at=at),
    )  # fmt: skip

    officer = calling("officer", unit_code="38")
    body = (await officer.get("/v1/reports/progress?unit_code=15724&as_of=2026-09-30")).json()
    found = {each["code"]: (each["numerator"], each["denominator"]) for each in body["indicators"]}
    assert found["vneid"] == (0, 1)
    assert found["vneid_issued"] == (1, 1)
    assert found["residents_guided"] == (1, 1)
    assert found["organizations_with_app"] == (1, 1)
    assert found["merchants_with_qr"] == (1, 1)
    assert found["utility_points_with_qr"] == (0, 1)
    assert found["cashless_payments"] == (1, None)
    assert found["cashless_amount"] == (25_000, None)
    assert found["dossiers_online"] == (1, 1)
    assert found["dossiers_self_service"] == (1, 1)
    assert found["dossiers_on_time"] == (0, 1), "the dossier is overdue and not settled"
    assert found["fees_paid_online"] == (1, 1)
    assert found["once_only_ratio"] == (10, 12)
    assert found["feedback_on_time"] == (0, 1), "no answer within fifteen days"
    assert found["procedures_chosen"] == (2, None)
    assert found["sessions_held"] == (1, None)
    assert found["people_trained"] == (33, None)
    assert found["merchants_trained"] == (7, None), "organizations, and residents who own a shop"
    assert found["officials_with_signature"] == (1, None)
    assert found["communications_published"] == (1, None)
    assert found["data_sources_live"] == (1, 2)


async def test_a_filed_report_is_a_frozen_copy(deliver: Client, calling: Client) -> None:
    person, late = registered(), registered()
    filed_on = OPENED_AT.date() + timedelta(days=2)
    filing = PlanFiled(
        campaign_id=UUID(int=7), filing_id=new_id(), unit_id=unit_id("15724"), unit_code="15724", kind="weekly",
        due_on=filed_on, filed_on=filed_on, state="on_time", period="2026-W36",
    )  # fmt: skip
    await deliver(campaign(), person, completed(person), filing, late, completed(late), filing)

    officer = calling("officer", unit_code="15724")
    assert await numbers(officer, "15724", as_of=str(filed_on)) == (2, 2)
    listed = (await officer.get("/v1/reports/filed?unit_code=15724")).json()["items"]
    assert [each["period"] for each in listed] == ["2026-W36"]
    frozen = (await officer.get(f"/v1/reports/filed/{listed[0]['id']}")).json()
    account = next(each for each in frozen["indicators"] if each["code"] == "payment_account")
    assert (account["numerator"], account["denominator"], account["target"]) == (1, 1, 80)
    public = (await calling().get(f"/v1/reports/filed/{listed[0]['id']}")).json()
    impersonal = {code for code, each in catalogue().indicators.items() if not each.is_personal}
    assert {each["code"] for each in public["indicators"] if each["numerator"] is not None} == impersonal


async def test_a_filing_that_is_corrected_or_taken_back_takes_its_frozen_copy_with_it(
    deliver: Client, calling: Client
) -> None:
    person, filed_on = registered(), OPENED_AT.date() + timedelta(days=2)
    fields = {
        "campaign_id": UUID(int=7), "filing_id": new_id(), "unit_id": unit_id("15724"), "unit_code": "15724",
        "kind": "weekly", "due_on": filed_on, "filed_on": filed_on, "state": "on_time", "period": "2026-W36",
    }  # fmt: skip
    await deliver(campaign(), person, completed(person), PlanFiled.model_validate(fields))
    officer = calling("officer", unit_code="15724")

    async def frozen() -> list[tuple[str, int]]:
        listed = (await officer.get("/v1/reports/filed?unit_code=15724")).json()["items"]
        found = [(await officer.get(f"/v1/reports/filed/{each['id']}")).json() for each in listed]
        return [
            (each["as_of"], next(one["numerator"] for one in each["indicators"] if one["code"] == "payment_account"))
            for each in found
        ]

    assert await frozen() == [(str(filed_on), 1)]
    earlier = OPENED_AT.date() - timedelta(days=1)
    await deliver(PlanFiled.model_validate(fields | {"filed_on": earlier}))
    assert await frozen() == [(str(earlier), 0)]
    await deliver(PlanFiled.model_validate(fields | {"filed_on": None, "state": "missing"}))
    assert await frozen() == []


async def test_a_final_report_of_a_merged_commune_is_frozen_for_the_commune_that_filed_it(
    deliver: Client, calling: Client
) -> None:
    """The campaign of 15727 began before the commune became a part of 15724, and is reported after."""
    here = [registered() for _ in range(7)]
    filed_on = OPENED_AT.date() + timedelta(days=2)
    filing = PlanFiled(
        campaign_id=UUID(int=7), filing_id=new_id(), unit_id=unit_id("15727", "old"), unit_code="15727", kind="final",
        due_on=filed_on, filed_on=filed_on, state="on_time",
    )  # fmt: skip
    await deliver(campaign(), *here, registered("15721-01"), *(completed(each) for each in here[:6]), filing)

    officer = calling("officer", unit_code="15724")
    listed = (await officer.get("/v1/reports/filed?unit_code=15724")).json()["items"]
    assert [(each["unit_code"], each["kind"]) for each in listed] == [("15727", "final")]
    frozen = (await officer.get(f"/v1/reports/filed/{listed[0]['id']}")).json()
    account = next(each for each in frozen["indicators"] if each["code"] == "payment_account")
    assert (account["numerator"], account["denominator"], account["target"]) == (6, 7, 80)
    children = [(child["unit_code"], child["name"], child["level"]) for child in frozen["children"]]
    assert children == [("15727-01", "Thôn 1", "village"), ("15727-02", "Thôn 2", "village")]
    public = (await calling().get(f"/v1/reports/filed/{listed[0]['id']}")).json()
    residents = [each["numerator"] for each in public["indicators"] if each["code"] == "residents"]
    assert residents == [None], "with the figures of 15724 the public would have those of the other communes"
    assert (await calling("officer", unit_code="15721-01").get(f"/v1/reports/filed/{listed[0]['id']}")).json() == public


async def test_a_day_that_has_not_come_is_refused(calling: Client) -> None:
    tomorrow = str(today() + timedelta(days=1))
    for path in DAYS_ARE_ASKED_BY:
        answer = await calling("officer", unit_code="38").get(path.format(tomorrow))
        assert answer.status_code == 400, path
        expected = ("chưa đến",) if path.startswith("/dashboard") else ("in-the-future",)
        assert any(words in answer.text for words in expected), answer.text


async def test_a_report_filed_in_one_batch_with_events_contains_them(database: Database) -> None:
    person, filed_on = registered(), OPENED_AT.date() + timedelta(days=2)
    filing = PlanFiled(
        campaign_id=UUID(int=7), filing_id=new_id(), unit_id=unit_id("15724"), unit_code="15724", kind="monthly",
        due_on=filed_on, filed_on=filed_on, state="on_time", period="2026-09",
    )  # fmt: skip
    async with database.transaction() as session:
        await on_counted_events(session, [person, completed(person)])
        await on_plan_filed(session, filing)
        await on_counted_events(session, [completed(person, "vneid", version=2)])
    async with database.reading() as session:
        unit = await get_unit_on(session, "15724", filed_on)
        (filed,) = await list_filed(session, unit, filed_on)
        assert filed.figures["unit"]["payment_account"][:2] == [1, 1]
        now = await get_progress(session, "15724", filed_on)
        assert (now.figures["vneid"].numerator, now.figures["residents"].numerator) == (1, 1)


async def test_counts_that_differ_from_those_of_their_owner_are_shown_and_measured(
    deliver: Client, calling: Client, runtime: Runtime
) -> None:
    person = registered()
    counts = [
        Count(unit_code="15727-01", indicator="residents", count=1),
        Count(unit_code="15727-01", indicator="vneid", count=4),
    ]
    officer = calling("officer", unit_code="15724")
    nothing = (await officer.get("/v1/reports/reconciliation")).json()
    assert (nothing["agrees"], nothing["state"]) == (False, "nothing_compared"), "no service has announced counts yet"

    await deliver(person, CountsTaken(service="registry", at=datetime.now(UTC), counts=counts[:1]))
    same = (await officer.get("/v1/reports/reconciliation")).json()
    assert (same["agrees"], same["state"]) == (True, "agrees")

    await deliver(CountsTaken(service="registry", at=datetime.now(UTC), counts=counts))
    answer = await calling("officer", unit_code="15724").get("/v1/reports/reconciliation")
    body = answer.json()
    assert [(each["indicator"], each["announced"], each["projected"]) for each in body["items"]] == [
        ("residents", 1, 1),
        ("vneid", 4, 0),
    ]
    assert (body["agrees"], body["state"]) == (False, "differs")
    assert (await calling().get("/v1/reports/reconciliation")).status_code == 401
    neighbour = calling("officer", unit_code="15727-02")
    assert (await neighbour.get("/v1/reports/reconciliation?unit_code=15724")).status_code == 403
    await measure_differences(runtime)
    assert REGISTRY.get_sample_value("bakhong_reports_differences", {"service": "registry"}) == 1
    silent = REGISTRY.get_sample_value("bakhong_reports_compared_timestamp_seconds", {"service": "casework"})
    assert 0 < (silent or 0) < datetime.now(UTC).timestamp(), "who has never announced anything is late one day too"
    page = await calling("officer", unit_code="15724").get("/dashboard/units/15724")
    assert 'role="alert"' in page.text


async def test_an_officer_exports_their_own_unit_only(deliver: Client, calling: Client) -> None:
    person = registered()
    await deliver(campaign(), person, completed(person))
    officer = calling("officer", unit_code="15724")

    sheet = await officer.get("/v1/reports/export?unit_code=15724&format=xlsx")
    assert sheet.headers["content-disposition"].endswith('.xlsx"')
    assert "Tổng hợp" in load_workbook(BytesIO(sheet.content)).sheetnames
    document = await officer.get("/v1/reports/export?unit_code=15724&format=docx")
    text = "\n".join(each.text for each in Document(BytesIO(document.content)).paragraphs)
    assert "trên địa bàn xã Đồng Tiến" in text
    pdf = await officer.get("/v1/reports/export?unit_code=15724&format=pdf")
    assert pdf.content.startswith(b"%PDF")
    table = await officer.get("/v1/reports/export?unit_code=15724&format=csv")
    assert "payment_account" in table.text

    assert (await officer.get("/v1/reports/export?unit_code=38&format=csv")).status_code == 403
    assert (await calling().get("/v1/reports/export?unit_code=15724&format=csv")).status_code == 401
    assert (await officer.get("/v1/reports/export?unit_code=15724&format=exe")).status_code == 400


STRANGE_DAYS = (
    "0001-01-01",
    "0001-03-01",
    "9999-12-31",
    "2022-12-31",
    "2024-02-30",
    "1e9",
    "null",
    "９",
    "2026-01-01T00:00",
)
DAYS_ARE_ASKED_BY = (
    "/v1/reports/progress?unit_code=15724&as_of={}",
    "/v1/reports/trend?indicator=vneid&unit_code=15724&to={}",
    "/v1/reports/trend?indicator=vneid&unit_code=15724&from={}",
    "/v1/reports/ranking?indicator=vneid&as_of={}",
    "/v1/reports/forecasts?as_of={}",
    "/v1/reports/filed?unit_code=15724&as_of={}",
    "/dashboard?as_of={}",
    "/dashboard/units/15724?as_of={}",
    "/v1/reports/export?unit_code=15724&format=csv&as_of={}",
)
STRANGE_CODES = ("x" * 10_000, "38/15724", "%00", "38' OR '1'='1", "💥", "../38", " 38", "")


async def test_no_day_and_no_unit_code_breaks_anything(calling: Client) -> None:
    officer = calling("officer", unit_code="38")
    for path in DAYS_ARE_ASKED_BY:
        for day in STRANGE_DAYS:
            answer = await officer.get(path.format(day))
            assert answer.status_code < 500, (path, day, answer.text[:300])
    for code in STRANGE_CODES:
        for path in ("/v1/reports/progress", "/v1/reports/stream", "/v1/reports/filed", "/v1/reports/reconciliation"):
            answer = await officer.get(path, params={"unit_code": code})
            assert 400 <= answer.status_code < 500, (path, code, answer.text[:300])
        page = await calling().get(f"/dashboard/units/{quote(code, safe='')}")
        assert page.status_code < 500


@pytest.mark.parametrize(
    ("day", "words", "in_english"),
    [
        ("2099-12-31", "Ngày 31/12/2099 chưa đến", "has not come yet"),
        ("2024-02-30", "Địa chỉ có ngày không đúng", "a wrong day"),
        ("hôm qua", "Địa chỉ có ngày không đúng", "a wrong day"),
    ],
)
async def test_a_day_without_figures_is_a_page_in_words_that_leads_to_today(
    deliver: Client, calling: Client, day: str, words: str, in_english: str
) -> None:
    for path in ("/dashboard", "/dashboard/units/15724"):
        page = await calling().get(path, params={"as_of": day})
        english = await calling().get(path, params={"as_of": day, "lang": "en"})
        assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
        assert words in page.text
        assert f'<a class="button" href="{path}">' in page.text
        assert in_english in english.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_no_caller_exports_or_compares_another_village(deliver: Client, calling: Client) -> None:
    await deliver(*(registered() for _ in range(3)))
    neighbour, auditor = calling("officer", unit_code="15727-02"), calling("auditor", unit_code="15727-02")
    for path in ("export?format=csv&", "reconciliation?"):
        assert (await neighbour.get(f"/v1/reports/{path}unit_code=15727-01")).status_code == 403
    for caller in (neighbour, auditor, calling("resident", resident_id=new_id()), calling()):
        assert await numbers(caller, "15727-01", "residents") == (None, None)


async def test_the_pages_are_public_in_both_languages_and_strict(deliver: Client, calling: Client) -> None:
    person = registered()
    await deliver(campaign(), person, completed(person))

    for path in ("/dashboard", "/dashboard/units/15724", "/dashboard/units/15727-01"):
        page = await calling().get(path)
        assert page.status_code == 200, page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert "Ba “không” nhìn nhanh" in page.text
        english = await calling().get(path, params={"lang": "en"})
        assert "The three noes at a glance" in english.text
    assert (await calling().get("/dashboard", headers={"Accept-Language": "en"})).text.startswith("<!doctype html>")
    assert (await calling().get("/dashboard/units/397?as_of=2024-06-30")).status_code == 200
    missing = await calling().get("/dashboard/units/397")
    assert (missing.status_code, "Không có đơn vị này" in missing.text) == (404, True)
    style = await calling().get("/dashboard/assets/dashboard.css")
    assert style.headers["content-type"].startswith("text/css")
    assert (await calling().get("/dashboard/assets/nothing.css")).status_code == 404


async def test_the_stream_sends_an_event_when_a_count_changes(
    deliver: Client, runtime: Runtime, calling: Client
) -> None:
    from reporting.routes.stream import _events

    class Waiting:
        app = type("App", (), {"state": type("State", (), {"runtime": runtime})})

        async def is_disconnected(self) -> bool:
            return False

    events = _events(Waiting(), "15724", unit_id("15724"))  # type: ignore[arg-type]
    assert "event: fresh" in await anext(events)
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.1)
    await deliver(registered())
    async with asyncio.timeout(5):
        fields = await waiting
    assert fields.startswith("event: changed")
    await events.aclose()


async def test_days_and_weeks_are_kept_once_by_two_workers_and_made_up_for_after_a_stop(
    deliver: Client, calling: Client, runtime: Runtime, database: Database
) -> None:
    await deliver(*[registered() for _ in range(6)])
    for hour in range(0, 4 * 24, 8):  # from Wednesday to Sunday, three times a day
        with frozen_at(datetime(2027, 3, 3, 1, tzinfo=UTC) + timedelta(hours=hour)):
            await asyncio.gather(close_the_day(runtime), close_the_day(runtime))
    with frozen_at(datetime(2027, 3, 16, 1, tzinfo=UTC)):  # nine days later, a Tuesday
        await asyncio.gather(close_the_day(runtime), close_the_day(runtime))
        filed = (await calling("officer", unit_code="15724").get("/v1/reports/filed?unit_code=15724")).json()["items"]
    assert [each["as_of"] for each in filed] == ["2027-03-14", "2027-03-07", "2027-02-28"]
    async with database.reading() as session:
        kept = await session.execute(text("SELECT day FROM snapshot WHERE unit_id = :id ORDER BY day"),
                                     {"id": unit_id("15724")})  # fmt: skip
        assert list(kept.scalars()) == [date(2027, 3, 2) + timedelta(days=n) for n in range(14)]


async def test_a_commune_whose_week_cannot_be_stored_stops_no_other(
    deliver: Client, calling: Client, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing_first(session: Any, code: str, sunday: date) -> Any:
        if code == "15061":
            raise ValueError(code)
        return await store_weekly_report(session, code, sunday)

    monkeypatch.setattr("reporting.scheduled_jobs.store_weekly_report", failing_first)
    place = Lineage(path="38/15061", parent_id=None, valid_from=None, valid_to=None)
    await deliver(UnitChanged(unit_id=unit_id("15061"), code="15061", name="Ngọc Lặc", level="commune", kind="commune",
                              valid_from=None, valid_to=None, lineage=[place]), registered())  # fmt: skip
    with frozen_at(datetime(2027, 3, 1, 3, tzinfo=UTC)):
        await close_the_day(runtime)
        filed = (await calling("officer", unit_code="15724").get("/v1/reports/filed?unit_code=15724")).json()["items"]

    assert [each["period"] for each in filed] == ["2027-W08"]


async def test_many_who_follow_a_unit_cost_one_question(deliver: Client, runtime: Runtime) -> None:
    watch, asked = ChangeWatch(runtime), []
    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", lambda *fields: asked.append(fields[2]))
    for _ in range(200):
        watch.follow(unit_id("15724"))
    await asyncio.gather(*(watch.changed_at(unit_id("15724")) for _ in range(200)))
    assert sum("unit_change" in statement for statement in asked) == 1


async def test_the_calendar_moves_the_base_and_keeps_what_was_known(
    deliver: Client, calling: Client, runtime: Runtime, database: Database
) -> None:
    person = registered()
    await deliver(person, completed(person))
    monday = datetime(2027, 3, 1, 3, tzinfo=UTC)
    with frozen_at(monday):
        for _ in range(2):
            await close_the_day(runtime)
        officer = calling("officer", unit_code="15724")
        assert await numbers(officer, "15724") == (1, 1)
        assert await numbers(officer, "15724", as_of="2026-08-01") == (0, 1)
        filed = (await officer.get("/v1/reports/filed?unit_code=15724")).json()["items"]
        assert [(each["kind"], each["period"], each["as_of"]) for each in filed] == [
            ("weekly", "2027-W08", "2027-02-28")
        ]
        yesterday = today() - timedelta(days=1)
    async with database.reading() as session:
        rows = await session.execute(text("SELECT day, counts FROM snapshot WHERE unit_id = :id"),
                                     {"id": unit_id("15724")})  # fmt: skip
        assert [(row.day, row.counts["payment_account"]) for row in rows] == [(yesterday, 1)]
