from httpx import AsyncClient


async def test_the_names_and_terms_of_the_vocabularies_are_public(client: AsyncClient) -> None:
    names = (await client.get("/v1/vocabularies")).json()["items"]
    assert "bodies" in names
    for name in names:
        answer = await client.get(f"/v1/vocabularies/{name}")
        assert answer.status_code == 200
        assert all(term["code"] and term["title"] and term["title_en"] for term in answer.json()["items"])


async def test_an_unknown_vocabulary_is_not_found(client: AsyncClient) -> None:
    assert (await client.get("/v1/vocabularies/colours")).status_code == 404
