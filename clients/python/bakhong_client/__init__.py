"""What a sender of webhooks needs: signing, and scenarios to try."""

from bakhong_client.webhooks import new_message_id, sign_webhook

__all__ = ["new_message_id", "sign_webhook"]
