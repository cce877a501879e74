"""How a stream is sealed: compressed, cut into chunks, each encrypted and authenticated before it is written.

AES-256-GCM. Each object has a key of its own, derived (HKDF-SHA256) from the operator's key, a random salt and the
object's name: so an object put in another's place does not open. A chunk's nonce is its number and whether it is the
last: so none can be left out, repeated, put elsewhere, or cut off at the end.

An object is: ``ONHAND1`` and a zero byte, 16 bytes of salt, then the chunks, each preceded by its length (4 bytes).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import io
import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"ONHAND1\0"
SALT_BYTES = 16
CHUNK = 1024 * 1024
TAG_BYTES = 16
KEY_BYTES = 32
# A chunk of zeros unpacks to a thousand times its size: so it is unpacked a piece at a time.
PIECE = 4 * CHUNK


class Damaged(Exception):
    """What was read is not what was written; the text names the object."""


class BadKey(Exception):
    """This is no key, or not the one; the text says what to do."""


class Key:
    """The operator's key: 32 bytes, from which all others are derived."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise BadKey(f"A backup key has {KEY_BYTES} bytes; make one with `onhand backup key`.")
        self._secret = secret

    @classmethod
    def parse(cls, text: str) -> Key:
        """A key as it is written down: 64 hexadecimal digits, or base64; raises ``BadKey``."""
        words = text.strip()
        try:
            secret = bytes.fromhex(words) if len(words) == 2 * KEY_BYTES else base64.b64decode(words, validate=True)
        except (ValueError, binascii.Error):
            secret = b""
        return cls(secret)

    @staticmethod
    def make() -> str:
        """A new key, as it is written down."""
        return os.urandom(KEY_BYTES).hex()

    def sign(self, purpose: str, words: bytes) -> str:
        """A signature nobody without the key can make (HMAC-SHA256)."""
        return hmac.new(self._derive(b"", f"sign {purpose}"), words, hashlib.sha256).hexdigest()

    def signed(self, purpose: str, words: bytes, signature: str) -> bool:
        """Whether a signature is ours."""
        return hmac.compare_digest(self.sign(purpose, words), signature)

    def cipher(self, name: str, salt: bytes) -> AESGCM:
        """The cipher of one object."""
        return AESGCM(self._derive(salt, f"seal {name}"))

    def _derive(self, salt: bytes, purpose: str) -> bytes:
        info = f"onhand backup {purpose}".encode()
        return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt or None, info=info).derive(self._secret)


class Sealer:
    """Seals what is written to it and passes it on; tells how much came in and went out. ``close`` completes it."""

    def __init__(self, out: BinaryIO, key: Key, name: str) -> None:
        salt = os.urandom(SALT_BYTES)
        self.taken = 0
        self.given = 0
        self._out = out
        self._hash = hashlib.sha256()
        self._cipher = key.cipher(name, salt)
        self._packer = zlib.compressobj(1)
        self._waiting = bytearray()
        self._number = 0
        self._give(MAGIC + salt)

    @property
    def sha256(self) -> str:
        """The digest of what went out."""
        return self._hash.hexdigest()

    def write(self, plain: bytes) -> None:
        """Seal so much more."""
        self.taken += len(plain)
        self._waiting += self._packer.compress(plain)
        while len(self._waiting) > CHUNK:
            self._seal(CHUNK, last=False)

    def close(self) -> None:
        """Seal the rest, marked as the end."""
        self._waiting += self._packer.flush()
        while len(self._waiting) > CHUNK:
            self._seal(CHUNK, last=False)
        self._seal(len(self._waiting), last=True)

    def _seal(self, size: int, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), bytes(self._waiting[:size]), None)
        del self._waiting[:size]
        self._number += 1
        self._give(len(sealed).to_bytes(4) + sealed)

    def _give(self, words: bytes) -> None:
        self._out.write(words)
        self._hash.update(words)
        self.given += len(words)


def unseal(source: BinaryIO, key: Key, name: str) -> Iterator[bytes]:
    """What was sealed, piece by piece; raises ``Damaged`` at the first chunk that is not as it was written."""
    head = source.read(len(MAGIC) + SALT_BYTES)
    if not head.startswith(MAGIC) or len(head) != len(MAGIC) + SALT_BYTES:
        raise Damaged(f"{name} is damaged: it does not begin as a sealed object does.")
    cipher, unpacker = key.cipher(name, head[len(MAGIC) :]), zlib.decompressobj()
    number, last = 0, False
    while not last:
        packed, last = _chunk(source, cipher, number, name)
        while packed:
            if piece := unpacker.decompress(packed, PIECE):
                yield piece
            packed = unpacker.unconsumed_tail
        number += 1
    if source.read(1):
        raise Damaged(f"{name} is damaged: something follows its end.")
    while piece := unpacker.decompress(unpacker.unconsumed_tail, PIECE):
        yield piece


def _chunk(source: BinaryIO, cipher: AESGCM, number: int, name: str) -> tuple[bytes, bool]:
    length = int.from_bytes(source.read(4))
    sealed = source.read(length) if TAG_BYTES <= length <= CHUNK + TAG_BYTES else b""
    for last in (False, True):
        try:
            return cipher.decrypt(_nonce(number, last=last), sealed, None), last
        except (InvalidTag, ValueError):
            continue
    raise Damaged(f"{name} is damaged: chunk {number + 1} is not as it was written.")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


class Unsealed(io.RawIOBase):
    """A sealed object as a file to read, for whoever wants one; close it to let the source go."""

    def __init__(self, source: BinaryIO, key: Key, name: str) -> None:
        super().__init__()
        self._source = source
        self._pieces = unseal(source, key, name)
        self._left = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        if not self._left:
            self._left = next(self._pieces, b"")
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def close(self) -> None:
        """Let the source go."""
        self._source.close()
        super().close()
