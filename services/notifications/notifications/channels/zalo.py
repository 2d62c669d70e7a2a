"""Zalo ZNS: a registered template with its parameters, over Zalo's interface or a partner's with the same protocol.

`POST {ZNS_URL}` (Zalo's own: https://business.openapi.zalo.me/message/template) with the header `access_token`: `{phone,
template_id, template_data, tracking_id}`; the answer is always 200, `{error, message, data: {msg_id, sent_time, quota}}`.
"""

from collections.abc import Mapping
from typing import Any

from notifications.channels.messages import Accepted, Message, Refused, SendResult, TryLater
from notifications.channels.partner_http import Answer, ChannelHttp

TRY_LATER = {
    -32: "rate",
    -100: "unknown-error",
    -115: "no-balance",
    -137: "no-balance",  # of the Zalo Cloud Account
    -124: "access-token",
    -216: "access-token",
    -220: "access-token",  # it ends after 25 hours
    -133: "at-night",
    -144: "quota",  # of the official account
    -147: "quota",  # of the template
}
"""Zalo's codes that another time may not answer (error tables of ZNS and of the Official Account API); every other is final."""
NIGHT = -133
SECONDS_OF_NIGHT = 3600.0


class ZaloNotifications:
    """The adapter, with the template's id by language. Parameters of the template: `title`, `place`."""

    def __init__(self, url: str, token: str, templates: Mapping[str, str], place: str) -> None:
        self._url, self._token, self._templates, self._place = url, token, templates, place
        self._http = ChannelHttp()

    async def send(self, message: Message) -> SendResult:
        """Hands one message to Zalo."""
        template = self._templates.get(message.language)
        if template is None:
            return Refused("no-template")
        body = {
            "phone": message.to.removeprefix("+"),
            "template_id": template,
            "template_data": {"title": message.title, "place": self._place},
            "tracking_id": message.send_id.hex,
        }
        return _result(await self._http.post(self._url, {"access_token": self._token}, json=body))

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()


def _result(answer: Answer) -> SendResult:
    if not answer.is_success:
        return answer.failure()
    body: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    code = body.get("error")
    if code == 0:
        return Accepted((body.get("data") or {}).get("msg_id"))
    if not isinstance(code, int):
        return TryLater("invalid-response")
    if code in TRY_LATER:
        return TryLater(f"zalo-{TRY_LATER[code]}", SECONDS_OF_NIGHT if code == NIGHT else None)
    return Refused(f"zalo{code}")
