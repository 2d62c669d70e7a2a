"""Who may act for a resident: named by the person or by an officer with a paper, ended by either, by death or by age."""

from datetime import date, timedelta
from typing import Any

import pytest

from chassis.clock import now, today
from chassis.ids import new_id
from contracts.registry import RepresentationChanged

from .conftest import PURPOSE, a_resident
from .test_organizations import a_shop

NEXT_YEAR = (today() + timedelta(days=365)).isoformat()
Family = tuple[dict[str, Any], dict[str, Any]]


@pytest.fixture
async def family(register: Any) -> Family:
    """A grandmother and her grandson."""
    return await register(a_resident(1, full_name="Lê Thị Bà")), await register(a_resident(2, full_name="Lê Văn Cháu"))


def named(representative: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"representative_id": representative["id"], "scope": ["dossiers"], "until": NEXT_YEAR} | changes


async def test_a_resident_names_sees_and_ends_a_representative(calling: Any, family: Family, published: Any) -> None:
    grandmother, grandson = family
    own, other = calling("resident", resident_id=grandmother["id"]), calling("resident", resident_id=grandson["id"])
    path = f"/v1/residents/{grandmother['id']}/representatives"

    made = await own.post(path, json=named(grandson, scope=["payments", "dossiers"]))
    assert made.status_code == 201, made.text
    assert made.json()["representative_name"] == "Lê Văn Cháu"
    [mine] = (await other.get("/v1/me/representations")).json()["items"]
    assert (mine["acting_for"], mine["name"], mine["scope"]) == (
        grandmother["id"],
        "Lê Thị Bà",
        ["dossiers", "payments"],
    )
    [listed] = (await own.get(path)).json()["items"]
    assert (await own.get(made.headers["location"])).json() == listed == made.json()

    assert (await own.delete(f"{path}/{listed['id']}")).status_code == 204
    assert (await other.get("/v1/me/representations")).json()["items"] == []
    assert (await own.get(path)).json()["items"][0]["status"] == "ended"
    assert [event.active for event in await published(RepresentationChanged)] == [True, False]


async def test_the_representative_may_end_it_too_and_a_stranger_may_not(
    calling: Any, family: Family, register: Any
) -> None:
    grandmother, grandson = family
    path = f"/v1/residents/{grandmother['id']}/representatives"
    made = (await calling("resident", resident_id=grandmother["id"]).post(path, json=named(grandson))).json()
    stranger = await register(a_resident(3))

    assert (await calling("resident", resident_id=stranger["id"]).delete(f"{path}/{made['id']}")).status_code == 404
    assert (await calling("officer", unit_code="15061").delete(f"{path}/{made['id']}")).status_code == 404
    assert (await calling("resident", resident_id=grandson["id"]).delete(f"{path}/{made['id']}")).status_code == 204


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"until": "2020-01-01"}, "in-the-past"),
        ({"until": "2099-01-01"}, "too-long"),
        ({"basis": "guardian"}, "officer-only"),
        ({"basis": "paper"}, "officer-only"),
        ({"representative_id": str(new_id())}, "unknown-resident"),
        ({"scope": []}, "too_short"),
        ({"scope": ["everything"]}, "literal_error"),
    ],
)
async def test_what_cannot_be_is_refused(calling: Any, family: Family, changes: dict[str, Any], code: str) -> None:
    grandmother, grandson = family
    own = calling("resident", resident_id=grandmother["id"])

    answer = await own.post(f"/v1/residents/{grandmother['id']}/representatives", json=named(grandson, **changes))

    assert answer.status_code == 422
    if code[0].islower() and "_" not in code:
        assert [error["code"] for error in answer.json()["errors"]] == [code]


async def test_children_and_oneself_are_no_representatives(calling: Any, family: Family, register: Any) -> None:
    grandmother, _ = family
    child = await register(a_resident(3, date_of_birth=(today() - timedelta(days=3000)).isoformat()))
    own, path = calling("resident", resident_id=grandmother["id"]), f"/v1/residents/{grandmother['id']}/representatives"

    codes = [(await own.post(path, json=named(who))).json()["errors"][0]["code"] for who in (child, grandmother)]

    assert codes == ["under-age", "cannot-represent"]


