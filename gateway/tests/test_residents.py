"""Residents sign in by what a trusted provider states; the registry decides who they are, and is asked once."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import generate_latest
from sqlalchemy import text

from chassis.clock import now, today
from chassis.errors import Unauthenticated
from chassis.ids import new_id
from chassis.security.levels import InsufficientLevel
from chassis.security.played import ACR_VALUES, subject_of
from chassis.security.sign_in import Claims, open_claims
from chassis.storage.database import Database
from contracts.registry import IdentityLinkChanged, OrganizationUpdated, RepresentationChanged
from gateway.identity.played import CLAIMS, played_provider
from gateway.identity.trusted import TrustedProvider, read_trusted_providers

RESIDENT, GRANDMOTHER, SHOP = new_id(), new_id(), new_id()
PERSON = {"role": "resident", "personal_id": "038085000001", "full_name": "Lê Văn Đức", "date_of_birth": "1985-09-05"}
REFUSALS = {
    "mismatch": "identity-mismatch", "deceased": "identity-deceased", "minor": "identity-minor",
    "revoked": "identity-revoked", "conflict": "identity-conflict",
}  # fmt: skip


class Registry:
    """The registry's operation for sign-ins, as the test wants it to decide; every other path shows the internal token."""

    def __init__(self) -> None:
        self.refusal: str | None = None
        self.asked: list[Claims] = []
        self.bodies: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive()).get("body", b"").decode()
        answer: dict[str, Any] = self.claims_of(scope)
        if scope["path"] == "/internal/sign-ins":
            self.bodies.append(body)
            self.asked.append(open_claims(json.loads(body)["claims"]))
            who = None if self.refusal else str(RESIDENT)
            answer = {"link_id": who, "resident_id": who, "linked_at": None, "refusal": self.refusal}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    @staticmethod
    def claims_of(scope: Any) -> dict[str, Any]:
        """The claims of the internal token that came with a request."""
        token = dict(scope["headers"])[b"authorization"].split(b".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token + b"=="))
        return claims


@pytest.fixture
async def registry(serve: Any) -> Registry:
    registry = Registry()
    registry.address = await serve(registry)  # type: ignore[attr-defined]
    return registry


@pytest.fixture
def settings(settings: Any, registry: Any) -> Any:
    return settings.model_copy(update={"registry_url": registry.address})


async def me(client: httpx.AsyncClient, headers: dict[str, str]) -> dict[str, Any]:
    answer = await client.get("/v1/me", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def linked(subject: str, **changes: Any) -> IdentityLinkChanged:
    claims = Claims("http://127.0.0.1:8080/dev/identity", subject, PERSON["personal_id"])
    index = claims.claims_index()
    values = {
        "link_id": new_id(), "resident_id": RESIDENT, "issuer": claims.issuer, "active": True, "at": now(),
        "subject_index": claims.subject_index().hex(), "claims_index": index.hex() if index else None,
        "linked_at": now(),
    } | changes  # fmt: skip
    return IdentityLinkChanged.model_validate(values)


async def test_the_first_sign_in_asks_the_registry_and_later_ones_do_not(
    client: Any, sign_in: Any, registry: Registry, deliver: Any
) -> None:
    first = await me(client, await sign_in(**PERSON, level=1))
    await deliver(link := linked(subject_of(PERSON["personal_id"])))
    again = await me(client, await sign_in(**PERSON, level=2))

    assert (first["resident_id"], first["level"], first["links"]) == (str(RESIDENT), 1, [])
    assert (again["resident_id"], again["level"]) == (str(RESIDENT), 2)
    assert [each["id"] for each in again["links"]] == [str(link.link_id)]
    [asked] = registry.asked
    assert (asked.personal_id, asked.full_name) == (PERSON["personal_id"], PERSON["full_name"])
    assert PERSON["personal_id"] not in "".join(registry.bodies)


async def test_an_account_with_another_number_is_decided_by_the_registry_again(
    client: Any, sign_in: Any, registry: Registry, deliver: Any
) -> None:
    await deliver(linked("s-1"))
    await me(client, await sign_in(**PERSON, subject="s-1"))
    assert registry.asked == []

    registry.refusal = "mismatch"
    other = await sign_in(**(PERSON | {"personal_id": "038085000002"}), subject="s-1")
    assert (await client.get("/v1/me", headers=other)).status_code == 403


async def test_the_time_of_sign_in_is_the_claim_that_the_file_names_or_the_token_does_not_hold() -> None:
    claims = CLAIMS.model_copy(update={"signed_in_at": "auth_time"})
    named = TrustedProvider(issuer="https://id.example", claims=claims, acr_values=ACR_VALUES)
    unnamed = played_provider("https://id.example")

    assert named.signed_in_at({"auth_time": 1000, "iat": 2000}) == 1000
    assert (unnamed.signed_in_at({"auth_time": 1000, "iat": 2000}), unnamed.signed_in_at({"iat": 2000})) == (1000, 2000)
    for wrong in ({"iat": 2000}, {"auth_time": "soon", "iat": 2000}):
        with pytest.raises(Unauthenticated):
            named.signed_in_at(wrong)


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_refused_sign_in_names_the_next_step(
    client: Any, sign_in: Any, registry: Registry, refusal: str
) -> None:
    registry.refusal = refusal

    answer = await client.get("/v1/me", headers=await sign_in(**PERSON))

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (403, f"/problems/{REFUSALS[refusal]}")
    assert len(problem["detail"]) > len(problem["title"])
    page = await client.get(problem["type"])
    assert "Cần làm gì" in page.text
    assert PERSON["personal_id"] not in answer.text


async def test_an_unknown_person_may_propose_a_registration_and_nothing_else(
    client: Any, sign_in: Any, registry: Registry
) -> None:
    registry.refusal = "unknown"
    unknown = await sign_in(**PERSON)

    for path in ("/v1/me", "/v1/residents"):
        refused = await client.get(path, headers=unknown)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/identity-unknown")
        assert refused.json()["registration"] == "/v1/registrations"
    sent = (await client.post("/v1/registrations", json={}, headers=unknown)).json()
    assert open_claims(sent["sealed_claims"]).personal_id == PERSON["personal_id"]
    assert PERSON["personal_id"] not in json.dumps(sent)


async def test_a_link_that_ended_is_asked_about_again(
    client: Any, sign_in: Any, registry: Registry, deliver: Any
) -> None:
    link = linked("s-1")
    await deliver(link, link.model_copy(update={"active": False}))
    registry.refusal = "revoked"

    answer = await client.get("/v1/me", headers=await sign_in(**PERSON, subject="s-1"))
    assert answer.json()["type"] == "/problems/identity-revoked"


def may_act(**changes: Any) -> RepresentationChanged:
    values = {
        "representation_id": new_id(), "resident_id": GRANDMOTHER, "organization_id": None,
        "representative_id": RESIDENT, "scope": ["dossiers"], "until": today(), "active": True, "at": now(),
    } | changes  # fmt: skip
    return RepresentationChanged.model_validate(values)


async def test_a_representative_acts_for_another_until_it_ends(
    client: Any, sign_in: Any, registry: Registry, deliver: Any
) -> None:
    own = await sign_in("resident", resident_id=str(RESIDENT))
    acting = own | {"X-Acting-For": str(GRANDMOTHER)}
    refused = await client.get("/v1/me", headers=acting)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-representative")

    await deliver(right := may_act())
    assert (await me(client, acting))["acting_for"] == str(GRANDMOTHER)
    assert (await me(client, acting))["resident_id"] == str(RESIDENT)
    claims = (await client.get("/v1/residents", headers=acting)).json()
    assert (claims["resident_id"], claims["acting_for"]) == (str(GRANDMOTHER), str(GRANDMOTHER))
    assert (claims["sub"], claims["acting_scopes"]) == (f"resident:{RESIDENT}", ["dossiers"])

    await deliver(right.model_copy(update={"active": False}))
    assert (await client.get("/v1/me", headers=acting)).status_code == 403


async def test_a_representation_ends_with_its_last_day(client: Any, sign_in: Any, deliver: Any) -> None:
    await deliver(may_act(until=today() - timedelta(days=1)))
    acting = await sign_in("resident", resident_id=str(RESIDENT)) | {"X-Acting-For": str(GRANDMOTHER)}

    assert (await client.get("/v1/me", headers=acting)).status_code == 403


async def test_a_confirmed_owner_acts_for_the_organization_and_one_who_only_claims_does_not(
    client: Any, sign_in: Any, registry: Registry, deliver: Any
) -> None:
    shop = OrganizationUpdated(
        organization_id=SHOP, version=1, unit_id=SHOP, unit_code="15724", at=now(), kind="household_business",
        representative_id=RESIDENT, owner_has_smartphone=True, representative_confirmed=True,
    )  # fmt: skip
    acting = await sign_in("resident", resident_id=str(RESIDENT)) | {"X-Acting-For": str(SHOP)}
    await deliver(shop.model_copy(update={"representative_confirmed": False}))
    assert (await client.get("/v1/me", headers=acting)).status_code == 403

    await deliver(shop)
    claims = (await client.get("/v1/organizations", headers=acting)).json()
    assert (claims["role"], claims["organization_id"]) == ("organization", str(SHOP))
    assert "resident_id" not in claims

    await deliver(shop.model_copy(update={"representative_id": None, "representative_confirmed": False}))
    assert (await client.get("/v1/me", headers=acting)).status_code == 403


async def test_only_residents_act_for_others_and_a_wrong_id_is_refused(client: Any, sign_in: Any) -> None:
    officer = await sign_in("officer", unit_code="15724")
    assert (await client.get("/v1/me", headers=officer | {"X-Acting-For": str(SHOP)})).status_code == 403
    own = await sign_in("resident", resident_id=str(RESIDENT))
    assert (await client.get("/v1/me", headers=own | {"X-Acting-For": "x"})).status_code == 400
    assert (await me(client, own | {"X-Acting-For": str(RESIDENT)}))["acting_for"] is None


def test_a_providers_claims_are_read_by_the_names_in_the_file(tmp_path: Any) -> None:
    file = tmp_path / "providers.json"
    entry = {
        "issuer": "https://id.example.vn/", "claims": {"personal_id": "citizen.so_dinh_danh", "full_name": "ho_ten"},
        "acr_values": {"1": ["muc1"], "2": ["muc2", "muc3"]},
    }  # fmt: skip
    file.write_text(json.dumps({"providers": [entry]}))
    provider = read_trusted_providers(file)["https://id.example.vn"]
    claims = {"sub": "s", "citizen": {"so_dinh_danh": "038 085 000 001"}, "ho_ten": "Lê Đức", "acr": "muc3"}

    person = provider.person_of(claims)

    assert (person.personal_id, person.full_name, person.date_of_birth) == ("038085000001", "Lê Đức", None)
    assert (provider.level_of(claims), provider.step_up_of(1)) == (2, "muc2 muc3")
    with pytest.raises(InsufficientLevel) as refused:
        provider.level_of({"acr": "0"})
    assert 'acr_values="muc1"' in refused.value.headers["WWW-Authenticate"]


async def test_a_trusted_provider_gives_no_roles(
    open_gateway: Any, settings: Any, registry: Registry, serve: Any, tmp_path: Any
) -> None:
    from .test_oidc import Identity

    identity = Identity()
    identity.address = await serve(identity)
    file = tmp_path / "providers.json"
    file.write_text(json.dumps({"providers": [played_provider(identity.issuer).model_dump(mode="json")]}))
    stated = {"personal_id": "038085000001", "name": "Lê Văn Đức", "birthdate": "1985-09-05"}
    token = identity.token(**stated, acr=ACR_VALUES[1][0], auth_time=1_700_000_000)
    async with (
        open_gateway(settings.model_copy(update={"identity_providers_file": file})) as gateway,
        httpx.AsyncClient(transport=httpx.ASGITransport(gateway), base_url="http://gateway") as client,
    ):
        answer = await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert (answer.json()["role"], answer.json()["unit_code"], answer.json()["level"]) == ("resident", None, 1)
    assert datetime.fromisoformat(answer.json()["signed_in_at"]).timestamp() == 1_700_000_000


async def test_the_number_and_the_name_are_in_no_log_metric_error_or_table_of_the_gateway(
    client: Any, sign_in: Any, registry: Registry, database: Database, capfd: pytest.CaptureFixture[str], log_as: Any
) -> None:
    log_as("gateway")
    answers = [await client.get("/v1/me", headers=await sign_in(**PERSON))]
    for refusal in ("unknown", *REFUSALS):
        registry.refusal = refusal
        answers.append(await client.get("/v1/residents", headers=await sign_in(**PERSON, subject=f"s-{refusal}")))
    registry.refusal = None
    claims = (await client.get("/v1/residents", headers=await sign_in(**PERSON))).json()

    logged = capfd.readouterr()
    async with database.reading() as session:
        rows = await session.execute(text("SELECT string_agg(t::text, ' ') FROM identity_link AS t"))
        outbox = await session.execute(text("SELECT string_agg(t::text, ' ') FROM outbox AS t"))
        stored = f"{rows.scalar_one()} {outbox.scalar_one()}"
    places = {
        "answers": " ".join(answer.text for answer in answers), "logs": logged.out + logged.err, "tables": stored,
        "metrics": generate_latest().decode(), "internal token": json.dumps(claims), "registry": " ".join(registry.bodies),
    }  # fmt: skip
    for secret in (PERSON["personal_id"], PERSON["full_name"], "Đức"):
        assert [place for place, written in places.items() if secret in written] == []
