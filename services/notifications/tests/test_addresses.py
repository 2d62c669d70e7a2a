"""Where webhooks may go: each address when an endpoint is registered, and again when it is connected to."""

import ipaddress
import socket
from typing import Any

import httpx
import pytest
from yarl import URL

from notifications.model.addresses import UrlRefused, is_public, may_connect, read_url
from notifications.sender import resolver as resolvers
from notifications.sender.client import EndpointClient
from notifications.sender.resolver import AddressRefused, CheckedResolver
from notifications.settings import NotificationsSettings
from services.notifications.tests.receiver import Receiver

NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3",
    "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "192.168.255.254", "198.18.0.1", "198.19.255.254", "198.51.100.7", "203.0.113.7",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.31.196.1", "192.52.193.1", "192.175.48.1",
    "::", "::1", "::2", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1",
    "100::1", "2001::1", "2001:0:53aa:64c::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::",
    "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
    "ff02::1", "ff0e::1", "4000::1", "fe80::1%1", "2606:4700::1111%1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "203.162.4.190", "113.160.92.202",
          "2606:4700:4700::1111", "2001:4860:4860::8888", "2405:4800::1", "2a00:1450::1"]  # fmt: skip

NOT_A_TARGET = [
    ("http://partner.example/", "not-https"), ("ftp://partner.example/", "not-https"), ("ws://partner.example/", "not-https"),
    ("file:///etc/passwd", "not-a-url"), ("//partner.example/", "not-https"), ("partner.example", "not-a-url"),
    ("https://", "not-a-url"), ("https:///hook", "not-a-url"), ("https://partner.example:0/", "not-a-url"),
    ("https://partner.example:99999/", "not-a-url"), ("https://part ner.example/", "not-a-url"),
    ("https://partner.example/\r\nX: y", "not-a-url"), ("https://partner.example\\@10.0.0.1/", "not-a-url"),
    ("https://a:b@partner.example/", "credentials-in-url"), ("https://token@partner.example/", "credentials-in-url"),
    ("https://@partner.example/", "credentials-in-url"), ("https://8.8.8.8@127.0.0.1/", "credentials-in-url"),
    ("https://partner.example/#x", "fragment-in-url"),
    ("https://127.1/", "odd-address"), ("https://127.0.1/", "odd-address"), ("https://2130706433/", "odd-address"),
    ("https://0x7f000001/", "odd-address"), ("https://0x7f.0.0.1/", "odd-address"), ("https://0X7F.1/", "odd-address"),
    ("https://0177.0.0.1/", "odd-address"), ("https://017700000001/", "odd-address"), ("https://127.0.0.1./", "odd-address"),
    ("https://127.0.0.0x1/", "odd-address"), ("https://0/", "odd-address"), ("https://1.2.3.4.5/", "odd-address"),
    ("https://169.254.169.254./latest", "odd-address"), ("https://300.1.1.1/", "odd-address"),
    ("https://１２７.0.0.1/", "address-not-allowed"), ("https://①②⑦.⓪.⓪.①/", "address-not-allowed"),
    ("https://127。0。0。1/", "address-not-allowed"), ("https://169.254.169.254/latest/meta-data", "address-not-allowed"),
    ("https://[::1]/", "address-not-allowed"), ("https://[::ffff:127.0.0.1]/", "address-not-allowed"),
    ("https://[0:0:0:0:0:ffff:7f00:1]/", "address-not-allowed"), ("https://[64:ff9b::7f00:1]/", "address-not-allowed"),
    ("https://[2002:7f00:1::]/", "address-not-allowed"), ("https://[fe80::1%25eth0]/", "not-a-url"),
    ("https://[fd00:ec2::254]/", "address-not-allowed"), ("https://[::]/", "address-not-allowed"),
    ("https://localhost/", "address-not-allowed"), ("https://localhost./", "address-not-allowed"),
    ("https://a.localhost/", "address-not-allowed"), ("https://registry-api:8000/", "address-not-allowed"),
    ("https://printer.local/", "address-not-allowed"), ("https://metadata.google.internal/", "address-not-allowed"),
    ("https://router.home.arpa/", "address-not-allowed"), ("https://LOCALHOST/", "address-not-allowed"),
    ("https://ｌｏｃａｌｈｏｓｔ/", "address-not-allowed"), ("https://" + "a" * 2000 + ".example/", "not-a-url"),
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_accepted(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.53", "::1"])
def test_in_development_the_loopback_is_accepted(text: str) -> None:
    assert may_connect(ipaddress.ip_address(text), allows_loopback=True)


@pytest.mark.parametrize("text", [one for one in NOT_PUBLIC if not one.startswith("127.") and one != "::1"])
def test_in_development_nothing_else_is(text: str) -> None:
    assert not may_connect(ipaddress.ip_address(text), allows_loopback=True)


@pytest.mark.parametrize(("url", "code"), NOT_A_TARGET, ids=[url[:60] for url, _ in NOT_A_TARGET])
def test_a_url_that_is_no_target_is_refused_with_a_code(url: str, code: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        read_url(url, allows_loopback=False)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "url",
    ["https://partner.example/hook?a=1", "https://partner.example:8443/", "https://đối-tác.example/", "https://8.8.8.8/",
     "https://[2606:4700:4700::1111]/", "https://xn--80ak6aa92e.example/"],
)  # fmt: skip
def test_a_public_url_is_accepted(url: str) -> None:
    assert read_url(url, allows_loopback=False).scheme == "https"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "http://[::1]:9000/"])
