"""SMS over a partner's HTTP API, as `docs/integration.md` describes it for the partner.

`POST {SMS_URL}` with a bearer token: `{reference, to, sender, text, unicode}`; 2xx with `{reference}`: taken. The same
`reference` again is the same message, so that a repeated attempt costs nothing and rings once.
"""

from notifications.channels.messages import Accepted, Message, SendResult
from notifications.channels.partner_http import ChannelHttp
from notifications.channels.texts import is_gsm7


class Sms:
    """The adapter."""

    def __init__(self, url: str, token: str, sender: str) -> None:
        self._url, self._token, self._sender = url, token, sender
        self._http = ChannelHttp()

    async def send(self, message: Message) -> SendResult:
        """Hands one SMS to the partner."""
        body = {
            "reference": str(message.send_id),
            "to": message.to,
            "sender": self._sender,
            "text": message.text,
            "unicode": not is_gsm7(message.text),
        }
        answer = await self._http.post(self._url, {"Authorization": f"Bearer {self._token}"}, json=body)
        if answer.is_success:
            named = answer.body.get("reference") if isinstance(answer.body, dict) else None
            return Accepted(str(named or message.send_id))
        return answer.failure()

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()
