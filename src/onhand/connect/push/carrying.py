"""Letters taken to push services; what a service says to each is an outcome.

A service that says a subscription is no more (404, 410) is believed, and nothing goes there again. One that is busy
says when to come back. The address is a browser's to choose, so it is called as those of webhooks are: over https, at
a public address that was checked, without following where it would lead.
"""

from __future__ import annotations

import asyncio
import hmac
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from onhand.connect.push.sealing import MOST_TEXT, sealed
from onhand.connect.push.subscriptions import Subscription, in_letters, opened
from onhand.connect.push.vapid import ShopKey, shop_key
from onhand.connect.webhooks import sending
from onhand.connect.webhooks.rules import Answer
from onhand.core.clock import Clock, utc_now
from onhand.core.database import Connection
from onhand.messages.ports import Parcel
from onhand.messages.rules import Outcome

# A device that was off for longer than this shows nothing of it any more.
KEPT_FOR: Final = timedelta(days=1)
_TOPIC_LETTERS: Final = 32
_GONE: Final = frozenset({404, 410})
# The message itself is at fault, or the address: no other try will end better.
_HOPELESS: Final = frozenset({400, 413})
_NO_KEY = Outcome(False, "no browser was subscribed with the shop's key")
_UNREADABLE = Outcome(False, "what was kept of the device cannot be read", hopeless=True, gone=True)


class Push:
    """Hands letters to push services, a batch at once."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        contact: str,
        *,
        loopback: bool,
        clock: Clock = utc_now,
        resolve: sending.Resolve = sending.resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """``connect``: to where the shop's key is kept; ``contact``: whom services turn to.

        ``loopback``: a service may be on this machine; ``trust``: which certificates are believed.
        """
        self._connect = connect
        self._contact = contact
        self._loopback = loopback
        self._clock = clock
        self._resolve = resolve
        self._trust = trust

    def carry(self, parcels: Sequence[Parcel]) -> list[Outcome]:
        """Try each once."""
        # Read each time: it may have been changed, and services say in many ways that they do not know it any more.
        with self._connect() as db:
            key = shop_key(db)
        return asyncio.run(self._post_all(key, parcels)) if key else [_NO_KEY] * len(parcels)

    async def _post_all(self, key: ShopKey, parcels: Sequence[Parcel]) -> list[Outcome]:
        self._trust = self._trust or httpx.create_ssl_context(trust_env=False)
        async with sending.client(self._trust, loopback=self._loopback, resolve=self._resolve) as client:
            return list(await asyncio.gather(*(self._post(client, key, each) for each in parcels)))

    async def _post(self, client: httpx.AsyncClient, key: ShopKey, parcel: Parcel) -> Outcome:
        try:
            to = opened(parcel.address)
        except ValueError:
            return _UNREADABLE
        now = self._clock()
        headers = {
            "authorization": key.authorization(to.endpoint, self._contact, now),
            "content-type": "application/octet-stream",
            "content-encoding": "aes128gcm",
            "ttl": str(seconds_kept(parcel, now)),
            "urgency": parcel.urgency,
            **({"topic": topic(parcel.topic, to)} if parcel.topic else {}),
        }
        answer = await sending.post(client, to.endpoint, headers, sealed(said(parcel), to))
        return outcome(answer, urlsplit(to.endpoint).hostname or "")


def said(parcel: Parcel) -> bytes:
    """What the page's worker is told: title, text, where it leads. A long text is cut, so that all fits in one."""
    shown = {
        "title": parcel.subject,
        "body": parcel.short,
        "link": parcel.link,
        "tag": parcel.topic or parcel.name,
        "lang": parcel.language,
    }
    too_long = len(msgspec.json.encode(shown)) - MOST_TEXT
    if too_long > 0:
        # Each character is a byte at least, and so is each of the three of the ellipsis.
        shown["body"] = parcel.short.encode()[: -too_long - 3].decode(errors="ignore") + "…"
    return msgspec.json.encode(shown)


def seconds_kept(parcel: Parcel, now: datetime) -> int:
    """For how long a service keeps it for a device that is off: for as long as it is of use, a day at most."""
    useful = parcel.useful_until - now if parcel.useful_until else KEPT_FOR
    return int(max(timedelta(), min(useful, KEPT_FOR)).total_seconds())


def topic(name: str, to: Subscription) -> str:
    """A topic as the service sees it: of one thing always the same, and telling nobody of which."""
    return in_letters(hmac.digest(to.auth, name.encode(), "sha256"))[:_TOPIC_LETTERS]


def outcome(answer: Answer, host: str) -> Outcome:
    """What a service's answer means; ``host`` is on record with it, the address itself is the device's own."""
    words = answer.error if answer.status is None else f"{answer.status} {answer.error}"
    said = f"{host}: {words}".rstrip(": ")
    if answer.well:
        return Outcome(True, said)
    if answer.status in _GONE:
        return Outcome(False, said, hopeless=True, gone=True)
    return Outcome(False, said, hopeless=answer.status in _HOPELESS, wait=timedelta(seconds=answer.retry_after))
