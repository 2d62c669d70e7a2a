"""The data of a partner's event, which travel encrypted from the gateway to the service that handles them."""

import base64

from chassis.security.encryption import CipherContext, decrypt
from contracts.gateway import SEALED_AT, PartnerEventReceived


def decrypt_partner_data(event: PartnerEventReceived) -> bytes:
    """The `data` of the partner's body as JSON; raises DecryptionFailed, so that the event can be replayed with its key."""
    return decrypt(CipherContext(*SEALED_AT), str(event.delivery_id), base64.b64decode(event.sealed))