async def test_a_guardian_acts_until_the_day_before_the_child_is_of_age(
    calling: Any, family: Family, register: Any
) -> None:
    _, father = family
    born = date(today().year - 10, 3, 1)
    child = await register(a_resident(3, date_of_birth=born.isoformat(), full_name="Lê Văn Con"))
    officer, path = calling("officer", unit_code="15724"), f"/v1/residents/{child['id']}/representatives"

    made = await officer.post(
        path, json=named(father, basis="guardian", until="2090-01-01", paper="Giấy khai sinh 12/2015")
    )

    assert made.status_code == 201, made.text
    assert made.json()["until"] == (date(born.year + 18, 3, 1) - timedelta(days=1)).isoformat()
    adult = await officer.post(
        f"/v1/residents/{father['id']}/representatives", json=named(child | {"id": family[0]["id"]}, basis="guardian")
    )
    assert adult.json()["errors"][0]["code"] == "of-age"


@pytest.mark.parametrize("who", [0, 1])
async def test_a_death_on_either_side_ends_it_and_its_correction_restores_it(
    calling: Any, family: Family, published: Any, who: int
) -> None:
    grandmother, grandson = family
    await calling("resident", resident_id=grandmother["id"]).post(
        f"/v1/residents/{grandmother['id']}/representatives", json=named(grandson)
    )
    officer = calling("officer", unit_code="15724")
    for deceased_on in ("2026-01-02", None):
        await officer.patch(f"/v1/residents/{family[who]['id']}", json={"deceased_on": deceased_on})

    assert [event.active for event in await published(RepresentationChanged)] == [True, False, True]


async def test_a_merged_representative_acts_as_the_survivor(
    calling: Any, family: Family, register: Any, published: Any
) -> None:
    grandmother, grandson = family
    survivor = await register(a_resident(3))
    await calling("resident", resident_id=grandmother["id"]).post(
        f"/v1/residents/{grandmother['id']}/representatives", json=named(grandson)
    )
    await calling("officer", unit_code="15724").post(
        f"/v1/residents/{survivor['id']}/merge", json={"duplicate_id": grandson["id"]}
    )

    assert str((await published(RepresentationChanged))[-1].representative_id) == survivor["id"]
    [mine] = (await calling("resident", resident_id=survivor["id"]).get("/v1/me/representations")).json()["items"]
    assert mine["acting_for"] == grandmother["id"]


async def test_the_person_acted_for_sees_who_acted_by_which_right(calling: Any, family: Family) -> None:
    grandmother, grandson = family
    own = calling("resident", resident_id=grandmother["id"])
    right = (await own.post(f"/v1/residents/{grandmother['id']}/representatives", json=named(grandson))).json()
    acting = calling(
        "resident", subject=f"resident:{grandson['id']}", resident_id=grandmother["id"], acting_for=grandmother["id"],
        representative_id=grandson["id"], acting_scopes=("dossiers",), representation=right["id"], level=2,
        signed_in_at=int(now().timestamp()),
    )  # fmt: skip

    assert (await acting.get(f"/v1/residents/{grandmother['id']}")).status_code == 200
    for refused in (
        acting.post(f"/v1/residents/{grandmother['id']}/reveal", json={"fields": ["phone"], "reason": "thử"}),
        acting.get(f"/v1/residents/{grandmother['id']}/representatives"),
        acting.get("/v1/me/representations"),
    ):
        answer = await refused
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/outside-scope")

    [entry] = (await own.get(f"/v1/residents/{grandmother['id']}/access-log")).json()["items"]
    assert (entry["actor"], entry["action"], entry["fields"]) == (
        f"resident:{grandson['id']}",
        "acting",
        ["get_resident"],
    )
    assert entry["legal_basis"] == f"representation:{right['id']}"


