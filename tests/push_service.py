"""A push service as RFC 8030 has them, and browsers that are subscribed with it, on this machine.

It takes what is posted for its browsers, asks who posts (RFC 8292), and hands it on; a browser opens what is sealed for
it (RFC 8291) by its own key. Nothing here knows how the product seals and signs.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from receiver import Got, Receiver, Reply, receiving

CURVE = ec.SECP256R1()
LONGEST_TOKEN_SECONDS = 24 * 3600


def letters(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF (RFC 5869) for what one digest holds."""
    return hmac.digest(hmac.digest(salt, secret, "sha256"), info + b"\x01", "sha256")[:length]


class Browser:
    """A browser: the keys it gives away, and those it keeps."""

    def __init__(self, endpoint: str = "https://push.example/1") -> None:
        self.endpoint = endpoint
        self.auth = os.urandom(16)
        self._key = ec.generate_private_key(CURVE)
        self.shown: list[Any] = []

    @property
    def point(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> str:
        """As ``JSON.stringify`` writes it."""
        keys = {"p256dh": letters(self.point), "auth": letters(self.auth)}
        return json.dumps({"endpoint": self.endpoint, "expirationTime": None, "keys": keys})

    def opened(self, body: bytes) -> bytes:
        """What was sealed for it; raises where it was not."""
        salt, record, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= record
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        secret = derived(shared, self.auth, b"WebPush: info\x00" + self.point + theirs, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
        text, last, padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\x02")
        assert (last, padding.strip(b"\x00")) == (b"\x02", b"")
        return text


@dataclass
class PushService:
    """What it was handed, for which browsers; ``answers``: what it says to the next instead of taking them."""

    receiver: Receiver
    browsers: dict[str, Browser] = field(default_factory=dict)
    answers: list[Reply] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)

    def subscribe(self) -> Browser:
        """A browser, subscribed."""
        path = f"/push/{len(self.browsers) + 1}"
        self.browsers[path] = Browser(f"http://127.0.0.1:{self.receiver.port}{path}")
        return self.browsers[path]

    def answer(self, got: Got) -> Reply:
        if self.answers:
            return self.answers.pop(0)
        fault = self._fault(got)
        if fault:
            self.faults.append(fault)
            return 400, {}, fault.encode()
        browser = self.browsers.get(got.path)
        if browser is None:
            return 410, {}, b"unsubscribed"
        browser.shown.append(json.loads(browser.opened(got.body)))
        return 201, {"location": f"/message/{len(browser.shown)}"}, b""

    def _fault(self, got: Got) -> str:
        if not re.fullmatch(r"\d+", got.headers.get("ttl", "")):
            return "a TTL is needed"
        if got.headers.get("content-encoding") != "aes128gcm":
            return "no known coding"
        if got.headers.get("urgency") not in {"very-low", "low", "normal", "high"}:
            return "no known urgency"
        if "topic" in got.headers and not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", got.headers["topic"]):
            return "no topic"
        return self._stranger(got.headers.get("authorization", ""))

    def _stranger(self, said: str) -> str:
        """What is wrong with how whoever posts shows who they are."""
        parts = re.fullmatch(r"vapid t=([\w.-]+), k=([\w-]+)", said)
        if parts is None:
            return "no token"
        key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw(parts[2]))
        try:
            token = jwt.decode(
                parts[1], key, algorithms=["ES256"], audience=f"http://127.0.0.1:{self.receiver.port}", leeway=5
            )
        except jwt.PyJWTError as fault:
            return f"{type(fault).__name__}: {fault}"
        if token["exp"] > time.time() + LONGEST_TOKEN_SECONDS:
            return "it holds for too long"
        self.contacts.append(token["sub"])
        return ""


@contextmanager
def push_service() -> Iterator[PushService]:
    """A push service that runs for a while."""
    with receiving() as receiver:
        service = PushService(receiver)
        receiver.answer = service.answer
        yield service
