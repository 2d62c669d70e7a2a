import httpx
import pytest

from deploy.demo.people import people
from deploy.demo.sources.app import create_app
from registry.sources import LINKED


@pytest.mark.parametrize("name", sorted(LINKED))
async def test_every_database_answers_in_the_dialect_that_the_registry_reads(name: str) -> None:
    person = next(p for p in people() if p.cells["Mã số BHXH"])
    transport = httpx.ASGITransport(create_app())

    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        for written in (name, name.replace("_", "-")):
            known = await client.post(f"/{written}/query", json={"personal_id": person.personal_id})
            unknown = await client.post(f"/{written}/query", json={"personal_id": "0" * 12})
            assert LINKED[name].read(unknown.content).values == {}
            if name != "civil_status":
                assert LINKED[name].read(known.content).values


async def test_every_switch_is_there_and_wrong_ones_are_refused() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url="http://sandbox") as client:
        assert (await client.put("/population/switch", json={"mode": "down"})).status_code == 200
        assert (await client.post("/population/query", json={"personal_id": "1"})).status_code == 503
        assert (await client.put("/population/switch", json={"mode": "sideways"})).status_code == 404
        assert (await client.put("/elsewhere/switch", json={"mode": "ok"})).status_code == 404
