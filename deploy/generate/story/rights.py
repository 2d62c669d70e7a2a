"""Who acts for whom, notifications and devices, links of the sign-in, the registers of the data's protection."""

from __future__ import annotations

import random

from deploy.generate.story.family import a_person
from deploy.generate.story.teller import COMMUNE, VILLAGE, Teller


def the_mother_acts_for_the_father(tell: Teller) -> None:
    """He names her; she sees it and may act for him."""
    own, path = tell.resident(), f"/v1/residents/{tell.known['resident_id']}/representatives"
    body = {"representative_id": tell.known["mother"], "scope": ["dossiers", "payments"], "until": "2027-06-30"}
    made = tell.must("POST", path, who=own, json=body)
    tell.ask("GET", f"{path}/{made['id']}", who=own)
    tell.ask("GET", "/v1/me/representations", who=tell.resident("mother"))


def the_father_is_told(tell: Teller) -> None:
    """His phone, his choice of channels, and a message that he reads."""
    own = tell.resident()
    device = {"platform": "android", "token": "fMEQ-mau-khong-co-that"}
    tell.ask("PUT", "/v1/me/devices/may-cua-anh-mau", who=own, json=device)
    wanted = {"items": [{"kind": "result_ready", "app": True, "push": True, "sms": True}],
              "quiet_hours": {"starts_hour": 21, "ends_hour": 7}}  # fmt: skip
    tell.ask("PUT", "/v1/me/notification-preferences", who=own, json=wanted)


def the_father_reads_his_messages(tell: Teller) -> None:
    """After his dossier was accepted there is a message."""
    own = tell.resident()
    listed = tell.ask_when("/v1/notifications", lambda answer: answer["items"], who=own)
    path = f"/v1/notifications/{listed['items'][0]['id']}"
    tell.ask("GET", path, who=own)
    tell.ask("POST", f"{path}/read", who=own)
    tell.ask("POST", "/v1/notifications/read-all", who=own)


def somebody_new_proposes_to_be_registered(tell: Teller) -> None:
    """Signed in by the provider and unknown here: a proposal, and the decision of an officer."""
    person = a_person("Phạm Thị Mới", "1990-02-14", "female")
    claims = {name: person[name] for name in ("personal_id", "full_name", "date_of_birth")}
    own, officer = tell.sign_in(role="resident", **claims), tell.officer()
    body = {"unit_code": VILLAGE, "address_line": "Số 7, Thôn 1", "phone": "0912345603"}
    proposed = tell.must("POST", "/v1/registrations", who=own, json=body)
    listed = tell.must("GET", "/v1/registrations", who=officer, purpose="support", params={"status": "proposed"})
    path = f"/v1/registrations/{listed['items'][0]['id']}"
    accepted = {"decision": "accept", "note": "Đã đối chiếu thẻ căn cước."}
    tell.ask("POST", f"{path}/decision", who=officer, purpose="support", json=accepted)
    tell.ask("GET", path, who=own)
    tell.known["newcomer"] = proposed["id"]


def a_link_of_the_sign_in_is_ended_and_reopened(tell: Teller) -> None:
    """The new resident signs in; the link is ended by mistake and opened again."""
    person = a_person("Trần Văn Nối", "1985-09-09", "male")
    officer = tell.officer()
    resident = tell.must("POST", "/v1/residents", who=officer, json=person)
    claims = {name: person[name] for name in ("personal_id", "full_name", "date_of_birth")}
    tell.must("GET", "/v1/me", who=tell.sign_in(role="resident", **claims))
    path = f"/v1/residents/{resident['id']}/links"
    link = tell.must("GET", path, who=officer, purpose="support")["items"][0]
    tell.ask("DELETE", f"{path}/{link['id']}", who=officer, params={"reason": "Mất điện thoại."})
    tell.ask("POST", f"{path}/{link['id']}/reopen", who=officer, json={"reason": "Đã tìm thấy điện thoại."})


def two_records_of_one_person_are_merged(tell: Teller) -> None:
    """The second record has a mistyped number; the merge is taken back, as an example of both."""
    officer = tell.officer()
    person = a_person("Hoàng Văn Trùng", "1969-01-30", "male")
    mistyped = person | {"personal_id": f"{person['personal_id'][:6]}{random.randrange(10**6):06d}"}
    kept, second = (tell.must("POST", "/v1/residents", who=officer, json=one)["id"] for one in (person, mistyped))
    path = f"/v1/residents/{kept}/merge"
    tell.ask("POST", path, who=officer, purpose="correction", json={"duplicate_id": second})
    tell.ask("DELETE", path, who=officer, purpose="correction")


def the_registers_of_protection_are_kept(tell: Teller) -> None:
    """A breach with its notification; who read what; a refresh of a whole village."""
    officer, operator = tell.officer(), tell.sign_in(role="operator")
    breach = {
        "detected_at": "2026-11-20T09:00:00+07:00", "kinds": ["phone", "full_name"], "residents": 12, "may_harm": True,
        "account": "Một danh sách được gửi nhầm địa chỉ; đã thu hồi trong ngày.",
    }  # fmt: skip
    made = tell.must("POST", "/v1/data-breaches", who=officer, json=breach)
    path = f"/v1/data-breaches/{made['id']}"
    told = {"notified_at": "2026-11-21T16:00:00+07:00", "reference": "A05-128"}
    tell.ask("POST", f"{path}/notification", who=operator, json=told)
    tell.ask("GET", path, who=operator)
    log = tell.must("GET", f"/v1/residents/{tell.known['resident_id']}/access-log", who=tell.resident())
    auditor, actor = tell.sign_in(role="auditor", unit_code=COMMUNE), log["items"][0]["actor"]
    tell.ask("GET", "/v1/access-log", who=auditor, params={"actor": actor, "limit": "2"})
    refresh = tell.must("POST", "/v1/refreshes", who=officer, json={"unit_code": VILLAGE, "sources": ["population"]})
    tell.ask("GET", f"/v1/refreshes/{refresh['id']}", who=officer)


CHAPTERS = (
    the_mother_acts_for_the_father,
    the_father_is_told,
    somebody_new_proposes_to_be_registered,
    a_link_of_the_sign_in_is_ended_and_reopened,
    two_records_of_one_person_are_merged,
    the_registers_of_protection_are_kept,
)
