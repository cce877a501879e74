"""Letters written as mail and handed to a server; what it says to each is an outcome."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import Final

from onhand.connect.mail.server import SECONDS_TO_ANSWER, Server
from onhand.messages.ports import Parcel
from onhand.messages.rules import Outcome

log = logging.getLogger(__name__)

NO_SERVER: Final = "no mail server is set (ONHAND_SMTP_URL)"
_FAULTS = (smtplib.SMTPException, OSError)


class Mail:
    """Hands letters to a mail server, a batch over one connection."""

    def __init__(self, server: Server, sender: str, *, trust: ssl.SSLContext | None = None) -> None:
        """``sender``: whom letters come from, as in ``Harbour Goods <shop@example>``; ``trust``: who is believed."""
        self._server = server
        self._sender = sender
        self._trust = trust
        # How we introduce ourselves: by the name letters come from. The machine's own would have to be looked up.
        self._called = _domain(sender)

    def carry(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Try each once. Where the server is not to be had, that is the outcome of all that are left."""
        outcomes: list[Outcome] = []
        try:
            with self._connected() as smtp:
                # One by one, so that those that were taken are known when the server goes away.
                outcomes.extend(self._hand_over(smtp, each) for each in parcels)
        except _FAULTS as fault:
            left = Outcome(False, _words(fault))
            outcomes += [left] * (len(parcels) - len(outcomes))
        return outcomes[: len(parcels)]

    def _connected(self) -> smtplib.SMTP:
        server, where = self._server, (self._server.host, self._server.port, self._called)
        if server.tls != "none" and self._trust is None:
            self._trust = ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.tls == "whole":
            smtp = smtplib.SMTP_SSL(*where, timeout=SECONDS_TO_ANSWER, context=self._trust)
        else:
            smtp = smtplib.SMTP(*where, timeout=SECONDS_TO_ANSWER)
        try:
            if server.tls == "begun":
                smtp.starttls(context=self._trust)
            if server.name:
                smtp.login(server.name, server.password)
        except _FAULTS:
            smtp.close()
            raise
        return smtp

    def _hand_over(self, smtp: smtplib.SMTP, parcel: Parcel) -> Outcome:
        try:
            mail = written(parcel, self._sender)
        except Exception as fault:  # noqa: BLE001 - whatever one letter has, the others must leave
            return Outcome(False, f"it cannot be written as mail: {fault}", hopeless=True)
        try:
            smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as fault:
            code, words = next(iter(fault.recipients.values()))
            return _refused(code, words)
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as fault:
            # What the server holds against the sender is the shop's to mend; the letter is not to blame.
            hopeless_too = isinstance(fault, smtplib.SMTPDataError)
            outcome = _refused(fault.smtp_code, fault.smtp_error)
            return outcome if hopeless_too else outcome._replace(hopeless=False)
        except smtplib.SMTPNotSupportedError as fault:
            return Outcome(False, str(fault), hopeless=True)
        return Outcome(True)


def written(parcel: Parcel, sender: str) -> EmailMessage:
    """A letter as mail. Raises ``ValueError`` for an address that no header can hold."""
    name, address = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(name, addr_spec=address) if name else address
    mail["To"] = Address(addr_spec=parcel.address)
    mail["Subject"] = parcel.subject
    mail["Date"] = formatdate(localtime=False, usegmt=True)
    # The same at each try, so that who gets it twice can tell.
    mail["Message-ID"] = f"<{parcel.name}@{_domain(sender)}>"
    mail["Content-Language"] = parcel.language
    # Nobody's holiday answers it (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(parcel.text, charset="utf-8", cte="quoted-printable")
    return mail


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def _refused(code: int, words: bytes | str) -> Outcome:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return Outcome(False, f"{code} {said}".strip(), hopeless=500 <= code < 600)


def _words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return _refused(fault.smtp_code, fault.smtp_error).said
    return f"{type(fault).__name__}: {fault}"


class NoServer:
    """Stands in where no mail server is set: nothing leaves, and the record says so.

    ``shown``: what letters say goes to the log, for whoever tries things out on a machine that nobody else reaches.
    """

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown

    def carry(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """None of them leaves."""
        for each in parcels:
            if self._shown:
                log.warning("a letter to %s, not sent: %s\n%s\n\n%s", each.address, NO_SERVER, each.subject, each.text)
        return [Outcome(False, NO_SERVER, hopeless=True)] * len(parcels)
