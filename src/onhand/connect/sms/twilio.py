"""Text messages by Twilio's Messages resource: form fields To, From and Body, with basic authentication.

A request whose answer is lost is asked again, since the provider has no key by which to tell: it may be texted twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx

from onhand.messages.ports import Parcel
from onhand.messages.rules import Outcome

SECONDS_TO_ANSWER: Final = 10.0
# The longest body there is.
MOST_BODY: Final = 1600
# What is said of these is the house's to mend, or passes: who it is for is not to blame.
_PASSING: Final = frozenset({401, 403, 404, 408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class Account:
    """Where texts are handed over, as whom, and the number or service they come from."""

    address: str
    sid: str
    token: str = field(repr=False)
    sender: str


def account(url: str, sender: str) -> Account:
    """Of an address such as ``https://AC…:token@api.twilio.com``."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return Account(
        f"{parts.scheme}://{parts.hostname}{port}", unquote(parts.username or ""), unquote(parts.password or ""), sender
    )


class Twilio:
    """Hands texts to the provider, a batch over one connection."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def carry(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Try each once."""
        account = self._account
        with httpx.Client(
            base_url=account.address,
            auth=(account.sid, account.token),
            timeout=SECONDS_TO_ANSWER,
            trust_env=False,
        ) as client:
            return [self._text(client, each) for each in parcels]

    def _text(self, client: httpx.Client, parcel: Parcel) -> Outcome:
        to = re.sub(r"[\s().\-/]", "", parcel.address)
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to):
            return Outcome(False, "the number does not begin with + and its country", hopeless=True)
        fields = {"To": to, "From": self._account.sender, "Body": parcel.short[:MOST_BODY]}
        try:
            answer = client.post(f"/2010-04-01/Accounts/{self._account.sid}/Messages.json", data=fields)
        except httpx.HTTPError as fault:
            return Outcome(False, f"{type(fault).__name__}: {fault}")
        return outcome(answer)


def outcome(answer: httpx.Response) -> Outcome:
    """What the provider's answer says: 201 with the message, or an error with its code and sentence."""
    said = _fields(answer)
    if answer.status_code == httpx.codes.CREATED:
        state = str(said.get("status", ""))
        if state in {"failed", "undelivered", "canceled"}:
            return Outcome(False, f"{state} {said.get('error_message') or ''}".strip(), hopeless=True)
        return Outcome(True, state, reference=str(said.get("sid", "")))
    words = " ".join(str(said[name]) for name in ("code", "message") if said.get(name))
    hopeless = 400 <= answer.status_code < 500 and answer.status_code not in _PASSING
    return Outcome(False, f"{answer.status_code} {words}".strip(), hopeless=hopeless)


def _fields(answer: httpx.Response) -> dict[str, object]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
