"""A device that makes passkeys and signs with them, for the tests of customers' pages: what a browser would send."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.http import HttpResponse
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

HOST = "testserver"
_F = AuthenticatorData.FLAG


def _public(key: ec.EllipticCurvePrivateKey) -> Any:
    """The public half, as passkeys write it."""
    known: Any = ES256
    return known.from_cryptography_key(key.public_key())


class Finger:
    """Holds one passkey."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = secrets.token_bytes(16)
        self.holder = b""
        self.signs = 0

    def make(self, browser: Client, called: str = "phone") -> HttpResponse:
        """Add the passkey to the account of who is signed in."""
        asked = browser.get("/my/account/passkeys/wanted").json()["request_options"]["publicKey"]
        self.holder = websafe_decode(asked["user"]["id"])
        made = AttestedCredentialData.create(b"\x00" * 16, self.name, _public(self.key))
        attested = AttestationObject.create("none", self._seen(_F.UP | _F.UV | _F.AT, made), {})
        said = CollectedClientData.create("webauthn.create", asked["challenge"], f"https://{HOST}")
        answer = self._answer(clientDataJSON=said, attestationObject=attested)
        return browser.post("/my/account/passkeys/add", {"credential": answer, "name": called})  # type: ignore[return-value]

    def sign_in(self, browser: Client) -> HttpResponse:
        """Sign in with the passkey."""
        asked = browser.get("/my/sign-in/passkey/asked").json()["request_options"]["publicKey"]
        said = CollectedClientData.create("webauthn.get", asked["challenge"], f"https://{HOST}")
        self.signs += 1
        seen = self._seen(_F.UP | _F.UV)
        signed = self.key.sign(bytes(seen) + said.hash, ec.ECDSA(SHA256()))
        answer = self._answer(clientDataJSON=said, authenticatorData=seen, signature=signed, userHandle=self.holder)
        return browser.post("/my/sign-in/passkey", {"credential": answer})  # type: ignore[return-value]

    def _seen(self, flags: AuthenticatorData.FLAG, made: bytes = b"") -> AuthenticatorData:
        return AuthenticatorData(AuthenticatorData.create(sha256(HOST.encode()).digest(), flags, self.signs, made))

    def _answer(self, **parts: bytes) -> str:
        name = websafe_encode(self.name)
        facts: dict[str, Any] = {each: websafe_encode(bytes(part)) for each, part in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": facts})
