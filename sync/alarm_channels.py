"""The ways alarms reach people outside: e-mail, and a webhook for chat and monitoring systems.

Errors name the computer that refused, never its answer, an address of a person or a whole
webhook address: such an address is a password.
"""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

import requests

from forms.errors import KafoError
from forms.language import say
from sync.alarms import Alarm, News
from sync.log import note

_SECONDS = 20
_HERE = ("localhost", "127.0.0.1", "::1")
_IMPLICIT_TLS = 465


class ChannelError(KafoError):
    """An alarm could not be sent; it is tried again at the next check."""


@dataclass(frozen=True, slots=True)
class Mail:
    """E-mail through an SMTP server, always encrypted unless the server is this computer."""

    host: str
    port: int
    sender: str
    recipients: Sequence[str]
    user: str = ""
    password: str = field(default="", repr=False)
    name: str = "email"

    def send(self, news: News) -> None:
        """Send one message to all recipients. Raises ChannelError."""
        try:
            with self._connected() as server:
                if self.user:
                    server.login(self.user, self.password)
                refused = server.send_message(self._letter(news))
        except smtplib.SMTPAuthenticationError:
            raise _wrong_smtp_password(self.host) from None
        except smtplib.SMTPRecipientsRefused:
            raise _refused(self.host) from None
        except ssl.SSLError:
            raise _no_tls(self.host) from None
        except (smtplib.SMTPException, OSError):
            raise _silent(self.host, self.port) from None
        if refused:
            # The others have it: sending again would double it for them.
            note("alarm_mail_refused", recipients=len(refused))

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.port == _IMPLICIT_TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_SECONDS, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        if self.host in _HERE:
            return server
        try:
            server.starttls(context=context)
        except smtplib.SMTPNotSupportedError:
            server.close()
            raise _no_tls(self.host) from None
        except BaseException:
            server.close()
            raise
        return server

    def _letter(self, news: News) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = subject(news)
        letter["From"] = self.sender
        letter["To"] = ", ".join(self.recipients)
        letter["Date"] = format_datetime(datetime.fromisoformat(news.at))
        letter["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2] or "kafo")
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps holiday replies away
        letter.set_content(body(news))
        return letter


@dataclass(frozen=True, slots=True)
class Webhook:
    """An HTTP POST of JSON; the key `text` is what Slack, Mattermost and Google Chat show."""

    url: str = field(repr=False)
    name: str = "webhook"

    def send(self, news: News) -> None:
        """Post one message. Raises ChannelError."""
        host = urlsplit(self.url).hostname or "?"
        content: dict[str, Any] = {
            "source": "kafo",
            "at": news.at,
            "text": f"{subject(news)}\n\n{body(news)}",
            "alarms": _records("begun", news.begun) + _records("ended", news.ended),
        }
        try:
            # A redirected POST would arrive as an empty GET.
            answer = requests.post(self.url, json=content, timeout=_SECONDS, allow_redirects=False)
        except (requests.RequestException, ValueError):
            raise _webhook_failed(host, say("pas de réponse", "no answer")) from None
        if not 200 <= answer.status_code < 300:
            raise _webhook_failed(host, str(answer.status_code))


def _records(state: str, alarms: Sequence[Alarm]) -> list[dict[str, str]]:
    return [{"key": a.key, "state": state, "fr": a.fr, "en": a.en} for a in alarms]


def subject(news: News) -> str:
    """The line people see in their list of messages."""
    count = len(news.begun)
    if count:
        plural = "s" if count > 1 else ""
        return say(f"[Kafo] {count} alerte{plural}", f"[Kafo] {count} alarm{plural}")
    return say("[Kafo] Fin d'alerte", "[Kafo] All clear")


def body(news: News) -> str:
    """What is wrong and what to do, then what is over."""
    lines = [f"• {say(a.fr, a.en)}" for a in news.begun]
    over = say("Fin de l'alerte", "All clear")
    lines += [f"✓ {over} : {say(a.fr, a.en)}" for a in news.ended]
    lines.append(
        say(
            "Que faire en détail : docs/fr/exploitation.md, « Alertes ».",
            "What to do in detail: docs/fr/exploitation.md, 'Alertes' (in French).",
        )
    )
    return "\n\n".join(lines) + "\n"


def _wrong_smtp_password(host: str) -> ChannelError:
    return ChannelError(
        f"Le serveur de courrier {host} refuse le compte ou le mot de passe. Corrigez "
        "« alarms.smtp_user » ou le secret « smtp_password ».",
        f"The mail server {host} refuses the account or the password. Correct "
        "'alarms.smtp_user' or the secret 'smtp_password'.",
    )


def _refused(host: str) -> ChannelError:
    return ChannelError(
        f"Le serveur de courrier {host} refuse tous les destinataires. Corrigez « alarms.email » "
        "et « alarms.sender ».",
        f"The mail server {host} refuses all recipients. Correct 'alarms.email' and "
        "'alarms.sender'.",
    )


def _no_tls(host: str) -> ChannelError:
    return ChannelError(
        f"Le serveur de courrier {host} n'offre pas de liaison chiffrée valable : rien n'est "
        "envoyé. Vérifiez « alarms.smtp_host » et « alarms.smtp_port » (587 ou 465).",
        f"The mail server {host} offers no valid encrypted connection: nothing is sent. Check "
        "'alarms.smtp_host' and 'alarms.smtp_port' (587 or 465).",
    )


def _silent(host: str, port: int) -> ChannelError:
    return ChannelError(
        f"Le serveur de courrier {host}:{port} ne répond pas ou refuse le message. Vérifiez la "
        "connexion, « alarms.smtp_host » et « alarms.smtp_port » ; l'envoi sera retenté.",
        f"The mail server {host}:{port} does not answer or refuses the message. Check the "
        "connection, 'alarms.smtp_host' and 'alarms.smtp_port'; it will be tried again.",
    )


def _webhook_failed(host: str, reason: str) -> ChannelError:
    return ChannelError(
        f"Le webhook sur {host} n'a pas pris l'alerte ({reason}). Vérifiez le secret "
        "« alarm_webhook » ; l'envoi sera retenté.",
        f"The webhook at {host} did not take the alarm ({reason}). Check the secret "
        "'alarm_webhook'; it will be tried again.",
    )
