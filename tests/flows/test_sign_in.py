"""Sign-in of residents from end to end: the played provider by OpenID Connect, the registry's links, levels, representatives."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from chassis.security.played import ACR_VALUES
from deploy.demo.api_client import eventually
from deploy.demo.identity.accounts import COMMUNE, account

CLIENT, REDIRECT = "ung-dung-thu", "http://127.0.0.1:9/callback"
SECONDS_TO_END = 60


@pytest.fixture
def browser(demo_platform_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=demo_platform_url, timeout=60) as client:
        yield client


def sign_in(browser: httpx.Client, key: str, level: int = 2, **asked: str) -> dict[str, Any]:
    """The tokens of an account, by the code flow with PKCE, as an application gets them."""
    found = browser.get("/dev/identity/.well-known/openid-configuration").json()
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(12)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": REDIRECT, "scope": "openid", "state": state,
        "code_challenge": challenge, "code_challenge_method": "S256", "nonce": "n-1",
    } | asked  # fmt: skip
    page = browser.get(found["authorization_endpoint"], params=query)
    assert page.status_code == 200, page.text
    [form] = [one for one in re.findall(r"<form.*?</form>", page.text, re.S) if f'value="{key}"' in one]
    request = re.search(r'name="request" value="([^"]*)"', form)
    assert request
    chosen = {"account": key, "request": request[1].replace("&amp;", "&"), "level": str(level)}
    back = browser.post("/dev/identity/choose", data=chosen)
    given = parse_qs(urlsplit(back.headers["location"]).query)
    assert (back.status_code, given["state"]) == (303, [state])
    exchange = {
        "grant_type": "authorization_code", "code": given["code"][0], "redirect_uri": REDIRECT, "client_id": CLIENT,
        "code_verifier": verifier,
    }  # fmt: skip
    tokens = browser.post(found["token_endpoint"], data=exchange)
    assert tokens.status_code == 200, tokens.text
    again = browser.post(found["token_endpoint"], data=exchange).json()
    assert (again["error"], "code" in again["error_description"]) == ("invalid_grant", True)
    answer: dict[str, Any] = tokens.json()
    return answer


def headers_of(browser: httpx.Client, key: str, level: int = 2, **asked: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {sign_in(browser, key, level, **asked)['access_token']}"}


def me(browser: httpx.Client, headers: dict[str, str]) -> dict[str, Any]:
    answer = browser.get("/v1/me", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_resident_signs_in_reads_the_own_record_and_steps_up_for_the_full_number(browser: httpx.Client) -> None:
    who = account("citizen")
    assert who
    low = headers_of(browser, "citizen", 1)
    own = me(browser, low)
    assert (own["role"], own["level"], own["acting_for"]) == ("resident", 1, None)
    path = f"/v1/residents/{own['resident_id']}"
    assert browser.get(path, headers=low).json()["full_name"] == who.full_name

    body = {"fields": ["personal_id"], "reason": "xem số của tôi"}
    refused = browser.post(f"{path}/reveal", json=body, headers=low)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/insufficient-level")
    asked = re.search(r'acr_values="([^"]+)"', refused.headers["WWW-Authenticate"])
    assert asked
    assert asked[1].split() == ACR_VALUES[2]

    high = headers_of(browser, "citizen", 2, acr_values=asked[1])
    assert browser.post(f"{path}/reveal", json=body, headers=high).json()["fields"] == {"personal_id": who.personal_id}
    assert eventually(lambda: len(me(browser, high)["links"]) == 1, 30)
    [link] = me(browser, high)["links"]
    assert link["issuer"].endswith("/dev/identity")


@pytest.mark.parametrize("refusal", ["unknown", "mismatch", "deceased", "minor", "revoked", "conflict"])
def test_one_account_meets_each_refusal_by_both_ways(browser: httpx.Client, refusal: str) -> None:
    who = account(refusal)
    assert who
    token = browser.post("/dev/token", json={"role": "resident", **who.claims, "level": 2}).json()["access_token"]

    for headers in (headers_of(browser, refusal), {"Authorization": f"Bearer {token}"}):
        answer = browser.get("/v1/residents", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, f"/problems/identity-{refusal}")
        assert who.personal_id not in answer.text
    assert "Cần làm gì" in browser.get(f"/problems/identity-{refusal}").text


@pytest.mark.parametrize("key", ["citizen", "minor"])
def test_the_provider_answers_about_the_person_of_its_token_whom_the_platform_may_refuse(
    browser: httpx.Client, key: str
) -> None:
    who = account(key)
    assert who
    answer = browser.get("/dev/identity/userinfo", headers=headers_of(browser, key))

    assert answer.status_code == 200, answer.text
    assert (answer.json()["sub"], answer.json()["personal_id"]) == (who.subject, who.personal_id)


def test_an_id_token_is_no_access_token_and_a_wrong_verifier_gets_none(browser: httpx.Client) -> None:
    tokens = sign_in(browser, "citizen")
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (claims["aud"], claims["nonce"]) == (CLIENT, "n-1")
    answer = browser.get("/v1/me", headers={"Authorization": f"Bearer {tokens['id_token']}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [{"redirect_uri": "https://evil.example/"}, {"code_challenge_method": "plain"}, {"response_type": "token"}],
)
def test_the_provider_refuses_unsafe_requests(browser: httpx.Client, wrong: dict[str, str]) -> None:
    query = {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": REDIRECT, "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    } | wrong  # fmt: skip
    assert browser.get("/dev/identity/authorize", params=query).status_code == 400


def test_the_page_without_a_request_gives_a_token_to_try(browser: httpx.Client) -> None:
    page = browser.get("/dev/identity")
    assert page.status_code == 200
    assert "identity-minor" in page.text
    tried = browser.post("/dev/identity/choose", data={"account": "citizen", "request": "", "level": "2"})
    token = re.search(r"Bearer ([\w.-]+)", tried.text)
    assert token
    assert me(browser, {"Authorization": f"Bearer {token[1]}"})["role"] == "resident"


def test_a_grandchild_acts_for_the_grandmother_until_she_ends_it(browser: httpx.Client) -> None:
    grandchild, grandmother = headers_of(browser, "grandchild"), headers_of(browser, "grandmother")
    principal = me(browser, grandmother)["resident_id"]
    [right] = browser.get("/v1/me/representations", headers=grandchild).json()["items"]
    assert right["acting_for"] == principal
    acting = grandchild | {"X-Acting-For": principal}

    made = browser.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": principal}, headers=acting)
    assert made.status_code == 201, made.text
    path = f"/v1/dossiers/{made.json()['id']}"
    assert browser.get(path, headers=acting).json()["resident_id"] == principal
    seen = browser.get(path, headers=grandmother)
    assert seen.json()["represented_by"] == me(browser, grandchild)["resident_id"]
    assert browser.get(path, headers=grandchild).status_code == 404
    reveal = browser.post(
        f"/v1/residents/{principal}/reveal", json={"fields": ["phone"], "reason": "thử"}, headers=acting
    )
    assert (reveal.status_code, reveal.json()["type"]) == (403, "/problems/outside-scope")

    account_of_grandchild = f"resident:{me(browser, grandchild)['resident_id']}"
    log = f"/v1/residents/{principal}/access-log"

    def is_logged() -> bool:
        entries = browser.get(log, params={"limit": 100}, headers=grandmother).json()["items"]
        acted = [each for each in entries if each["action"] == "acting" and each["actor"] == account_of_grandchild]
        return any(each["service"] == "casework" for each in acted)

    assert eventually(is_logged, 30)

    representatives = f"/v1/residents/{principal}/representatives"
    [named] = [
        each for each in browser.get(representatives, headers=grandmother).json()["items"] if each["status"] == "active"
    ]
    assert browser.delete(f"{representatives}/{named['id']}", headers=grandmother).status_code == 204
    assert eventually(lambda: browser.get(path, headers=acting).status_code == 403, SECONDS_TO_END)
    body = {"representative_id": named["representative_id"], "scope": named["scope"], "until": named["until"]}
    assert browser.post(representatives, json=body, headers=grandmother).status_code == 201


def test_a_proposal_is_prefilled_from_the_population_database_where_it_answers(browser: httpx.Client) -> None:
    own = headers_of(browser, "unknown")
    sent = browser.post("/v1/registrations", json={"unit_code": "15727-02", "phone": "0990000123"}, headers=own)

    assert sent.status_code == 202, sent.text
    fields = sent.json()["fields"]
    sources = {
        name: fields[name]["source"] for name in ("personal_id", "full_name", "sex", "permanent_address", "phone")
    }
    assert sources == {
        "personal_id": "provider", "full_name": "population", "sex": "population", "permanent_address": "population",
        "phone": "person",
    }  # fmt: skip
    assert (fields["full_name"]["value"], fields["sex"]["value"]) == ("Trần Văn Chưa", "male")


def test_an_unknown_person_proposes_is_accepted_and_signs_in(browser: httpx.Client) -> None:
    number = f"03809099{secrets.randbelow(6000) + 3000:04d}"[:12]
    who = {"role": "resident", "personal_id": number, "full_name": "Đỗ Thị Mới", "date_of_birth": "1990-01-02"}
    token = browser.post("/dev/token", json=who).json()["access_token"]
    own = {"Authorization": f"Bearer {token}"}
    assert browser.get("/v1/me", headers=own).json()["registration"] == "/v1/registrations"

    sent = browser.post("/v1/registrations", json={"unit_code": "15727-02", "sex": "female"}, headers=own)
    assert sent.status_code == 202, sent.text
    officer = browser.post("/dev/token", json={"role": "officer", "unit_code": COMMUNE}).json()["access_token"]
    decided = browser.post(
        f"/v1/registrations/{sent.json()['id']}/decision",
        json={"decision": "accept"},
        headers={"Authorization": f"Bearer {officer}"},
    )
    assert decided.status_code == 200, decided.text

    assert eventually(lambda: browser.get("/v1/me", headers=own).status_code == 200, SECONDS_TO_END)
    assert me(browser, own)["resident_id"] == sent.json()["id"]


def test_who_ends_the_own_link_is_signed_out_within_a_minute(browser: httpx.Client) -> None:
    cast = f"03809199{secrets.randbelow(6000) + 3000:04d}"[:12]
    officer = browser.post("/dev/token", json={"role": "officer", "unit_code": COMMUNE}).json()["access_token"]
    person = {
        "personal_id": cast, "id_document": "cccd", "full_name": "Đỗ Văn Rời", "date_of_birth": "1991-01-02",
        "sex": "male", "unit_code": "15727-02",
    }  # fmt: skip
    made = browser.post("/v1/residents", json=person, headers={"Authorization": f"Bearer {officer}"})
    assert made.status_code == 201, made.text
    claims = {name: person[name] for name in ("personal_id", "full_name", "date_of_birth")}
    token = browser.post("/dev/token", json={"role": "resident", **claims}).json()["access_token"]
    own = {"Authorization": f"Bearer {token}"}
    assert me(browser, own)["resident_id"] == made.json()["id"]
    assert eventually(lambda: bool(me(browser, own)["links"]), 30)

    [link] = me(browser, own)["links"]
    assert browser.delete(f"/v1/me/links/{link['id']}", headers=own).status_code == 204

    def is_out() -> bool:
        answer = browser.get("/v1/me", headers=own)
        return answer.status_code == 403 and answer.json()["type"] == "/problems/identity-revoked"

    assert eventually(is_out, SECONDS_TO_END)
