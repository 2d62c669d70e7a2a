"""The year of a commune: planned, mistyped, corrected, merged with its neighbour, begun again.

The story keeps its own records: who lives where, who is alive, what each has, what was held and sold. In the end every
service counts what the records contain.
"""

import io
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import xlsxwriter

from chassis.clock import today
from deploy.demo.api_client import ApiClient, eventually, success

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole platform and its demo

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNITS = ["Mã đơn vị", "Tên đơn vị", "Cấp", "Loại", "Mã cấp trên", "Từ ngày", "Đến ngày"]
PEOPLE = ["Số CCCD", "Họ và tên", "Ngày sinh", "Giới tính", "Thôn/TDP", "Smartphone"]


@dataclass
class Person:
    """A synthetic person of the story, and what the records know of them."""

    personal_id: str
    village: str
    id: str = ""
    is_alive: bool = True
    has: set[str] = field(default_factory=set)

    def row(self) -> list[str]:
        return [self.personal_id, "Người Thử Năm", "05/03/1970", "Nam", self.village, "có"]

    def body(self) -> dict[str, Any]:
        return {
            "personal_id": self.personal_id, "id_document": "can_cuoc", "full_name": "Người Thử Năm",
            "date_of_birth": "1970-03-05", "sex": "male", "unit_code": self.village, "has_smartphone": True,
        }  # fmt: skip


@dataclass
class Records:
    """What happened and was not taken back: people, and other things by indicator and unit."""

    people: list[Person] = field(default_factory=list)
    things: Counter[tuple[str, str]] = field(default_factory=Counter)

    def counts(self) -> dict[tuple[str, str], int]:
        """By indicator and the unit itself, without zeros."""
        found = Counter(self.things)
        for person in self.people:
            if person.is_alive:
                found.update((name, person.village) for name in {"residents", *person.has})
        return {key: count for key, count in found.items() if count}


class Story:
    """Two communes and a neighbour of their own in the province, with the people who work there."""

    def __init__(self, api: ApiClient) -> None:
        self.api, self.records = api, Records()
        self.run = f"{time.time_ns() // 10**6 % 10**7:07d}"
        self.a, self.b, self.c = (f"Y{self.run}{letter}" for letter in "ABC")
        self.serial = int(self.run[-5:]) * 10

    def village(self, commune: str, number: int) -> str:
        return f"{commune}-{number:02d}"

    def person(self, village: str) -> Person:
        self.serial += 1
        return Person(f"038070{self.serial % 10**6:06d}", village)

    def people_of(self, village: str) -> list[Person]:
        return [person for person in self.records.people if person.village == village and person.is_alive]

    def units_at_first(self) -> list[tuple[str, str]]:
        """Commune and village, before the merger."""
        return [(commune, self.village(commune, n)) for commune in (self.a, self.b, self.c) for n in (1, 2)]

    def units(self) -> list[tuple[str, dict[str, str]]]:
        """The units of today with an officer of each: two communes, six villages."""
        communes = {self.a: self.a, self.b: self.a, self.c: self.c}
        found = [(self.village(old, n), self.officer(new)) for old, new in communes.items() for n in (1, 2)]
        return [*found, (self.a, self.officer(self.a)), (self.c, self.officer(self.c))]

    def officer(self, commune: str, body: str | None = None, desk: str = "") -> dict[str, str]:
        """An officer of a commune; another desk is another account."""
        key = {"role": "officer", "unit_code": commune} | ({"body": body} if body else {})
        if not desk:
            return self.api.sign_in(**key)
        token = success(self.api.request("POST", "/dev/token", json=key)).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    def change(self, path: str, who: dict[str, str], body: dict[str, Any], purpose: str | None = None) -> Any:
        return success(self.api.request("PATCH", path, json=body, who=who, purpose=purpose)).json()

    def delete(self, path: str, who: dict[str, str]) -> None:
        success(self.api.request("DELETE", path, who=who))


