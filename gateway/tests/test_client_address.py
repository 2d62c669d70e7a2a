import ipaddress

import pytest

from gateway.edge.client_address import address_group, client_address
from gateway.edge.request_head import RequestHead

PROXIES = (ipaddress.ip_network("10.0.0.2/32"), ipaddress.ip_network("10.9.0.0/16"))


def forwarded(*values: bytes) -> RequestHead:
    return RequestHead([(b"x-forwarded-for", value) for value in values])


@pytest.mark.parametrize(
    ("peer", "values", "expected"),
    [
        ("203.0.113.9", [b"198.51.100.1"], "203.0.113.9"),
        ("10.0.0.3", [b"198.51.100.1"], "10.0.0.3"),
        ("10.0.0.2", [b"198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", [b"1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", [b"1.2.3.4", b"198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", [b"1.2.3.4, 198.51.100.1, 10.9.1.1"], "198.51.100.1"),
        ("10.0.0.2", [b"10.9.1.1"], "10.9.1.1"),
        ("10.0.0.2", [b"1.2.3.4, evil"], "10.0.0.2"),
        ("10.0.0.2", [b""], "10.0.0.2"),
        ("10.0.0.2", [], "10.0.0.2"),
        ("::ffff:10.0.0.2", [b"2001:db8::7"], "2001:db8::7"),
        ("unknown", [b"198.51.100.1"], "unknown"),
    ],
)
def test_only_a_configured_proxy_names_the_client(peer: str, values: list[bytes], expected: str) -> None:
    assert client_address(peer, forwarded(*values), PROXIES) == expected


def test_without_proxies_no_header_names_the_client() -> None:
    assert client_address("127.0.0.1", forwarded(b"198.51.100.1"), ()) == "127.0.0.1"


def test_an_ipv6_subscriber_counts_once() -> None:
    assert address_group("2001:db8::1") == address_group("2001:db8::ffff:1") == "2001:db8::/64"
    assert address_group("::ffff:10.0.0.1") == "10.0.0.1"
