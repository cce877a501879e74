"""What is decided about webhooks: when to try again, how to sign, which addresses may be called."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
import socket
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from onhand.core.refusals import Refused

# After each failure, how long until the next attempt; the first is made at once. What fails ten times is dead.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
WHOLE_SCHEDULE = sum(PAUSES, timedelta())
# A pause is lengthened by up to a tenth, so that what failed together does not come back together.
JITTER = 0.1
LONGEST_RETRY_AFTER = timedelta(hours=24)
GONE = 410
SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with

State = Literal["waiting", "done", "dead"]


class Answer(NamedTuple):
    """What came of a post: the status, or (None) what went wrong before there was one."""

    status: int | None
    error: str = ""
    retry_after: float = 0.0
    hopeless: bool = False

    @property
    def well(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


class Verdict(NamedTuple):
    """What becomes of a delivery: done, dead, or tried again at a moment."""

    state: State
    next_at: datetime


def judge(answer: Answer, *, attempts: int, now: datetime, chance: float) -> Verdict:
    """Decide after so many attempts, the last of which has just been answered; ``chance`` is between 0 and 1."""
    if answer.well:
        return Verdict("done", now)
    if answer.hopeless or answer.status == GONE or attempts > len(PAUSES):
        return Verdict("dead", now)
    pause = PAUSES[attempts - 1] * (1 + JITTER * chance)
    asked_for = min(timedelta(seconds=answer.retry_after), LONGEST_RETRY_AFTER)
    return Verdict("waiting", now + max(pause, asked_for))


def new_secret() -> str:
    """A secret as Standard Webhooks writes them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed(message: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of a post: its name, its moment, and a signature by each secret that holds now."""
    moment = str(int(at.timestamp()))
    text = f"{message}.{moment}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{_signature(key, text)}" for key in keys),
    }


def _signature(key: str, text: bytes) -> str:
    secret = base64.b64decode(key.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()


Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_MAPPED = ipaddress.ip_network("::ffff:0:0/96")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is given out to the public; the rest of IPv6 is local, reserved, or a way into something else.
_PUBLIC_IPV6 = ipaddress.ip_network("2000::/3")
_SPECIAL = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # automatic multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
        "168.63.129.16/32",  # a cloud's own services, at a public address
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: any IPv4 address, inside
        "3fff::/20",  # documentation
    )
]


def is_public(address: Address) -> bool:
    """Whether an address lies in the public network: not on this machine, in its network, or in a cloud's inside."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _MAPPED or address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _PUBLIC_IPV6:
            return False
    elif not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address.version == special.version and address in special for special in _SPECIAL)


def may_be_called(address: Address, *, loopback: bool) -> bool:
    """Whether a post may go to an address; ``loopback``: to this machine, too."""
    return is_public(address) or (loopback and address.is_loopback)


def address_in(text: str) -> Address:
    """An address as the system names it; a zone behind ``%`` is left out. Raises ``ValueError``."""
    return ipaddress.ip_address(text.partition("%")[0])


_THIS_MACHINE = {"localhost", "localhost6", "ip6-localhost", "ip6-loopback", "loopback"}
_THIS_MACHINES = (".localhost", ".localdomain", ".localdomain6")


def url_fault(url: str, *, loopback: bool) -> Refused | None:
    """Refuse an address nothing may be posted to, as far as the address itself tells. A name is looked up each time."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return _bad_url("cannot be read as one")
    if not host or parts.username is not None or parts.fragment or any(each.isspace() for each in url):
        return _bad_url("needs a host, and neither a user, a fragment nor spaces")
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        return Refused("not_https", "Events go out over https only; begin the address with https://.", "url")
    address = _address_spelled(host)
    if address is not None and not may_be_called(address, loopback=loopback):
        detail = f"{host} lies in a private network, where no events are sent; name a host of the public network."
        return Refused("private_address", detail, "url")
    return None


def _address_spelled(host: str) -> Address | None:
    """The address a host is, however it is spelled; None for a name that has to be looked up.

    Who looks names up also takes ``127.1``, ``0x7f.1`` and ``2130706433``, digits of any script, and a dot at the end;
    and some names are this machine everywhere.
    """
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".").casefold()
    if plain in _THIS_MACHINE or plain.endswith(_THIS_MACHINES):
        return ipaddress.IPv4Address("127.0.0.1")
    for read in (address_in, _short_address):
        with suppress(OSError, ValueError):
            return read(plain)
    return None


def _short_address(text: str) -> Address:
    return ipaddress.IPv4Address(socket.inet_aton(text))


def _bad_url(what: str) -> Refused:
    return Refused("bad_url", f"The address {what}; send one such as https://example.com/onhand.", "url")
