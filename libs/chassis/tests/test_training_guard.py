"""What a training account sends names nothing real; other accounts are not checked."""

import pytest

from chassis.testing import unit_event

TRAINING = ("tap-huan-c", "tap-huan-c-01")


@pytest.fixture
async def trainee(calling, deliver):
    await deliver(unit_event("15724", parents=("38",)), unit_event("tap-huan-c", parents=()))
    return calling("officer", unit_code="tap-huan-c", training_units=TRAINING)


@pytest.mark.parametrize(
    "real",
    [
        {"unit_code": "15724"},
        {"from_unit_code": "15724"},
        {"items": [{"owner": {"personal_id": "038085000001"}}]},
        {"phone": "0912000001"},
        {"tax_code": 2800000001},
        {"members": [{"account": "a-real-volunteer"}]},
    ],
)
async def test_a_training_account_names_no_real_unit_number_or_account(trainee, real):
    refused = await trainee.post("/v1/notes", json={"unit_code": "tap-huan-c", "text": "thử", **real})

    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/only-for-practice")


async def test_a_training_account_works_with_made_up_data(trainee):
    made_up = {"unit_code": "tap-huan-c", "text": "thử", "personal_id": "000085000001", "account": "tap-huan-4c1d"}

    assert (await trainee.post("/v1/notes", json=made_up)).status_code == 201


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "text/plain", ""])
async def test_no_name_of_a_type_hides_a_body(trainee, kind):
    body = b'{"unit_code": "15724", "text": "x"}'

    refused = await trainee.post("/v1/notes", content=body, headers={"Content-Type": kind})

    assert refused.json()["type"] == "/problems/only-for-practice"


async def test_it_sends_no_list_as_a_file(trainee):
    refused = await trainee.post("/v1/notes", files={"file": ("ds.csv", b"a,b")})

    assert refused.json()["type"] == "/problems/only-for-practice"


async def test_every_other_caller_names_what_is_theirs(calling, trainee):
    officer = calling("officer", unit_code="15724")

    note = {"unit_code": "15724", "text": "thật", "personal_id": "038085000001"}

    assert (await officer.post("/v1/notes", json=note)).status_code == 201