async def test_full_values_need_level_2_and_a_recent_sign_in(calling: Any, family: Family) -> None:
    grandmother, grandson = family
    path, body = f"/v1/residents/{grandmother['id']}/reveal", {"fields": ["phone"], "reason": "xem số của tôi"}
    moment = int(now().timestamp())
    low = calling("resident", resident_id=grandmother["id"], level=1, signed_in_at=moment, step_up="urn:vneid:2")
    old = calling("resident", resident_id=grandmother["id"], level=2, signed_in_at=moment - 1000)
    high = calling("resident", resident_id=grandmother["id"], level=2, signed_in_at=moment)

    refused, stale = await low.post(path, json=body), await old.post(path, json=body)

    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/insufficient-level")
    assert refused.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_user_authentication", acr_values="urn:vneid:2"'
    )
    assert 'max_age="900"' in stale.headers["WWW-Authenticate"]
    assert (await high.post(path, json=body)).json()["fields"] == {"phone": "+84900000001"}
    assert (await low.get(f"/v1/residents/{grandmother['id']}")).status_code == 200
    assert (
        await old.post(f"/v1/residents/{grandmother['id']}/representatives", json=named(grandson))
    ).status_code == 401


async def test_an_officer_reads_representatives_with_a_purpose(calling: Any, family: Family) -> None:
    grandmother, grandson = family
    path = f"/v1/residents/{grandmother['id']}/representatives"
    officer = calling("officer", unit_code="15724")
    made = await officer.post(path, json=named(grandson, basis="paper", paper="Giấy ủy quyền 3/2026"))
    assert made.status_code == 201, made.text

    assert (await officer.get(path)).status_code == 428
    assert len((await officer.get(path, headers=PURPOSE)).json()["items"]) == 1
    assert (await officer.get(f"{path}/{made.json()['id']}", headers=PURPOSE)).status_code == 200
    assert (
        await officer.request("DELETE", f"{path}/{made.json()['id']}", json={"reason": "hết hạn"})
    ).status_code == 204


async def test_the_owner_of_an_organization_names_staff_and_they_act_for_it(
    calling: Any, family: Family, register: Any, published: Any
) -> None:
    owner, clerk = family
    stranger = await register(a_resident(3))
    officer = calling("officer", unit_code="15724")
    own = calling("resident", resident_id=owner["id"])
    shop = (await own.post("/v1/organizations", json=a_shop(representative={"resident_id": owner["id"]}))).json()
    path = f"/v1/organizations/{shop['id']}"
    body = {"representative_id": clerk["id"], "scope": ["payments"], "until": NEXT_YEAR}
    assert (await own.post(f"{path}/representatives", json=body)).status_code in (403, 404), "only claimed so far"
    await officer.post(f"{path}/representative/confirmation", json={"resident_id": owner["id"]})

    other = calling("resident", resident_id=stranger["id"])
    assert (await other.post(f"{path}/representatives", json=body)).status_code == 404
    made = await own.post(f"{path}/representatives", json=body)
    assert made.status_code == 201, made.text
    [event] = await published(RepresentationChanged)
    assert (str(event.organization_id), str(event.representative_id), event.active) == (shop["id"], clerk["id"], True)
    clerks = calling("resident", resident_id=clerk["id"])
    [listed] = (await clerks.get("/v1/me/representations")).json()["items"]
    assert (listed["kind"], listed["acting_for"], listed["basis"]) == ("organization", shop["id"], "consent")
    [owned] = (await own.get("/v1/me/representations")).json()["items"]
    assert (owned["acting_for"], owned["basis"]) == (shop["id"], "owner")
    assert len((await own.get(f"{path}/representatives")).json()["items"]) == 1
    assert (await officer.get(f"{path}/representatives")).status_code == 428
    assert (await officer.get(f"{path}/representatives", headers=PURPOSE)).status_code == 200

    assert (await other.delete(f"{path}/representatives/{made.json()['id']}")).status_code == 404
    assert (await own.delete(f"{path}/representatives/{made.json()['id']}")).status_code == 204
    assert (await clerks.get("/v1/me/representations")).json()["items"] == []
    assert (await published(RepresentationChanged))[-1].active is False
