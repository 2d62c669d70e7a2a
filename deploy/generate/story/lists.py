"""Lists of the commune and of partners: tried without effect, taken in, with their remarks, and taken back."""

from __future__ import annotations

import random
from typing import Any

from deploy.generate.story.family import a_person
from deploy.generate.story.teller import COMMUNE, VILLAGE, StepRefused, Teller, Who

PEOPLE = "Số ĐDCN,Họ và tên,Ngày sinh,Giới tính,Thôn/TDP,SĐT,Chính chủ,Smartphone,Màu áo\n"
STALLS = "Tên sạp,MST,Ngân hàng,Số tài khoản,Chủ tài khoản,Quầy,Màu biển\n"
BILLS = "Mã khách hàng;Kỳ hóa đơn;Số tiền;Hạn thanh toán;Màu giấy\n"
STEPS = "Số CCCD,Mức độ,Màu áo\n"
OVER = ("completed", "failed", "finished", "done")


def taken_in_and_back(tell: Teller, path: str, file: str, form: dict[str, str], who: Who) -> None:
    """One list: a dry run, the import, what it refused and remarked, its undo."""
    sent: dict[str, Any] = {
        "data": form,
        "files": {"file": ("danh-sach.csv", file.encode(), "text/csv")},
        "who": who,
        "purpose": "support",
    }
    tell.ask("POST", path, params={"dry_run": "true"}, **sent)
    made = tell.must("POST", path, **sent)
    one = f"{path}/{made['id']}"
    tell.ask_when(one, lambda answer: answer.get("status", "completed") in OVER, who=who, purpose="support")
    for part in ("rejections", "warnings"):
        tell.ask("GET", f"{one}/{part}", who=who, purpose="support")
    tell.must("POST", f"{one}/undo", who=who)
    tell.ask_when(f"{one}/undo", lambda answer: answer["status"] == "undone", who=who, purpose="support")


def residents_of_a_village(tell: Teller) -> None:
    """Two villagers and a row with a wrong number."""
    rows = [
        f"{one['personal_id']},{one['full_name']},10/03/1988,Nam,{VILLAGE},,,có,xanh\n"
        for one in (a_person(f"Vũ Văn {name}", "1988-03-10", "male") for name in ("Một", "Hai"))
    ]
    wrong = f"12345,Vũ Văn Ba,10/03/1988,Nam,{VILLAGE},,,có,đỏ\n"
    file = PEOPLE + "".join([*rows, wrong])
    taken_in_and_back(tell, "/v1/resident-imports", file, {"unit_code": COMMUNE}, tell.officer())


def stalls_of_a_market(tell: Teller) -> None:
    """Two stalls and a row without a name."""
    number = f"{random.randrange(10**6):06d}"
    file = (
        f"{STALLS}Sạp rau Chị Mẫu,038180{number},NN&PTNT,35002{number}1,NGUYEN THI MAU,12,xanh\n"
        f"Sạp cá Anh Mẫu,038080{number},Vietcombank,35002{number}2,LE VAN MAU,13,đỏ\n,12,,,,,\n"
    )
    form = {"unit_code": COMMUNE, "market": "Chợ Đồng Tiến", "provider": "demo-bank"}
    taken_in_and_back(tell, "/v1/merchant-imports", file, form, tell.officer())


def bills_of_a_month(tell: Teller) -> None:
    """Two bills and a row without an amount."""
    if "electricity" not in tell.known:
        raise StepRefused("there is no point of an electricity company")
    serial = f"{random.randrange(10**5):05d}"
    file = BILLS + "".join(
        f"PA25TS{serial}{number};12/2026;{amount};15/01/2027;trắng\n"
        for number, amount in enumerate(("185.000", "85.000", ""))
    )
    form = {"merchant_id": tell.known["electricity"]}
    taken_in_and_back(tell, "/v1/bill-imports", file, form, tell.officer())


def steps_that_the_police_recorded(tell: Teller) -> None:
    """VNeID of three villagers; one number is wrong."""
    officer = tell.officer(body="police")
    people = [a_person(f"Đỗ Thị {name}", "1991-05-06", "female") for name in ("Một", "Hai")]
    for one in people:
        tell.must("POST", "/v1/residents", who=officer, json=one)
    file = STEPS + "".join(f"{one['personal_id']},2,\n" for one in people) + "12345,2,xanh\n"
    form = {"step": "vneid", "unit_code": COMMUNE, "source_body": "police"}
    taken_in_and_back(tell, "/v1/onboarding/imports", file, form, officer)


CHAPTERS = (residents_of_a_village, stalls_of_a_market, bills_of_a_month, steps_that_the_police_recorded)
