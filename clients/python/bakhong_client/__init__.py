"""Client of the Ba Không platform."""

from bakhong_client.client import Client, Refused
from bakhong_client.webhooks import new_message_id, sign_webhook

__all__ = ["Client", "Refused", "new_message_id", "sign_webhook"]
