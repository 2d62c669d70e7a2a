"""Pages for people and the files that they load: from here, unchanged, under a policy."""

import gzip
import hashlib

import httpx
import pytest

from gateway.api_docs.readers import ASSETS, asset, html_page, sign_in_page, vendored

HTML = {"accept": "text/html"}


@pytest.mark.parametrize("path", ["/", "/docs", "/asyncapi"])
async def test_a_page_loads_only_files_of_ours(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path, headers=HTML)
    policy = page.headers["content-security-policy"]

    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "default-src 'none'" in policy
    assert "script-src 'unsafe-inline'" not in policy
    for part in page.text.split('"'):
        if part.startswith("/docs/assets/"):
            assert (await client.get(part)).status_code == 200, part


async def test_the_start_page_is_for_people(client: httpx.AsyncClient) -> None:
    assert (await client.get("/", headers={"accept": "application/json"})).status_code == 404
    assert "Không tiền mặt" in (await client.get("/", headers=HTML)).text


async def test_the_sign_in_of_the_dashboard_explains_how_to_sign_in_where_no_provider_is_set(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/dashboard/sign-in?next=/dashboard/units/15724", headers=HTML)
    posted = await client.post("/dashboard/sign-in")

    assert page.status_code == 200
    assert "POST /dev/token" in page.text
    assert 'href="/dev/identity"' in page.text
    assert "chưa được nối" not in page.text
    assert posted.status_code == 405
    assert (await client.get("/dashboard/callback")).status_code == 404


def test_in_production_the_sign_in_page_names_what_the_operator_sets_and_no_played_caller() -> None:
    page = sign_in_page(is_development=False)

    assert "OIDC_ISSUER" in page
    assert "/dev/" not in page


async def test_a_file_is_sent_compressed_to_who_takes_that_and_not_again(client: httpx.AsyncClient) -> None:
    plain = await client.get("/docs/assets/scalar.js", headers={"accept-encoding": "identity"})
    packed = await client.get("/docs/assets/scalar.js", headers={"accept-encoding": "gzip"})
    again = await client.get("/docs/assets/scalar.js", headers={"if-none-match": plain.headers["etag"]})

    assert plain.headers["content-type"].startswith("text/javascript")
    assert (packed.headers["content-encoding"], packed.content == plain.content) == ("gzip", True)
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert again.status_code == 304
    for missing in ("/docs/assets/vendored.json", "/docs/assets/nothing.js", "/docs/assets/docs.html"):
        assert (await client.get(missing)).status_code == 404


def test_what_others_built_is_as_they_published_it() -> None:
    for name, origin in vendored().items():
        found = asset(name)
        assert found is not None
        assert hashlib.sha256(found.content).hexdigest() == origin["sha256"], name
        assert found.content == gzip.decompress((ASSETS / f"{name}.gz").read_bytes())


def test_only_development_gives_tokens() -> None:
    assert '<form id="sign-in" hidden>' in html_page("/docs", is_development=False)[0]
    assert '<form id="sign-in">' in html_page("/docs", is_development=True)[0]


async def test_both_variants_of_the_document_and_the_events_are_served(client: httpx.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json()["openapi"] == "3.1.0"
    assert (await client.get("/openapi-3.0.json")).json()["openapi"] == "3.0.3"
    assert (await client.get("/asyncapi.json")).json()["asyncapi"] == "3.0.0"
