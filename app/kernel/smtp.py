"""Handing mails to a mail server, one connection for a batch."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from app.kernel.outbox import OutboxMessage

PORT = 25
PATIENCE_SECONDS = 15
FAILURES = (smtplib.SMTPException, OSError, ValueError)
"""What a server, the line or an impossible address can answer with."""


@dataclass(frozen=True)
class Server:
    """`address` is host or host:port."""

    address: str
    username: str = ""
    password: str = field(default="", repr=False)


@contextmanager
def connection(server: Server) -> Iterator[smtplib.SMTP]:
    """Encrypted where the server offers it, signed in where a user name is set."""
    host, _colon, port = server.address.partition(":")
    with smtplib.SMTP(host, int(port or PORT), timeout=PATIENCE_SECONDS) as line:
        line.ehlo()
        if line.has_extn("starttls"):
            line.starttls(context=ssl.create_default_context())
            line.ehlo()
        if server.username:
            line.login(server.username, server.password)
        yield line


def letter(mail: OutboxMessage, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = mail.subject
    message["From"] = sender
    message["To"] = mail.recipient
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = make_msgid(idstring=str(mail.id), domain=sender.rpartition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message