def workbook(*rows: list[Any]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def viet(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def evening(days_ago: int, hour: int) -> str:
    return f"{today() - timedelta(days=days_ago)}T{hour:02d}:00:00+07:00"


def test_at_the_end_of_its_year_every_service_counts_what_a_commune_has_on_record(api: ApiClient) -> None:
    story = Story(api)
    the_units_are_set_up(story)
    the_lists_are_taken_in_and_one_of_them_back(story)
    campaign = the_plan_is_mistyped_cancelled_and_begun_again(story)
    the_evenings_are_held(story, campaign)
    the_police_and_the_bank_report(story)
    the_market_and_the_one_stop_shop_work(story)
    two_are_recorded_dead_who_live_and_one_dies(story)
    a_decree_of_others_is_imported_and_taken_back(story)
    the_communes_merge(story)
    people_move_in_and_out(story)
    the_new_commune_begins_again(story)

    assert_every_service_counts_the_records(story)


def the_units_are_set_up(story: Story) -> None:
    """An operator imports the table of units: two communes and a neighbour with two villages each."""
    begun = viet(today() - timedelta(days=300))
    rows = [UNITS]
    for commune in (story.a, story.b, story.c):
        rows.append([commune, f"Thử Nghiệm {commune}", "Xã", "Xã", "38", begun, ""])
        rows += [
            [story.village(commune, number), f"Thôn {number}", "Thôn", "Thôn", commune, begun, ""] for number in (1, 2)
        ]
    sent = story.api.request(
        "POST", "/v1/unit-imports", files={"file": ("don-vi.xlsx", workbook(*rows), XLSX)}, who=story.api.operator()
    )
    assert success(sent).json()["units_created"] == 9
    assert eventually(lambda: all(is_known_everywhere(story, *pair) for pair in story.units_at_first()), 30)


def is_known_everywhere(story: Story, commune: str, village: str) -> bool:
    """Whether each service knows that a village belongs to a commune."""
    body = {"role": "officer", "unit_code": commune}
    if story.api.request("POST", "/dev/token", json=body).status_code != 200:
        return False
    who, params = story.officer(commune), {"unit_code": village}
    lists = ("/v1/residents", "/v1/merchants", "/v1/dossiers", "/v1/onboarding/summary", "/v1/reports/reconciliation")
    return all(
        story.api.request("GET", path, params=params, who=who, purpose="support").status_code == 200 for path in lists
    )


def the_lists_are_taken_in_and_one_of_them_back(story: Story) -> None:
    """Each commune's list; the neighbour's list is taken for the own one, and undone."""
    lists = {story.a: [5, 4], story.b: [3, 2], story.c: [2, 1]}
    for commune, sizes in lists.items():
        people = [story.person(story.village(commune, n)) for n, size in enumerate(sizes, 1) for _ in range(size)]
        assert take_in(story, commune, people)["created"] == len(people)
        story.records.people += people
    mistaken = [story.person(story.village(story.a, 2)) for _ in range(3)]
    done = take_in(story, story.a, mistaken)
    undone = story.api.post(f"/v1/resident-imports/{done['id']}/undo", who=story.officer(story.a))
    assert (undone["undone"], undone["kept"]) == (3, 0)
    for person in story.records.people:
        who = story.officer(person.village.partition("-")[0])
        found = story.api.post("/v1/residents/lookup", {"personal_id": person.personal_id}, who=who, purpose="support")
        person.id = found["id"]


def take_in(story: Story, commune: str, people: list[Person]) -> dict[str, Any]:
    content, who = workbook(PEOPLE, *(person.row() for person in people)), story.officer(commune)
    sent = story.api.request(
        "POST", "/v1/resident-imports", files={"file": ("ds.xlsx", content, XLSX)}, data={"unit_code": commune}, who=who
    )
    return finished(story, f"/v1/resident-imports/{success(sent).json()['id']}", who)


def finished(story: Story, path: str, who: dict[str, str]) -> dict[str, Any]:
    def done() -> Any:
        seen = story.api.get(path, who=who)
        return seen if seen["status"] in ("completed", "failed", "undone") else None

    found = eventually(done, 30)
    assert found, f"{path} did not end"
    assert found["status"] != "failed", found
    return dict(found)


def the_plan_is_mistyped_cancelled_and_begun_again(story: Story) -> str:
    """400 services for 4: the campaign that cannot be fulfilled is cancelled and no longer binds."""
    who, path = story.officer(story.a), f"/v1/units/{story.a}/procedures"
    body = {"template": "commune", "unit_code": story.a, "title": "3 KHÔNG", "starts_on": str(today() - timedelta(6))}
    wrong = story.api.post("/v1/campaigns", body | {"minimum_procedures": 400}, who=who)["id"]
    choice = {"codes": ["2.000635", "1.001731"]}

    def status_of_choice() -> int:
        return story.api.request("PUT", path, json=choice, who=who).status_code

    assert eventually(lambda: status_of_choice() == 422)
    story.change(f"/v1/campaigns/{wrong}", who, {"status": "cancelled"})
    assert eventually(lambda: status_of_choice() == 200)
    story.records.things["procedures_chosen", story.a] = 2
    targets = [{"indicator": "vneid", "percent": 50}, {"indicator": "sessions_held", "count": 1}]
    return str(story.api.post("/v1/campaigns", body | {"minimum_procedures": 2, "targets": targets}, who=who)["id"])


def the_evenings_are_held(story: Story, campaign: str) -> None:
    """Two evenings and a training; one evening was never held, one visitor never came, one notification was another person's."""
    who, path = story.officer(story.a), f"/v1/campaigns/{campaign}"
    one, two = (story.village(story.a, number) for number in (1, 2))
    for village, is_mistake in ((one, False), (two, False), (two, True)):
        body = {
            "kind": "guidance", "unit_code": village, "venue": "Nhà văn hóa", "starts_at": evening(1, 19),
            "ends_at": evening(1, 21), "topics": ["vneid"],
        }  # fmt: skip
        held = story.api.post(f"{path}/sessions", body, who=who)["id"]
        came = story.people_of(village)[:3]
        items = [{"resident_id": person.id} for person in came]
        assert (
            story.api.post(f"/v1/sessions/{held}/attendance", {"items": items}, who=who)["attendance"]["resident"] == 3
        )
        if is_mistake:
            story.change(f"/v1/sessions/{held}", who, {"status": "cancelled"})
            continue
        story.delete(f"/v1/sessions/{held}/attendance/{came[0].id}", who)
        story.records.things["sessions_held", village] += 1
        for person in came[1:]:
            person.has.add("residents_guided")
    news = {"kind": "loudspeaker", "title": "Lịch hướng dẫn", "published_on": str(today()), "unit_code": one}
    made = [story.api.post(f"{path}/communications", news, who=who)["id"] for _ in range(3)]
    story.delete(f"{path}/communications/{made[0]}", who)
    story.records.things["communications_published", one] = 2
    for position, is_mistake in (("Chủ tịch", False), ("Phó Chủ tịch", True)):
        body = {"position": position, "requested_on": str(today()), "issued_on": str(today())}
        signature = story.api.post(f"{path}/official-signatures", body, who=who)["id"]
        if is_mistake:
            story.delete(f"{path}/official-signatures/{signature}", who)
    story.records.things["officials_with_signature", story.a] = 1


def the_police_and_the_bank_report(story: Story) -> None:
    """A list of the police counts; that of a telecom was another commune's and is undone; the bank opens accounts."""
    people = [person for person in story.records.people if not person.village.startswith(story.c)]
    by_number(story, story.a, "vneid", "police", story.people_of(story.village(story.a, 1)))
    by_number(story, story.b, "vneid", "police", story.people_of(story.village(story.b, 1))[:2])
    taken = by_number(story, story.a, "province_app", "office", story.people_of(story.village(story.a, 2)))
    path, who = f"/v1/onboarding/imports/{taken}", story.officer(story.a, "office")
    story.api.post(f"{path}/undo", who=who)
    assert finished(story, path, who)["undone"] > 0
    for person in story.people_of(story.village(story.a, 2)):
        person.has.discard("province_app")
    for person in people[::2]:
        account = {"resident": {"personal_id": person.personal_id}, "kind": "bank", "account_ref": person.personal_id}
        assert story.api.webhook("demo-bank", "payment_account.opened", account).status_code == 202
        person.has.add("payment_account")


def by_number(story: Story, commune: str, step: str, body: str, people: list[Person]) -> str:
    who = story.officer(commune, body)
    rows = [["Số CCCD", "Mức độ"], *([person.personal_id, "2"] for person in people)]
    form = {"step": step, "unit_code": commune, "source_body": body}
    files = {"file": ("ds.xlsx", workbook(*rows), XLSX)}
    sent = success(story.api.request("POST", "/v1/onboarding/imports", data=form, files=files, who=who)).json()
    done = finished(story, f"/v1/onboarding/imports/{sent['id']}", who)
    assert (done["applied"], done["rejected"]) == (len(people), 0), done
    for person in people:
        person.has.add(step)
    return str(sent["id"])


def the_market_and_the_one_stop_shop_work(story: Story) -> None:
    """A stall is paid and pays back, a second one is closed; an extract is applied for."""
    village, who, api = story.village(story.b, 1), story.officer(story.b), story.api
    owner = story.people_of(village)[0]
    stalls = []
    for number in range(2):
        body = {
            "name": f"Sạp {number} {story.run}", "category": "market_stall", "unit_code": village, "provider": "demo-bank",
            "owner": {"resident_id": owner.id},
            "settlement": {"bin": "970436", "account_no": f"98{story.run}{number}", "account_name": "NGUOI THU"},
        }  # fmt: skip
        stall = api.post("/v1/merchants", body, who=who)["id"]
        story.change(f"/v1/merchants/{stall}", story.officer(story.b, desk="second"), {"status": "active"})
        api.post(f"/v1/merchants/{stall}/qr-codes", {"kind": "static"}, who=who)
        stalls.append(stall)
    story.change(f"/v1/merchants/{stalls[1]}", who, {"status": "closed"})
    story.records.things["merchants_with_qr", village] = 1
    for number, amount in enumerate((20_000, 30_000, 50_000)):
        paid = {
            "partner_reference": f"FT{story.run}{number}", "amount": amount, "currency": "VND",
            "settled_at": datetime.now(UTC).isoformat(), "merchant_id": stalls[0],
        }  # fmt: skip
        assert api.webhook("demo-bank", "qr.payment_settled", paid).status_code == 202
    back = {
        "partner_reference": f"FT{story.run}R", "original_reference": f"FT{story.run}0", "amount": 20_000,
        "reversed_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    assert api.webhook("demo-bank", "qr.payment_reversed", back).status_code == 202
    story.records.things["cashless_payments", village] = 2
    story.records.things["cashless_amount", village] = 80_000
    applicant, resident = story.people_of(village)[1], api.resident(story.people_of(village)[1].id)
    extract = api.post("/v1/dossiers", {"procedure_code": "2.000635", "resident_id": applicant.id}, who=resident)
    fields = {name: filled(api, "2.000635", name) for name in extract["missing"]}
    if fields:
        story.change(f"/v1/dossiers/{extract['id']}", resident, {"fields": fields})
    submitted = api.post(f"/v1/dossiers/{extract['id']}/submit", who=resident)
    for name in ("dossiers_online", "dossiers_self_service"):
        story.records.things[name, submitted["unit_code"]] += 1


def filled(api: ApiClient, procedure: str, name: str) -> Any:
    """A value for a field that an applicant has to type."""
    asked = next(each for each in api.get(f"/v1/procedures/{procedure}")["fields"] if each["name"] == name)
    values = {"date": "2020-01-01", "integer": 1, "boolean": True, "text": "Xã Thử Nghiệm"}
    return asked["choices"][0]["value"] if asked["type"] == "choice" else values[asked["type"]]


def two_are_recorded_dead_who_live_and_one_dies(story: Story) -> None:
    """A dossier about the wrong person is taken back by a colleague, a slip of the pen by its author; one death is true."""
    village, who, api = story.village(story.a, 1), story.officer(story.a), story.api
    child, wrong, slip, dead = story.people_of(village)[:4]
    body = {"procedure_code": "1.000656", "resident_id": child.id, "subject_id": wrong.id}
    dossier = api.post("/v1/dossiers", body, who=who, purpose="dossier")
    path = f"/v1/dossiers/{dossier['id']}"
    died = {"relation": "child", "died_on": str(today() - timedelta(9)), "died_at_place": "Tại nhà"}
    typed = {name: filled(api, "1.000656", name) for name in dossier["missing"]} | died
    story.change(path, who, {"fields": typed}, purpose="dossier")
    success(api.request("POST", f"{path}/attachments", files={"file": ("a.pdf", PDF)}, who=who))
    submitted = api.post(f"{path}/submit", who=who)
    story.records.things["dossiers_online", submitted["unit_code"]] += submitted["channel"] == 2
    for action in ("accept", "approve"):
        api.post(f"{path}/actions", {"action": action}, who=who)
    assert eventually(lambda: status_of(story, wrong, who) == "deceased")
    back = {"action": "revert", "note": "Nhầm người trùng tên"}
    api.post(f"{path}/actions", back, who=story.officer(story.a, desk="second"))
    for person in (slip, dead):
        story.change(f"/v1/residents/{person.id}", who, {"deceased_on": str(today()), "reason": "giấy báo tử"})
    story.change(f"/v1/residents/{slip.id}", who, {"deceased_on": None, "reason": "ghi nhầm dòng"})
    dead.is_alive = False
    assert eventually(lambda: status_of(story, wrong, who) == status_of(story, slip, who) == "alive")


def status_of(story: Story, person: Person, who: dict[str, str]) -> str:
    return str(story.api.get(f"/v1/residents/{person.id}", who=who, purpose="dossier")["status"])


def a_decree_of_others_is_imported_and_taken_back(story: Story) -> None:
    """A and its neighbour C are merged for another pair of communes; then everything stands as before."""
    mistaken = f"Y{story.run}D"
    table = workbook(UNITS, [mistaken, f"Nhầm {story.run}", "Xã", "Xã", "38", viet(today()), ""])
    rows = [f"{today()},{mistaken},{old},whole" for old in (story.a, story.c)]
    successions = "\n".join(["effective_on,successor_code,code,kind", *rows]).encode()
    files = {"file": ("don-vi.xlsx", table, XLSX), "successions": ("ke-thua.csv", successions)}
    made = success(story.api.request("POST", "/v1/unit-imports", files=files, who=story.api.operator())).json()
    villages = [story.village(commune, number) for commune in (story.a, story.c) for number in (1, 2)]
    assert eventually(lambda: all(is_known_everywhere(story, mistaken, village) for village in villages), 30)
    undone = story.api.post(f"/v1/unit-imports/{made['id']}/undo", who=story.api.operator())
    assert (undone["status"], undone["kept"]) == ("undone", 0)
    assert eventually(lambda: all(is_known_everywhere(story, *pair) for pair in story.units_at_first()), 30)


def the_communes_merge(story: Story) -> None:
    """From today on A and B are a new commune, which bears the code of A; villages keep their codes."""
    table = workbook(UNITS, [story.a, f"Sáp Nhập {story.run}", "Xã", "Xã", "38", viet(today()), ""])
    rows = [f"{today()},{story.a},{old},whole" for old in (story.a, story.b)]
    successions = "\n".join(["effective_on,successor_code,code,kind", *rows]).encode()
    files = {"file": ("don-vi.xlsx", table, XLSX), "successions": ("ke-thua.csv", successions)}
    success(story.api.request("POST", "/v1/unit-imports", files=files, who=story.api.operator()))
    for name, unit in list(story.records.things):
        if unit == story.b:
            story.records.things[name, story.a] += story.records.things.pop((name, unit))
    taken_over = [story.village(story.b, number) for number in (1, 2)]
    assert eventually(lambda: all(is_known_everywhere(story, story.a, village) for village in taken_over), 30)


def people_move_in_and_out(story: Story) -> None:
    """One moves in, one out, one move is refused, one is reversed."""
    new, neighbour = story.officer(story.a), story.officer(story.c)
    here, there = story.village(story.b, 2), story.village(story.c, 1)
    incoming, refused = story.people_of(there)[:2]
    outgoing, returned = story.people_of(here)[:2]
    for person, to, asks, decides, accept in (
        (incoming, here, new, neighbour, True), (refused, here, new, neighbour, False),
        (outgoing, there, neighbour, new, True), (returned, there, neighbour, new, True),
    ):  # fmt: skip
        body = {
            "personal_id": person.personal_id, "full_name": "Người Thử Năm", "date_of_birth": "1970-03-05",
            "to_unit_code": to, "moved_on": str(today()), "reason": "chuyển hộ khẩu",
        }  # fmt: skip
        move = story.api.post("/v1/moves", body, who=asks)["id"]
        decision = {"accept": accept, "reason": "đã đối chiếu"}
        story.api.post(f"/v1/moves/{move}/decision", decision, who=decides)
        if person is returned:
            story.api.post(f"/v1/moves/{move}/reversal", {"reason": "nhầm người"}, who=decides)
        elif accept:
            person.village = to


def the_new_commune_begins_again(story: Story) -> None:
    """The campaign of A ends with its commune; the new one ranks all four villages."""
    who, api = story.officer(story.a), story.api
    found = api.list_all("/v1/campaigns", who=who)
    [old] = [each for each in found if each["status"] != "cancelled"]
    story.change(f"/v1/campaigns/{old['id']}", who, {"status": "cancelled"})
    targets = [{"indicator": "vneid", "percent": 50}]
    body = {"template": "commune", "unit_code": story.a, "title": "3 KHÔNG (xã mới)", "targets": targets}
    made = api.post("/v1/campaigns", body | {"starts_on": str(today())}, who=who)["id"]
    ranked = api.get(f"/v1/campaigns/{made}/ranking", who=who)["items"]
    assert {each["unit_code"] for each in ranked} == {story.village(c, n) for c in (story.a, story.b) for n in (1, 2)}


Counts = Counter[tuple[str, str]]


def assert_every_service_counts_the_records(story: Story) -> None:
    """Each service's own lists first, then the report, then what the services counted beside what the report counts."""
    for look in (by_registry, by_onboarding, by_payments, by_casework, by_reporting):
        names, _ = look(story)
        wanted = {key: count for key, count in story.records.counts().items() if key[0] in names}
        eventually(lambda look=look, wanted=wanted: look(story)[1] == wanted, 20)  # type: ignore[misc]
        assert dict(look(story)[1]) == wanted, look.__name__
    eventually(lambda: not differences(story), 60)
    assert differences(story) == []


def by_registry(story: Story) -> tuple[set[str], Counts]:
    found: Counts = Counter()
    for commune in (story.a, story.c):
        listed = story.api.list_all(
            "/v1/residents", params={"unit_code": commune}, who=story.officer(commune), purpose="support"
        )
        found.update(("residents", each["unit_code"]) for each in listed if each["status"] == "alive")
    return {"residents"}, found


def by_onboarding(story: Story) -> tuple[set[str], Counts]:
    steps, found = {"vneid", "province_app", "payment_account"}, Counter[tuple[str, str]]()
    for unit, who in story.units():
        for step in story.api.get("/v1/onboarding/summary", params={"unit_code": unit}, who=who)["steps"]:
            if step["step"] in steps and step["completed"] and "-" in unit:
                found[step["step"], unit] = step["completed"]
    who = story.officer(story.a)
    held = story.api.list_all("/v1/sessions", params={"unit_code": story.a})
    found.update(("sessions_held", each["unit_code"]) for each in held if not each["is_cancelled"])
    for campaign in story.api.list_all("/v1/campaigns", who=who):
        path = f"/v1/campaigns/{campaign['id']}"
        news = story.api.list_all(f"{path}/communications", who=who)
        found.update(("communications_published", each["unit_code"]) for each in news)
        signatures = story.api.list_all(f"{path}/official-signatures", who=who)
        found.update(("officials_with_signature", each["unit_code"]) for each in signatures)
    return steps | {"sessions_held", "communications_published", "officials_with_signature"}, found


def by_payments(story: Story) -> tuple[set[str], Counts]:
    who, found = story.officer(story.a), Counter[tuple[str, str]]()
    for stall in story.api.list_all("/v1/merchants", params={"unit_code": story.a}, who=who):
        if stall["status"] == "active" and stall["has_qr"]:
            found["merchants_with_qr", stall["unit_code"]] += 1
        paid = story.api.list_all("/v1/payments", params={"merchant_id": stall["id"]}, who=who, purpose="payment")
        for each in paid:
            if each["status"] == "settled":
                found["cashless_payments", stall["unit_code"]] += 1
                found["cashless_amount", stall["unit_code"]] += each["amount"]
    return {"merchants_with_qr", "cashless_payments", "cashless_amount"}, found


def by_casework(story: Story) -> tuple[set[str], Counts]:
    who, found = story.officer(story.a), Counter[tuple[str, str]]()
    listed = story.api.list_all("/v1/dossiers", params={"unit_code": story.a}, who=who, purpose="dossier")
    found["dossiers_online", story.a] = sum(each["channel"] == 2 for each in listed if each["submitted_at"])
    found["procedures_chosen", story.a] = len(story.api.get(f"/v1/units/{story.a}/procedures")["codes"])
    return {name for name, _ in found}, found


def by_reporting(story: Story) -> tuple[set[str], Counts]:
    names, found = {name for name, _ in story.records.counts()}, Counter[tuple[str, str]]()
    for unit, who in story.units():
        report = story.api.get("/v1/reports/progress", params={"unit_code": unit}, who=who)
        own = report if "-" in unit else next((each for each in report["children"] if each["unit_code"] == unit), {})
        for each in own.get("indicators", []):
            if each["code"] in names and each["numerator"]:
                found[each["code"], unit] = each["numerator"]
    return names, found


def differences(story: Story) -> list[dict[str, Any]]:
    """Where the counts that the services announced differ from those of the report."""
    compared = [
        each for commune in (story.a, story.c)
        for each in story.api.get("/v1/reports/reconciliation", who=story.officer(commune))["items"]
    ]  # fmt: skip
    return [each for each in compared if each["differs"]]
