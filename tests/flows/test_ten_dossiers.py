"""Ten dossiers that go wrong, in each of the services that the communes have chosen, through the public API: reasons, slips,
notices, the clock, decisions that are taken back, supplements, an extension, a transfer, a withdrawal, and the bill of the fee.

The platform's clock is today's. Over Tết go the dossiers that a portal reports with their times; the clock of our own is moved
by the service test of casework."""

import io
import itertools
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pypdfium2
import pytest

from casework.calendar import WorkingCalendar, load_calendar
from casework.procedures import load_catalogue
from casework.settings import get_settings
from chassis.clock import HO_CHI_MINH, local_date, today
from deploy.demo.api_client import ApiClient, eventually, success

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole platform and its demo

COMMUNE, NEIGHBOUR, VILLAGE = "15724", "15061", "15727-02"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
REASON = "Thông tin kê khai chưa khớp với sổ gốc"
DIED = (today() - timedelta(days=3)).isoformat()
CHOSEN: dict[str, dict[str, Any]] = {
    "2.000635": {"extract_kind": "birth"},
    "1.001731": {"relation": "child", "died_on": DIED, "buried_on": DIED, "burial_place": "Thôn 1"},
    "1.004873": {"marital_state": "never_married", "certificate_purpose": "other"},
    "1.001193": {
        "relation": "parent", "child_full_name": "Nguyễn Thị Thử Mai", "child_date_of_birth": DIED, "child_sex": "female",
        "birth_place": "Trạm y tế", "child_ethnic_group": "Kinh", "mother_full_name": "Lê Thị Thử Lan",
    },
    "1.004194": {"temporary_address": "Thôn 2", "until": (today() + timedelta(days=300)).isoformat()},
    "1.000656": {"relation": "child", "died_on": DIED, "died_at_place": "Tại nhà"},
}  # fmt: skip
ABOUT_THE_DEAD = frozenset({"1.001731", "1.000656"})
NOTICES = ("dossier.supplement_requested", "dossier.status_changed", "dossier.completed")
SERIAL = itertools.count(int(time.time()) % 500_000)


def declare(api: ApiClient, officer: dict[str, str], village: str = VILLAGE) -> str:
    """A resident of the commune, new in each run."""
    serial = next(SERIAL)
    person = {
        "personal_id": f"038161{serial:06d}", "id_document": "can_cuoc", "full_name": "Người Thử Việc",
        "date_of_birth": f"19{50 + serial % 30}-03-{1 + serial % 28:02d}", "sex": "male", "unit_code": village,
        "phone": f"0987{serial:06d}",
    }  # fmt: skip
    return str(api.post("/v1/residents", person, who=officer)["id"])