def test_plain_http_is_for_the_loopback_of_development(url: str) -> None:
    assert read_url(url, allows_loopback=True).scheme == "http"
    with pytest.raises(UrlRefused):
        read_url(url, allows_loopback=False)


async def test_the_api_refuses_every_one_at_registration(
    bank: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.commands.subscriptions.get_settings", production)
    accepted = []
    for url, code in NOT_A_TARGET:
        answer = await bank.post("/v1/subscriptions", json={"url": url, "types": ["delivery.processed"]})
        if answer.status_code != 422 or {"/url"} != {one["pointer"] for one in answer.json()["errors"]}:
            accepted.append((url, code, answer.status_code))
    assert accepted == []


def resolving_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses; returns the names that were looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    monkeypatch.setattr(resolvers.socket, "getaddrinfo", look_up)
    return asked


async def test_a_name_that_leads_to_any_of_them_is_refused_at_registration(
    bank: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.commands.subscriptions.get_settings", production)
    codes = []
    for address in (one for one in NOT_PUBLIC if "%" not in one):
        resolving_to(monkeypatch, "8.8.8.8", address)
        body = {"url": "https://rebinding.example/", "types": ["delivery.processed"]}
        answer = await bank.post("/v1/subscriptions", json=body)
        codes.append((answer.status_code, answer.json()["errors"][0]["code"]))
    assert set(codes) == {(422, "address-not-allowed")}


def production() -> NotificationsSettings:
    return NotificationsSettings.model_construct(environment="production")


@pytest.mark.parametrize("address", [one for one in NOT_PUBLIC if "%" not in one])
async def test_a_name_that_leads_there_is_refused_at_connect(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name was public when it was registered; now one of its addresses is not."""
    resolving_to(monkeypatch, "8.8.8.8", address)
    async with EndpointClient(seconds=5, allows_loopback=False) as client:
        result = await client.post("https://rebinding.example/hook", {}, b"{}")

    assert (result.status_code, result.error) == (None, "address-not-allowed")


@pytest.mark.parametrize(("url", "_code"), NOT_A_TARGET[:40], ids=[url[:60] for url, _ in NOT_A_TARGET[:40]])
async def test_a_url_that_is_no_target_is_refused_at_connect_too(url: str, _code: str) -> None:
    async with EndpointClient(seconds=5, allows_loopback=False) as client:
        assert (await client.post(url, {}, b"{}")).error == "address-not-allowed"


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name does not exist anywhere: only the answer of our resolver can lead to the receiver, and it is asked once."""
    asked = resolving_to(monkeypatch, "127.0.0.1")
    port = receiver.url.split(":")[2].split("/")[0]
    monkeypatch.setattr("notifications.sender.client.read_url", lambda url, **_: URL(url))
    async with EndpointClient(seconds=5, allows_loopback=True) as client:
        result = await client.post(f"http://partner.invalid:{port}/hook", {}, b"{}")

    assert (result.status_code, asked) == (200, ["partner.invalid"])
    assert receiver.seen[0].headers["host"] == f"partner.invalid:{port}"


async def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with EndpointClient(seconds=5, allows_loopback=True) as client:
        assert (await client.post(receiver.url, {}, b"{}")).status_code == 200


async def test_a_name_with_one_address_that_is_not_allowed_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch, "8.8.8.8", "2606:4700:4700::1111", "10.0.0.1")
    resolver = CheckedResolver(allows_loopback=False)
    with pytest.raises(AddressRefused):
        await resolver.resolve("partner.example", 443)
    await resolver.close()


async def test_a_name_without_addresses_is_an_error_of_its_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving_to(monkeypatch)
    async with EndpointClient(seconds=5, allows_loopback=False) as client:
        assert (await client.post("https://partner.example/", {}, b"{}")).error == "name-not-resolved"
