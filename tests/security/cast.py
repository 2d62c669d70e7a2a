"""Who takes part in the tests of authority: synthetic people and shops that are worth something, and callers at the gateway."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.demo.api_client import ApiClient, eventually, success

COMMUNE, VILLAGE = "15724", "15727-02"
ELSEWHERE, VILLAGE_ELSEWHERE = "15061", "15061-02"
"""A commune of the demo with one of its villages, and another one."""
THIRD_COMMUNE = "14758"
EXTRACT, DEATH = "2.000635", "1.000656"
ACCOUNT = {"bin": "970436", "account_name": "NGUOI THU"}
REFUSED = (401, 403, 404)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@dataclass(frozen=True)
class Caller:
    """One caller at the gateway; each method sends one request and repeats nothing."""

    client: httpx.Client
    headers: dict[str, str]

    def ask(self, method: str, path: str, *, purpose: str | None = None, **more: Any) -> httpx.Response:
        headers = {**self.headers, **({"X-Purpose": purpose} if purpose else {}), **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return self.ask("POST", path, json=body, **more) if body is not None else self.ask("POST", path, **more)

    def patch(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.ask("PATCH", path, json=body, **more)

    def put(self, path: str, body: Any, **more: Any) -> httpx.Response:
        return self.ask("PUT", path, json=body, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("DELETE", path, **more)


@dataclass(frozen=True)
class Person:
    """A registered synthetic resident, with what a thief would like to know."""

    id: str
    personal_id: str
    full_name: str
    phone: str
    address: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return self.personal_id, self.full_name, self.phone, self.phone[1:], self.address

    @property
    def path(self) -> str:
        return f"/v1/residents/{self.id}"


@dataclass(frozen=True)
class Shop:
    """An active merchant with its static code."""

    id: str
    account_no: str
    code_id: str
    payload: str
    owner: Person

    @property
    def path(self) -> str:
        return f"/v1/merchants/{self.id}"


class Cast:
    """The platform with its demo, and the people whom a test needs. Everything is made through the gateway."""

    def __init__(self, api: ApiClient, client: httpx.Client) -> None:
        self.api = api
        self.client = client

    def sign_in(self, role: str, **who: str) -> Caller:
        """A new account of this role: two officers of one unit are two persons."""
        token = success(self.client.post("/dev/token", json={"role": role, **who})).json()["access_token"]
        return Caller(self.client, {"Authorization": f"Bearer {token}"})

    def officer(self, unit_code: str = COMMUNE, **who: str) -> Caller:
        return self.sign_in("officer", unit_code=unit_code, **who)

    def resident(self, person: Person) -> Caller:
        return self.sign_in("resident", resident_id=person.id)

    def stranger(self, **headers: str) -> Caller:
        return Caller(self.client, headers)

    def register(self, village: str = VILLAGE, born: str = "1980-05-06", **more: Any) -> Person:
        """A new resident of a village, by an officer of its commune."""
        serial = f"{secrets.randbelow(800_000) + 100_000:06d}"
        person = {
            "personal_id": f"0381{born[2:4]}{serial}", "full_name": f"Khổng Thị Vắng {_letters(serial)}",
            "phone": f"0978{serial}", "address_line": f"Ngõ {serial} Đường Lặng", "id_document": "can_cuoc",
            "date_of_birth": born, "sex": "female", "unit_code": village, "phone_owner_verified": True,
        } | more  # fmt: skip
        officer = self.api.officer(village.split("-")[0] if village != VILLAGE else COMMUNE)
        resident_id = str(self.api.post("/v1/residents", person, who=officer)["id"])
        return Person(resident_id, person["personal_id"], person["full_name"], person["phone"], person["address_line"])

    def shop(self, owner: Person, *, provider: str = "demo-bank", **more: Any) -> Shop:
        """An active market stall of a resident, verified by its provider, with a static code."""
        number = f"98{secrets.randbelow(10**8):08d}"
        body = {
            "name": f"Quầy thử {secrets.token_hex(3)}", "category": "market_stall", "unit_code": VILLAGE, "provider": provider,
            "owner": {"resident_id": owner.id}, "settlement": ACCOUNT | {"account_no": number},
        } | more  # fmt: skip
        officer = self.api.officer(COMMUNE if body["unit_code"] == VILLAGE else body["unit_code"].split("-")[0])
        merchant = str(self.api.post("/v1/merchants", body, who=officer)["id"])
        success(self.api.webhook(provider, "merchant.verified", {"merchant_id": merchant}))
        path = f"/v1/merchants/{merchant}"
        assert eventually(lambda: self.api.get(path, who=officer)["status"] == "active", 30)
        code = self.api.post(f"{path}/qr-codes", {"kind": "static"}, who=officer)
        return Shop(merchant, number, code["id"], code["payload"], owner)

    def waiting_shop(self, owner: Person) -> str:
        """The id of a stall that its provider has not verified."""
        number = f"98{secrets.randbelow(10**8):08d}"
        body = {
            "name": f"Quầy chờ {secrets.token_hex(3)}", "category": "market_stall", "unit_code": VILLAGE,
            "provider": "demo-bank", "owner": {"resident_id": owner.id}, "settlement": ACCOUNT | {"account_no": number},
        }  # fmt: skip
        return str(self.api.post("/v1/merchants", body, who=self.api.officer(COMMUNE))["id"])

    def tax_code(self, person: Person) -> str:
        """A tax code of ten digits with its check digit, made from a person's number."""
        digits = [2, 8, *(int(digit) for digit in person.personal_id[-7:])]
        rest = sum(weight * digit for weight, digit in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), digits, strict=True)) % 11
        if rest == 0:  # no check digit exists: the next number has one, because 3 is no multiple of 11
            digits[-1] = (digits[-1] + 1) % 10
            return self.tax_code(replace(person, personal_id=person.personal_id[:-1] + str(digits[-1])))
        return "".join(map(str, digits)) + str(10 - rest)

    def pay(self, shop: Shop, amount: int = 125_000, partner: str = "demo-bank") -> str:
        """A payment at a shop that its bank reports; the id of the payment."""
        reference = f"thu-{secrets.token_hex(6)}"
        paid = {
            "partner_reference": reference, "amount": amount, "currency": "VND",
            "settled_at": datetime.now(UTC).isoformat(), "merchant_id": shop.id,
        }  # fmt: skip
        success(self.api.webhook(partner, "qr.payment_settled", paid))
        found = eventually(lambda: self.payments_of(shop, reference), 30)
        return str(found[0]["id"])

    def payments_of(self, shop: Shop, reference: str) -> list[Any]:
        officer = self.api.officer(COMMUNE)
        listed = self.api.get("/v1/payments", params={"merchant_id": shop.id}, who=officer, purpose="payment")
        return [each for each in listed["items"] if each["partner_reference"] == reference]

    def dossier(self, applicant: Person, procedure: str = EXTRACT, *, submit: bool = True, **more: Any) -> str:
        """A dossier of the applicant, by the applicant; the path of the dossier."""
        own = self.api.resident(applicant.id)
        body = {"procedure_code": procedure, "resident_id": applicant.id, **more}
        draft = self.api.post("/v1/dossiers", body, who=own)
        path = f"/v1/dossiers/{draft['id']}"
        fields = {name: self.typed(procedure, name, applicant) for name in draft["missing"]}
        if fields:
            success(self.api.request("PATCH", path, json={"fields": fields}, who=own))
        if submit:
            self.api.post(f"{path}/submit", who=own)
        return path

    def typed(self, procedure: str, name: str, applicant: Person) -> Any:
        """What an applicant types into a field that the registry does not fill."""
        fields = self.api.get(f"/v1/procedures/{procedure}")["fields"]
        field = next(each for each in fields if each["name"] == name)
        if field["type"] == "choice":
            return field["choices"][0]["value"]
        typed: dict[str, Any] = {"date": "2020-01-15", "integer": 1, "boolean": True}
        return typed.get(field["type"], {"phone": applicant.phone}.get(name, "Xã Đồng Tiến"))

    def access_log(self, person: Person) -> list[Any]:
        """What the resident sees of reads of the own data, newest first."""
        own = self.api.resident(person.id)
        items: list[Any] = self.api.get(f"{person.path}/access-log", params={"limit": 200}, who=own)["items"]
        return items

    def more_rows(self, person: Person, before: int) -> bool:
        """Whether the access log gets more rows than that; those of other services arrive by event."""
        return eventually(lambda: len(self.access_log(person)) > before, 10)


def _letters(digits: str) -> str:
    """A name of a serial: names have no digits."""
    return "".join("AĂÂBCDĐEÊG"[int(digit)] for digit in digits)


def disclosed(answer: httpx.Response, person: Person) -> list[str]:
    """Which of a person's data are in an answer."""
    return [secret for secret in person.secrets if secret in answer.text]
