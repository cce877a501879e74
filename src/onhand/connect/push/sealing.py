"""A message sealed for one subscription (RFC 8291), as one record of the coding ``aes128gcm`` (RFC 8188).

A key of the moment meets the browser's on P-256; what they have in common, and the secret the browser gave with its
key, become the key and nonce of this one message. Its head holds what the browser needs to come to the same.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from onhand.connect.push.subscriptions import POINT_BYTES, Subscription

SALT_BYTES: Final = 16
# What every push service takes (RFC 8030, 7.2), all in one record.
RECORD_BYTES: Final = 4096
_HEAD_BYTES: Final = SALT_BYTES + 4 + 1 + POINT_BYTES
_TAG_BYTES: Final = 16
# Says that this is the last record, and where its text ends.
_LAST: Final = b"\x02"
MOST_TEXT: Final = RECORD_BYTES - _HEAD_BYTES - _TAG_BYTES - len(_LAST)


def sealed(
    text: bytes,
    subscription: Subscription,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a post: the text, for this browser only. ``ours`` and ``salt`` are new for each message.

    Raises ``ValueError`` for a text that is too long for one record.
    """
    if len(text) > MOST_TEXT:
        raise ValueError(f"a message has {MOST_TEXT} bytes at most; this has {len(text)}")
    ours = ours or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(SALT_BYTES)
    point = point_of(ours)
    secret = _shared_secret(ours, point, subscription)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point
    return head + AESGCM(key).encrypt(nonce, text + _LAST, None)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half of a key, as both sides write it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _shared_secret(ours: ec.EllipticCurvePrivateKey, point: bytes, subscription: Subscription) -> bytes:
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), subscription.point)
    both = b"WebPush: info\x00" + subscription.point + point
    return _derived(ours.exchange(ec.ECDH(), theirs), subscription.auth, both, 32)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
