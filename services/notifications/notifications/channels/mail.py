"""Mail over SMTP (RFC 5321): STARTTLS where the server offers it, always with a password; TLS from the start for `smtps`."""

from email.message import EmailMessage
from email.utils import make_msgid

import aiosmtplib
from yarl import URL

from notifications.channels.messages import Accepted, Message, Refused, SendResult, TryLater

SECONDS = 15.0
PERMANENT = 500


class Mail:
    """The adapter; also the way of mail to partners' contacts."""

    def __init__(self, url: str, sender: str) -> None:
        self._server, self._sender = URL(url), sender

    async def send(self, message: Message) -> SendResult:
        """Hands one mail to the server; its `Message-ID` is the reference."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, message.to, message.title
        mail["Message-ID"] = make_msgid(str(message.send_id), domain=self._sender.rpartition("@")[2].rstrip(">"))
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        try:
            await self._hand_over(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(max(refusal.code for refusal in error.recipients))
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            return TryLater("timeout" if isinstance(error, TimeoutError) else "connection-failed")
        return Accepted(mail["Message-ID"])

    async def close(self) -> None:
        """Nothing stays open between mails."""

    async def _hand_over(self, mail: EmailMessage) -> None:
        is_tls = self._server.scheme == "smtps"
        await aiosmtplib.send(
            mail,
            hostname=self._server.host,
            port=self._server.port or (465 if is_tls else 25),
            username=self._server.user,
            password=self._server.password,
            use_tls=is_tls,
            start_tls=None if self._server.user is None and not is_tls else not is_tls,
            timeout=SECONDS,
        )


def _refused(code: int) -> SendResult:
    return Refused(f"smtp-{code}") if code >= PERMANENT else TryLater(f"smtp-{code}")
