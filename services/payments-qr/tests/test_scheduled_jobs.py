"""Scheduled jobs: lookup of owners, key rotation."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.ids import new_id
from chassis.security.key_rotation import rotate_keys
from chassis.settings import Settings
from chassis.storage.tables import KeyProgress
from chassis.testing import serving
from contracts.payments_qr import MerchantUpdated
from contracts.registry import OrganizationRegistered
from payments_qr.commands.owners import link_owners
from payments_qr.commands.payload_indexes import index_payloads
from payments_qr.commands.rotation import ROTATIONS
from payments_qr.model import Merchant, QrCode

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


class Registry:
    """A registry that knows one person and one organization, over real HTTP."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known
        self.requests: list[str] = []
        self.is_down = False
        self.failing: dict[str, int] = {}
        self.claimed: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await (await self.answer(Request(scope, receive)))(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        if self.is_down:
            return Response(status_code=503)
        if request.method == "GET":
            return self.organization(request.url.path.rpartition("/")[2])
        number = next(iter((await request.json()).values()))
        self.requests.append(f"{request.url.path} {number}")
        assert request.headers["X-Purpose"] == "payment"
        found = self.known.get(number)
        if number in self.failing:
            return JSONResponse({}, self.failing[number])
        answer = {"id": found, "representative_confirmed": found not in self.claimed}
        return JSONResponse(answer) if found else JSONResponse({}, 404)

    def organization(self, id: str) -> Response:
        self.requests.append(f"GET {id}")
        if id in self.failing:
            return Response(status_code=self.failing[id])
        number = next((number for number, known in self.known.items() if known == id), None)
        if number is None:
            return JSONResponse({}, 404)
        return JSONResponse({"tax_code": number, "representative_confirmed": id not in self.claimed})


@pytest.fixture
async def registry(runtime):
    registry = Registry({})
    registry.service_client = runtime.service_client
    async with serving(registry) as runtime.service_client.urls["registry"]:
        yield registry


async def test_owners_are_found_by_their_tax_codes(database, activated, registered, registry, world, owner, published):
    organization = new_id()
    registry.known = {"038180012345": str(world.resident), "2800123456": str(organization)}
    stall = await activated(owner={"tax_code": "038180012345"})
    await registered(name="Cửa hàng", owner={"tax_code": "2800123456"})
    await registered(name="Không ai biết", owner={"tax_code": "2800123457"})
    registry.is_down = True
    assert await link_owners(database, registry.service_client) == 0

    registry.is_down = False
    assert await link_owners(database, registry.service_client) == 2
    assert await link_owners(database, registry.service_client) == 0

    assert [row["id"] for row in (await owner.get("/v1/merchants")).json()["items"]] == [stall["id"]]
    assert len(registry.requests) == 3
    owners = {(event.owner_resident_id, event.owner_organization_id) for event in await published(MerchantUpdated)}
    assert owners == {(world.resident, None), (None, organization)}


async def test_a_refused_or_failing_tax_code_stops_no_other(database, registered, registry, world):
    """The number that fails is looked up first, the two after it are found all the same."""
    found = new_id()
    registry.known = {"2800123456": str(found), "2800123457": str(found)}
    registry.failing = {"2800999999": 422, "2800888888": 500}
    for number in ("2800999999", "2800888888", "2800123456", "2800123457"):
        await registered(name=f"Cửa hàng {number}", owner={"tax_code": number})

    assert await link_owners(database, registry.service_client) == 2


def registered_organization(organization, world, **changes):
    fields = {
        "organization_id": organization, "version": 1, "unit_id": world.elsewhere, "unit_code": "15061", "at": NOON,
        "kind": "enterprise", "representative_id": world.resident, "owner_has_smartphone": True,
        "representative_confirmed": True,
    }  # fmt: skip
    return OrganizationRegistered(**fields | changes)


async def test_an_organization_registered_after_its_merchant_is_linked_at_the_next_run(
    database, registered, registry, deliver, world
):
    await registered(owner={"tax_code": "2800123456"})
    assert await link_owners(database, registry.service_client) == 0
    organization, broken = new_id(), new_id()
    registry.known = {"2800123456": str(organization)}
    registry.failing = {str(broken): 500}
    await deliver(registered_organization(broken, world), registered_organization(organization, world))

    assert await link_owners(database, registry.service_client) == 1
    assert await link_owners(database, registry.service_client) == 0


async def test_a_resident_registered_after_their_merchant_is_linked_at_the_next_run(
    database, registered, registry, deliver, world, resident_event
):
    await registered(owner={"tax_code": "038180012345"})
    assert await link_owners(database, registry.service_client) == 0
    newcomer = new_id()
    registry.known = {"038180012345": str(newcomer)}
    assert await link_owners(database, registry.service_client) == 0
    await deliver(resident_event(newcomer, world.village, "15727-01"))

    assert await link_owners(database, registry.service_client) == 1


async def test_a_tax_code_claimed_by_an_unconfirmed_representative_links_nothing(
    database, activated, registry, owner, deliver, world
):
    """A stranger registers an organization with a shop's public tax code and themselves as representative."""
    organization = new_id()
    registry.known, registry.claimed = {"2800123456": str(organization)}, {str(organization)}
    await deliver(
        OrganizationRegistered(
            organization_id=organization, version=1, unit_id=world.commune, unit_code="15724", at=NOON,
            kind="enterprise", representative_id=world.resident, owner_has_smartphone=True,
        )
    )  # fmt: skip
    shop = await activated(owner={"tax_code": "2800123456"})

    assert await link_owners(database, registry.service_client) == 0

    assert (await owner.get("/v1/merchants")).json()["items"] == []
    assert (await owner.patch(f"/v1/merchants/{shop['id']}", json={"status": "closed"})).status_code == 404


async def test_a_new_key_takes_over_while_merchants_are_found_and_read(
    database, activated, officer, monkeypatch, deliver, partner_event, settled
):
    merchant = await activated()
    code = (await officer.post(f"/v1/merchants/{merchant['id']}/qr-codes", json={"kind": "static"})).json()
    old = f"dev:{base64.b64encode(b'bakhong development key, no use!').decode()}"
    new = f"new:{base64.b64encode(b'n' * 32).decode()}"
    use_keys(monkeypatch, f"{new},{old}")

    await rotate_keys(database, ROTATIONS)
    await rotate_keys(database, ROTATIONS)
    use_keys(monkeypatch, new)

    assert (await officer.get(f"/v1/qr-codes/{code['id']}")).json()["payload"] == code["payload"]
    by_account = settled(bin="970405", account_no="3500205123456")
    await deliver(partner_event("qr.payment_settled", by_account))
    listed = await officer.get("/v1/payments", params={"merchant_id": merchant["id"]}, headers={"X-Purpose": "payment"})
    assert [payment["status"] for payment in listed.json()["items"]] == ["settled"]
    async with database.reading() as session:
        row = await session.get_one(Merchant, merchant["id"])
        assert row.account_no[1:4] == b"new"
        assert (await session.get_one(KeyProgress, ("merchant", "new|new"))).finished_at is not None


async def test_a_value_that_cannot_be_decrypted_stops_no_other(database, activated, officer, monkeypatch):
    """A row whose key is gone comes first in rotation and in the index of payloads."""
    lost, kept = await activated(), await activated(name="Sạp cá", counter="2")
    codes = [
        (await officer.post(f"/v1/merchants/{one['id']}/qr-codes", json={"kind": "static"})).json()["id"]
        for one in (lost, kept)
    ]
    async with database.transaction() as session:
        (await session.get_one(Merchant, lost["id"])).account_no = b"lost"
        for number, code_id in enumerate(codes):
            code = await session.get_one(QrCode, code_id)
            code.payload, code.payload_index = (code.payload if number else b"lost"), None
    old = f"dev:{base64.b64encode(b'bakhong development key, no use!').decode()}"
    use_keys(monkeypatch, f"new:{base64.b64encode(b'n' * 32).decode()},{old}")

    await index_payloads(database)
    await rotate_keys(database, ROTATIONS)

    async with database.reading() as session:
        assert (await session.get_one(QrCode, codes[1])).payload_index is not None
        assert (await session.get_one(Merchant, kept["id"])).account_no[1:4] == b"new"
        assert (await session.get_one(Merchant, lost["id"])).account_no == b"lost"


def use_keys(monkeypatch, keys: str) -> None:
    settings = Settings(pii_keys=keys, pii_index_keys=keys)
    monkeypatch.setattr("chassis.security.encryption.get_settings", lambda: settings)
