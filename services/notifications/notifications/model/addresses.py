"""Which addresses webhooks may be sent to: public ones, and the loopback in development.

The check is of the address itself, never of how it is written: a name is resolved first, and the address that was checked
is the one that is connected to (see `sender.resolver`).
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from yarl import URL

IpAddress = IPv4Address | IPv6Address

REFUSED_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
"""IANA's special-purpose registry, with relays (192.88.99.0/24), AS112 and AMT anycast, multicast and reserved."""
GLOBAL_6 = IPv6Network("2000::/3")
"""The only part of IPv6 that IANA has given out for global unicast; the rest is refused as a whole."""
REFUSED_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")))
"""Inside of it: protocol assignments with Teredo and ORCHID, documentation, 6to4, AS112."""
LOOPBACK_6 = IPv6Address("::1")
LOOPBACK_4 = IPv4Network("127.0.0.0/8")

ENDS_IN_A_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$")
WITH_CREDENTIALS = re.compile(r"[^/]*//[^/?#]*@")
"""Also an empty name before the `@`, which parsers drop."""
LONGEST_URL = 2000
LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "home.arpa", "corp", "private")
"""Names that lead into a private network, or to this machine, by their meaning (RFC 6761, 6762, 8375 and custom)."""


def is_loopback(address: IpAddress) -> bool:
    """Whether an address is this machine's own, in its plain form."""
    return address == LOOPBACK_6 if isinstance(address, IPv6Address) else address in LOOPBACK_4


def is_public(address: IpAddress) -> bool:
    """Whether an address is a global unicast address. IPv6 that carries an IPv4 address (mapped, NAT64, 6to4, Teredo) is not."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in REFUSED_4)
    return address.scope_id is None and address in GLOBAL_6 and not any(address in network for network in REFUSED_6)


def may_connect(address: IpAddress, *, allows_loopback: bool) -> bool:
    """Whether a webhook may be sent to this address."""
    return is_public(address) or (allows_loopback and is_loopback(address))


def read_address(text: str) -> IpAddress | None:
    """The address, if the text is one in its usual form."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class UrlRefused(Exception):
    """An endpoint that nothing may be sent to; `code` is stable."""

    code: str
    vi: str
    en: str


NOT_A_URL = UrlRefused("not-a-url", "Không phải địa chỉ URL hợp lệ.", "This is not a valid URL.")
NOT_HTTPS = UrlRefused("not-https", "Phải là https.", "It must be https.")
HAS_CREDENTIALS = UrlRefused(
    "credentials-in-url", "URL không được chứa tên và mật khẩu.", "The URL must not contain credentials."
)
HAS_FRAGMENT = UrlRefused("fragment-in-url", "URL không được có phần sau dấu #.", "The URL must not have a fragment.")
NOT_PUBLIC = UrlRefused(
    "address-not-allowed", "Địa chỉ phải là địa chỉ công khai trên Internet.", "The address must be public."
)
ODD_ADDRESS = UrlRefused(
    "odd-address", "Địa chỉ IP phải viết theo dạng thông thường.", "An IP address must be written in its usual form."
)


@lru_cache(maxsize=1024)  # a sender reads the URL of an endpoint for every attempt
def read_url(text: str, *, allows_loopback: bool) -> URL:
    """The URL of an endpoint as it is connected to; raises UrlRefused. A name still has to be resolved and checked.

    `http` is accepted where the loopback is, and only for it.
    """
    try:
        url = URL(text)
        port = url.port  # reading it checks its range
    except (ValueError, UnicodeError) as error:
        raise NOT_A_URL from error
    host = url.raw_host
    if not host or len(text) > LONGEST_URL or port == 0 or any(one.isspace() or not one.isprintable() for one in text):
        raise NOT_A_URL
    if "\\" in text or "%" in host:  # read differently by different libraries; a zone of an IPv6 address
        raise NOT_A_URL
    if "@" in url.raw_authority or WITH_CREDENTIALS.match(text):
        raise HAS_CREDENTIALS
    if "#" in text:
        raise HAS_FRAGMENT
    address = read_address(host)
    if address is None and ENDS_IN_A_NUMBER.search(host):
        raise ODD_ADDRESS
    if address is not None and not may_connect(address, allows_loopback=allows_loopback):
        raise NOT_PUBLIC
    if address is None and _is_local_name(host) and not (allows_loopback and _names_loopback(host, None)):
        raise NOT_PUBLIC
    if url.scheme != "https" and not (url.scheme == "http" and allows_loopback and _names_loopback(host, address)):
        raise NOT_HTTPS
    return url


def _is_local_name(host: str) -> bool:
    """A name without a dot, such as that of a container, or below a name of private networks."""
    name = host.rstrip(".").lower()
    return "." not in name or any(name.endswith(f".{local}") for local in LOCAL_NAMES)


def _names_loopback(host: str, address: IpAddress | None) -> bool:
    return is_loopback(address) if address is not None else host.rstrip(".").lower() == "localhost"
