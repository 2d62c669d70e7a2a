"""Phone numbers that volunteers and officers bring from the village."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from chassis.clock import now
from chassis.security.encryption import CipherContext, encrypt
from contracts.onboarding import ResidentFactObserved
from services.registry.tests.conftest import PURPOSE, a_resident

SEEN = CipherContext("onboarding", "fact_observed", "phone")
Deliver = Callable[..., Any]
Calling = Callable[..., Any]


def seen(resident: dict[str, Any], phone: str, observer: str) -> ResidentFactObserved:
    return ResidentFactObserved(
        resident_id=resident["id"], unit_id=resident["id"], unit_code="15727-01", at=now(), name="phone",
        sealed=base64.b64encode(encrypt(SEEN, resident["id"], phone)).decode(), owner_verified=True, observer=observer,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("observer", "phone", "kept", "proposals"),
    [("volunteer", "0987654321", "0912345678", 1), ("volunteer", "không có", "0912345678", 0),
     ("officer", "0987654321", "0987654321", 0)],
)  # fmt: skip
async def test_a_volunteers_number_beside_a_verified_one_is_a_request_on_which_an_officer_decides(
    deliver: Deliver, calling: Calling, observer: str, phone: str, kept: str, proposals: int
) -> None:
    officer = calling("officer", unit_code="15724")
    body = a_resident(unit_code="15727-01", phone="0912345678", phone_owner_verified=True)
    made = await officer.post("/v1/residents", json=body)
    assert made.status_code == 201, made.text

    await deliver(seen(made.json(), phone, observer))

    path = f"/v1/residents/{made.json()['id']}"
    shown = (
        await officer.post(f"{path}/reveal", json={"fields": ["phone"], "reason": "Kiểm tra"}, headers=PURPOSE)
    ).json()
    assert shown["fields"]["phone"].replace("+84", "0") == kept
    listed = (await officer.get(f"{path}/corrections", headers=PURPOSE)).json()["items"]
    assert [each["field"] if "field" in each else each["name"] for each in listed] == ["phone"] * proposals
