"""What a browser gives to be written to by: read, checked, and kept in as few words as will do."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Final, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Meta
from msgspec.structs import replace

from onhand.connect.webhooks.rules import url_fault
from onhand.core.refusals import Refused, refused

MOST_ENDPOINT: Final = 1000
# A point of the curve P-256 as it is: a byte that says so, and its two coordinates.
POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16


class Subscription(NamedTuple):
    """Where a browser's push service takes messages for it, and by which keys they are sealed."""

    endpoint: str
    point: bytes
    auth: bytes


class _Keys(msgspec.Struct, frozen=True):
    p256dh: str
    auth: str


class _Said(msgspec.Struct, frozen=True):
    """A subscription as browsers write it; what else they say of it is of no use here."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=MOST_ENDPOINT)]
    keys: _Keys


def read(text: str, *, loopback: bool) -> Subscription | Refused:
    """What a browser gave, as it writes it; refused where nothing could be posted there, or sealed by its keys.

    ``loopback``: its push service may be on this machine.
    """
    try:
        said = msgspec.json.decode(text, type=_Said)
    except msgspec.MsgspecError:
        return _fault("This is no subscription of a browser; turn it on once more.", "")
    fault = url_fault(said.endpoint, loopback=loopback)
    if fault:
        return replace(fault, field="subscription.endpoint")
    point = _bytes(said.keys.p256dh, POINT_BYTES, "keys.p256dh")
    if refused(point):
        return point
    auth = _bytes(said.keys.auth, AUTH_BYTES, "keys.auth")
    if refused(auth):
        return auth
    if not _on_the_curve(point):
        return _fault("This key is no point of the curve P-256; turn it on once more.", "keys.p256dh")
    return Subscription(said.endpoint, point, auth)


def kept(subscription: Subscription) -> str:
    """A subscription as it is kept, sealed."""
    keys = _Keys(in_letters(subscription.point), in_letters(subscription.auth))
    return msgspec.json.encode(_Said(subscription.endpoint, keys)).decode()


def opened(text: str) -> Subscription:
    """A subscription that was kept. Raises ``ValueError`` for anything else."""
    said = msgspec.json.decode(text, type=_Said)
    return Subscription(said.endpoint, of_letters(said.keys.p256dh), of_letters(said.keys.auth))


def in_letters(raw: bytes) -> str:
    """Bytes in the letters that stand in addresses and headers (base64url, without padding)."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def of_letters(text: str) -> bytes:
    """The bytes such letters stand for. Raises ``ValueError``."""
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def _bytes(text: str, length: int, field: str) -> bytes | Refused:
    try:
        raw = of_letters(text)
    except (binascii.Error, ValueError):
        return _fault("This key cannot be read; turn it on once more.", field)
    if len(raw) != length:
        return _fault(f"This key has {len(raw)} bytes in place of {length}; turn it on once more.", field)
    return raw


def _on_the_curve(point: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


def _fault(detail: str, field: str) -> Refused:
    return Refused("bad_subscription", detail, f"subscription.{field}" if field else "subscription")
