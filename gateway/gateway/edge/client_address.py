"""The address of the client: that of the connection's peer, or the one that a trusted reverse proxy names."""

import ipaddress
from functools import lru_cache

from gateway.edge.request_head import RawHeaders, RequestHead
from gateway.edge.responses import Scope
from gateway.settings import Networks

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(peer: str, head: RequestHead, proxy_networks: Networks) -> str:
    """The right-most address of `X-Forwarded-For` that is no proxy of ours, if the peer is one; else the peer.

    What stands left of it was written by the client. An entry that is no address ends the search at the last proxy.
    """
    found = parse_address(peer)
    if found is None or not _is_in(found, proxy_networks):
        return peer
    for entry in reversed(b",".join(head.values(b"x-forwarded-for")).decode("latin-1").split(",")):
        address = parse_address(entry.strip())
        if address is None:
            break
        found = address
        if not _is_in(address, proxy_networks):
            break
    return str(found)


@lru_cache(maxsize=4096)
def address_group(address: str) -> str:
    """What limits per address count: an IPv4 address, or the /64 network that one IPv6 subscriber has."""
    parsed = parse_address(address)
    if parsed is None or parsed.version == 4:
        return address if parsed is None else str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


@lru_cache(maxsize=4096)
def parse_address(text: str) -> IPAddress | None:
    """The address, an IPv4 address written as IPv6 as IPv4; None for anything else, such as a Unix socket."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address
    return address


def _is_in(address: IPAddress, networks: Networks) -> bool:
    return any(address in network for network in networks)


def peer_of(scope: Scope) -> str:
    """The address of the client, where the proxies in front are known; else that of the connection's peer."""
    return str((scope.get("client") or ("unknown",))[0])


def origin_headers(scope: Scope, head: RequestHead) -> RawHeaders:
    """What a service is given of where the request came from, in place of what the client wrote."""
    headers = [
        (b"x-forwarded-for", peer_of(scope).encode()),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
    ]
    if host := head.values(b"host"):
        headers.append((b"x-forwarded-host", host[0]))
    return headers