class Desk:
    """A one-stop desk with two officers, the applicant, and one dossier at a time."""

    def __init__(self, api: ApiClient, code: str) -> None:
        self.api, self.code = api, code
        self.officer, self.colleague = (new_officer(api, COMMUNE) for _ in range(2))
        self.applicant_id = declare(api, self.officer)
        self.applicant = api.resident(self.applicant_id)
        self.path = ""

    def file(self, who: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """Opens, fills in and hands in a dossier."""
        body = {"procedure_code": self.code, "resident_id": self.applicant_id, **more}
        if self.code in ABOUT_THE_DEAD and "subject_id" not in body:
            body["subject_id"] = declare(self.api, self.officer)
        opened = self.api.post("/v1/dossiers", body, who=who or self.officer, purpose="dossier")
        self.path = f"/v1/dossiers/{opened['id']}"
        fields = {name: self._typed(name) for name in opened["missing"]} | CHOSEN[self.code]
        success(
            self.api.request(
                "PATCH", self.path, json={"fields": fields}, who=who or self.officer, purpose="dossier"
            )
        )  # fmt: skip
        for _ in opened["missing_documents"]:
            self._upload("attachments", who or self.officer)
        submitted: dict[str, Any] = self.api.post(f"{self.path}/submit", who=who or self.officer)
        return submitted

    def _typed(self, name: str) -> Any:
        field = next(each for each in self.procedure["fields"] if each["name"] == name)
        if field["type"] == "choice":
            return field["choices"][0]["value"]
        return {"date": "2020-01-01", "integer": 1, "boolean": True}.get(field["type"], "Xã Đồng Tiến")

    @property
    def procedure(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/v1/procedures/{self.code}")
        return found

    def _upload(self, kind: str, who: dict[str, str], **data: str) -> None:
        success(
            self.api.request("POST", f"{self.path}/{kind}", files={"file": ("a.pdf", PDF)}, data=data, who=who)
        )  # fmt: skip

    def issue(self, *, is_draft: bool) -> None:
        self._upload("results", self.officer, is_draft=str(is_draft).lower())

    def answer(self, action: str, who: dict[str, str] | None = None, **more: Any) -> Any:
        """The raw answer to an action."""
        body = {"action": action, **more}
        return self.api.request("POST", f"{self.path}/actions", json=body, who=who or self.officer, purpose="dossier")

    def act(self, action: str, who: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """A successful action."""
        done: dict[str, Any] = success(self.answer(action, who, **more)).json()
        return done

    def revert(self, action: str = "revert") -> dict[str, Any]:
        """The colleague takes the last decision back; its maker cannot."""
        assert self.answer(action, note="Nhầm hồ sơ").json()["type"] == "/problems/maker-is-checker"
        return self.act(action, self.colleague, note="Nhầm hồ sơ")

    def refused(self, action: str, pointer: str, **more: Any) -> None:
        """An action without what the office owes is refused, naming the field."""
        answer = self.answer(action, **more)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text

    def slip(self, kind: str) -> str:
        """The words of a slip, as the applicant gets it."""
        answer = success(self.api.request("GET", f"{self.path}/{kind}-slip.pdf", who=self.applicant))
        document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
        words = " ".join(document[0].get_textpage().get_text_range().split())
        document.close()
        return words

    def bill(self) -> dict[str, Any] | None:
        """The bill of the dossier's fee, as the applicant sees it."""
        dossier_id = self.path.rpartition("/")[2]
        bills = self.api.get("/v1/bills", who=self.applicant)["items"]
        return next((bill for bill in bills if bill["dossier_id"] == dossier_id), None)

    def bill_becomes(self, status: str) -> dict[str, Any]:
        """Waits until payments-qr followed."""

        def found() -> dict[str, Any] | None:
            bill = self.bill()
            return bill if bill and bill["status"] == status else None

        bill = eventually(found, 60)
        assert bill, (status, self.bill())
        return bill


def new_officer(api: ApiClient, unit_code: str) -> dict[str, str]:
    """Another officer: each token is a new account."""
    body = {"role": "officer", "unit_code": unit_code}
    token = success(api.request("POST", "/dev/token", json=body)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def calendar() -> WorkingCalendar:
    return load_calendar(get_settings().calendar_file)


def promise_of(code: str, received_at: str) -> datetime:
    """When a dossier that was received then must be settled, by the rules of its procedure."""
    moment = datetime.fromisoformat(received_at)
    rules = load_catalogue(get_settings().procedures_dir)[code].version_on(local_date(moment))
    return calendar().due_at(rules.time_limit, moment)


@pytest.fixture(params=CHOSEN)
def desk(request: pytest.FixtureRequest, api: ApiClient) -> Desk:
    return Desk(api, request.param)


def test_ten_dossiers_that_go_wrong_end_right(desk: Desk) -> None:
    has_fee = refusals_and_supplements(desk)
    decisions_taken_back(desk, has_fee=has_fee)
    withdrawal(desk, has_fee=has_fee)


def refusals_and_supplements(desk: Desk) -> bool:
    """1 to 4: a refusal without a reason and by mistake, supplements before and after receipt. Returns whether a fee is owed."""
    submitted = desk.file()
    has_fee = submitted["fee"]["status"] == "requested"
    if has_fee:
        assert desk.bill_becomes("unpaid")["amount"] == submitted["fee"]["amount"]
    desk.refused("refuse", "/note")
    desk.act("refuse", note=REASON)
    assert REASON in desk.slip("refusal")
    if has_fee:
        desk.bill_becomes("cancelled")
    desk.revert()
    assert desk.api.request("GET", f"{desk.path}/refusal-slip.pdf", who=desk.applicant).status_code == 404
    if has_fee:
        desk.bill_becomes("unpaid")

    desk.refused("request_supplement", "/note")
    desk.act("request_supplement", note=REASON)
    assert REASON in desk.slip("supplement")
    assert desk.act("supplement", desk.applicant)["due_at"] is None

    desk.act("accept")
    seen = desk.api.get(desk.path, who=desk.applicant)
    promised = datetime.fromisoformat(seen["due_at"])
    assert promised == promise_of(desk.code, seen["received_at"])
    desk.act("request_supplement", note=f"{REASON}, lần hai")
    assert "lần hai" in desk.slip("supplement")
    back = desk.act("supplement", desk.applicant)
    assert datetime.fromisoformat(back["due_at"]) >= promised
    return has_fee


def decisions_taken_back(desk: Desk, *, has_fee: bool) -> None:
    """5 to 8: a stop by mistake, an apology out of bounds, a draft that is disputed, a result that was wrong."""
    desk.refused("reject", "/note")
    desk.act("reject", note=REASON)
    assert "THÔNG BÁO DỪNG" in desk.slip("refusal")
    assert desk.revert()["finished_at"] is None

    due_on = local_date(datetime.fromisoformat(desk.api.get(desk.path, who=desk.applicant)["due_at"]))
    new_day = calendar().add_working_days(max(due_on, today()), 1)
    desk.refused("extend", "/note", due_on=new_day.isoformat())
    desk.refused("extend", "/due_on", due_on=f"{today().year + 2}-12-28", note="Thiếu cán bộ")
    moved = desk.act("extend", due_on=new_day.isoformat(), note="Thiếu cán bộ")
    assert date.fromisoformat(moved["due_at"][:10]) == new_day
    assert "Thiếu cán bộ" in desk.slip("apology")

    assert desk.answer("send_draft_result").status_code == 409
    desk.issue(is_draft=True)
    sent = desk.act("send_draft_result")
    until = datetime.fromisoformat(sent["draft_result_until"])
    assert calendar().is_working_day(until.astimezone(HO_CHI_MINH).date())
    desk.act("dispute_draft_result", desk.applicant, note="Sai tên đệm")

    desk.act("approve", note="Đủ điều kiện")
    if has_fee:
        assert desk.answer("return_result").json()["type"] == "/problems/fee-not-settled"
        desk.api.post(f"{desk.path}/fee-settlements", {"way": "record_fee", "note": "Biên lai số 1"}, who=desk.officer)
        bill = desk.bill_becomes("paid_at_counter")
        assert (bill["remaining"], bill["paid_amount"]) == (0, 0)
    assert desk.answer("return_result").json()["type"] == "/problems/result-missing"
    desk.issue(is_draft=False)
    desk.act("return_result")
    desk.revert("revoke_result")
    desk.act("approve", note="Đã sửa họ tên")
    returned = desk.act("return_result", hand_over="in_person")
    assert (returned["status"], returned["is_on_time"]) == ("returned", False)  # an extended dossier never is


def withdrawal(desk: Desk, *, has_fee: bool) -> None:
    """9: a withdrawal, and the bill of its fee goes with it."""
    desk.file()
    if has_fee:
        desk.bill_becomes("unpaid")
    withdrawn = desk.act("withdraw", desk.applicant)
    assert (withdrawn["status"], withdrawn["national_status"]) == ("withdrawn", 7)
    if has_fee:
        desk.bill_becomes("cancelled")


TET = {
    # Received on the Friday before Tết 2026 after 15:00; offices are closed from Saturday 14 to Sunday 22 February.
    "same_day": {"on time": "02-23T17:00", "late": "02-24T08:00", "waited": "02-24T17:00", "waited, late": "02-25T08:00"},
    # Three working days: the 23rd, 24th and 25th; the wait for the supplement gives the 23rd and the 24th back.
    "working_days": {
        "on time": "02-25T17:00", "late": "02-26T08:00", "waited": "02-27T17:00", "waited, late": "03-02T08:00",
    },
}  # fmt: skip
"""When a dossier was settled: at the last moment that is on time, and at the first that is late."""
ASKED, BROUGHT = "02-13T16:00", "02-24T09:00"


@pytest.mark.parametrize("code", CHOSEN)
def test_the_clock_of_a_dossier_stands_still_over_tet(api: ApiClient, code: str) -> None:
    """A portal reports when a dossier was received and settled. Without a promise of its own the rules of the procedure and the
    calendar decide; a wait over Tết for the applicant's supplement gives back its working days and not Tết once more."""
    rules = api.get(f"/v1/procedures/{code}")["time_limit"]
    assert rules["kind"] == "same_day" or rules["count"] == 3
    numbers = {}
    for name, settled in TET[rules["kind"]].items():
        numbers[name] = f"TET-{code}-{next(SERIAL)}"
        wait = [(5, ASKED), (4, BROUGHT)] if name.startswith("waited") else []
        report(api, code, numbers[name], (2, "02-13T15:30"), *wait, (9, settled))
    officer = new_officer(api, COMMUNE)

    def judged(number: str) -> dict[str, Any] | None:
        found = api.get("/v1/dossiers", params={"q": number, "unit_code": COMMUNE}, who=officer)["items"]
        return next((item for item in found if item["status"] == "approved"), None)

    on_time = {}
    for name, number in numbers.items():
        item = eventually(partial(judged, number), 60)
        assert item, number
        on_time[name] = item["is_on_time"]
    assert on_time == {"on time": True, "late": False, "waited": True, "waited, late": False}


def report(api: ApiClient, procedure: str, number: str, *states: tuple[int, str]) -> None:
    """The portal's reports about one dossier of the commune."""
    times = [datetime.fromisoformat(f"2026-{at}:00+07:00") for _, at in states]
    for (status, _), at in zip(states, times, strict=True):
        data: dict[str, Any] = {
            "code": number, "procedure_code": procedure, "unit_code": COMMUNE, "national_status": status, "channel": 2,
            "received_at": times[0].isoformat(),
        }  # fmt: skip
        if status == 9:
            data["finished_at"] = at.isoformat()
        assert api.webhook("demo-portal", "dossier.status_changed", data, at=at).status_code == 202


def test_a_dossier_that_is_handed_in_elsewhere_is_decided_where_the_deceased_lived(api: ApiClient) -> None:
    """10: the desk transfers it, its slip names the transfer, and the desk no longer decides."""
    desk, there = Desk(api, "1.000656"), new_officer(api, NEIGHBOUR)
    filed = desk.file(subject_id=declare(api, there, f"{NEIGHBOUR}-02"))

    assert filed["unit_code"] == NEIGHBOUR
    assert "Ngọc Lặc" in desk.slip("transfer")
    assert desk.answer("accept").status_code == 403
    assert desk.act("accept", there)["status"] == "accepted"
    tracked = api.get("/v1/dossiers/track", params={"code": filed["code"], "key": filed["tracking_key"]})
    assert tracked["national_status"] == 2


def events_of(api: ApiClient, app: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The notices of dossiers in the feed, from its beginning."""
    after: dict[str, str] = {}
    while True:
        page = api.get("/v1/events", params={"types": ",".join(NOTICES), "limit": 200, **after}, who=app)
        yield from page["items"]
        if len(page["items"]) < 200:
            return
        after = {"after": page["next_cursor"]}


def test_the_applicant_and_the_app_were_notified(api: ApiClient) -> None:
    """Every notice of a dossier that goes wrong comes out of the platform, by ids and without a reason."""
    desk = Desk(api, "2.000635")
    app = api.sign_in(role="partner", partner_id="demo-app")
    desk.file()
    dossier_id = desk.path.rpartition("/")[2]
    desk.act("request_supplement", note=REASON)
    desk.act("supplement", desk.applicant)
    desk.act("accept")
    desk.act("reject", note=REASON)

    def notified_kinds() -> list[str]:
        mine = [event for event in events_of(api, app) if event["data"].get("dossier_id") == dossier_id]
        assert REASON not in str(mine)
        return [event["type"] for event in mine]

    wanted = {"dossier.supplement_requested", "dossier.status_changed", "dossier.completed"}
    assert eventually(lambda: wanted <= set(notified_kinds()), 30), notified_kinds()
