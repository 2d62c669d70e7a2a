"""The limits of one gateway process: requests at once, what one address may hold, what one caller may send a minute."""

from contextlib import AbstractContextManager, nullcontext

from gateway.edge.address_limits import AddressLimit
from gateway.edge.client_address import address_group
from gateway.edge.in_flight import InFlightLimit
from gateway.edge.rate_limits import Policy, TokenBuckets, Verdict, check_quota
from gateway.settings import GatewaySettings


class Limits:
    """Counters of one gateway process; the settings set the limits."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.in_flight = InFlightLimit(settings.requests_at_once)
        self.streams = InFlightLimit(settings.requests_at_once)
        self.bodies = AddressLimit(settings.bodies_per_address)
        self.anonymous = AddressLimit(settings.anonymous_requests_per_address)
        self.address_streams = AddressLimit(settings.streams_per_address)
        self.callers = TokenBuckets(Policy("caller", settings.caller_requests_per_minute, 60))
        self.addresses = TokenBuckets(Policy("address", max(1, settings.address_requests_per_minute // 6), 10))

    def take(self, address: str, subject: str | None) -> Verdict:
        """Counts one request of the caller, or of the address without one; TooManyRequests over the quota."""
        verdict = self.addresses.take(address_group(address)) if subject is None else self.callers.take(subject)
        return check_quota(verdict)

    def share_of(self, address: str, *, streams: bool, is_anonymous: bool) -> AbstractContextManager[None]:
        """What one address may hold at services: some streams, and some requests without a credential."""
        if streams:
            return self.address_streams.hold(address)
        return self.anonymous.hold(address) if is_anonymous else nullcontext()
