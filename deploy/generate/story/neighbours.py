"""What goes on between communes: moves, messages about people whom the registry does not know, units and their choices."""

from __future__ import annotations

import random

from deploy.demo.people import demo_files
from deploy.generate.story.family import a_person
from deploy.generate.story.teller import COMMUNE, Teller

NEIGHBOUR, VILLAGE_THERE = "15061", "15061-02"
VILLAGES = demo_files() / "villages.csv"


def the_uncle_moves_and_comes_back(tell: Teller) -> None:
    """The neighbouring commune asks for him, his own decides and takes the decision back."""
    here, there = tell.officer(), tell.officer(NEIGHBOUR)
    uncle = a_person("Lê Văn Chú", "1980-11-05", "male")
    tell.must("POST", "/v1/residents", who=here, json=uncle)
    asked = {name: uncle[name] for name in ("personal_id", "full_name", "date_of_birth")}
    asked |= {"to_unit_code": VILLAGE_THERE, "moved_on": "2026-11-15", "reason": "Theo chồng về quê."}
    path = f"/v1/moves/{tell.must('POST', '/v1/moves', who=there, json=asked)['id']}"
    tell.ask("GET", path, who=here, purpose="support")
    tell.ask("POST", f"{path}/decision", who=here, json={"accept": True, "reason": "Đã đối chiếu sổ."})
    tell.ask("POST", f"{path}/reversal", who=here, json={"reason": "Nhầm người trùng tên."})


def a_bank_writes_about_somebody_unknown(tell: Teller) -> None:
    """Its message waits; an officer says whom it is about."""
    officer = tell.officer()
    stranger = {"personal_id": f"038075{random.randrange(10**6):06d}"}
    opened = {"resident": stranger, "kind": "bank", "account_ref": "acc-1", "unit_code": COMMUNE}
    tell.webhook("demo-bank", "payment_account.opened", opened)
    listed = tell.ask_when(
        "/v1/unmatched-events?unit_code=15724", lambda answer: answer["items"], who=officer, purpose="support"
    )
    path = f"/v1/unmatched-events/{listed['items'][0]['id']}"
    tell.ask("POST", f"{path}/resolve", who=officer, json={"resident_id": tell.known["resident_id"]})


def units_are_read_and_set(tell: Teller) -> None:
    """The decree once more, the services that the commune offers, the point that takes its fees."""
    operator, officer, checker = tell.sign_in(role="operator"), tell.officer(), tell.officer()
    table = {"file": (VILLAGES.name, VILLAGES.read_bytes(), "text/csv")}
    tell.ask("POST", "/v1/unit-imports", who=operator, files=table)
    village = f"15724-9{random.randrange(10)}"
    decree = f"code,valid_from,valid_to,level,kind,parent_code,name\n{village},2026-11-01,,village,village,{COMMUNE},Thôn Mẫu\n"
    new = {"file": ("thon-moi.csv", decree.encode(), "text/csv")}
    path = f"/v1/unit-imports/{tell.must('POST', '/v1/unit-imports', who=operator, files=new)['id']}"
    tell.ask("POST", f"{path}/undo", who=operator)
    path = f"/v1/units/{COMMUNE}"
    tell.ask("GET", path)
    chosen = tell.must("GET", f"{path}/procedures")
    tell.ask("PUT", f"{path}/procedures", who=officer, json={"codes": chosen["codes"]})
    named = tell.must("GET", f"{path}/fee-merchant", who=officer)["merchant_id"]
    for one in (officer, checker):
        tell.ask("PUT", f"{path}/fee-merchant", who=one, json={"merchant_id": named})


CHAPTERS = (the_uncle_moves_and_comes_back, a_bank_writes_about_somebody_unknown, units_are_read_and_set)
