"""Sealing what is known of people, and opening it again.

What is sealed is a text ``oh1:<key's id>:<base64>``: AES-256-GCM under the subject's own key, with a fresh nonce. Whose
it is, and which column it stands in, is bound in: moved to another row or column it does not open. A key is destroyed
to erase somebody (``erasing.py``): what was sealed with it, wherever it was copied, stays noise.

Texts that were written before there were keys are plain; they open as they are, and are sealed by the housekeeper.
Keys come and go by the batch: one statement finds all that a batch needs, one more makes those that are missing. They
are not remembered from one batch to the next: who is erased is so at once, in every process.
"""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from onhand.access.privacy.masters import SOURCE, Masters
from onhand.core.database import Connection, statement

VERSION = "oh1"
_SEALED = re.compile(r"oh1:([A-Za-z0-9_-]{11}):([A-Za-z0-9_-]{38,})")
_ROOM = "access.privacy"
NONCE = 12
# Whose key makes the marks: nobody's.
NOBODY = "*"


@dataclass(slots=True)
class Key:
    """A subject's key, unwrapped."""

    id: str
    cipher: AESGCM = field(repr=False)
    raw: bytes = field(repr=False, default=b"")


def about(subject: str, key: str) -> bytes:
    """What a wrapped key is bound to."""
    return f"{VERSION}\x1fkey\x1f{key}\x1f{subject}".encode()


def _bound(subject: str, place: str) -> bytes:
    return f"{VERSION}\x1f{place}\x1f{subject}".encode()


def is_sealed(text: str | None) -> bool:
    """Whether a text is sealed; what was written before there were keys is not."""
    return text is not None and text.startswith("oh1:") and _SEALED.fullmatch(text) is not None


@dataclass(slots=True)
class Vault:
    """The keys of a batch's subjects. ``place`` is always ``table.column``."""

    masters: Masters
    keys: dict[str, Key]
    _made: list[tuple[str, str, str, bytes]] = field(default_factory=list)

    def make(self, subject: str) -> None:
        """Give a new subject, whom nobody else can know yet, a key; ``keep`` writes it down."""
        key, name = AESGCM.generate_key(256), urlsafe_b64encode(os.urandom(8)).decode().rstrip("=")
        self._made.append((subject, name, self.masters.first, self.masters.wrap(key, about(subject, name))))
        self.keys[subject] = Key(name, AESGCM(key), key)

    def keep(self, db: Connection) -> None:
        """Write down the keys that were made, in the caller's transaction."""
        if self._made:
            # In one order everywhere: two batches with the same subjects must not wait for each other.
            rows, self._made = sorted(self._made), []
            db.execute(statement(_ROOM, "keep_keys"), [list(column) for column in zip(*rows, strict=True)])

    def forget_made(self) -> None:
        """What the keys were made for was not written after all."""
        for subject, *_ in self._made:
            del self.keys[subject]
        self._made = []

    def seal(self, subject: str, place: str, text: str) -> str:
        """The text, sealed; nothing stays nothing. Raises ``KeyError`` when the subject has no key."""
        if not text:
            return ""
        key, nonce = self.keys[subject], os.urandom(NONCE)
        sealed = nonce + key.cipher.encrypt(nonce, text.encode(), _bound(subject, place))
        return f"{VERSION}:{key.id}:{urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def open(self, subject: str, place: str, text: str | None) -> str:
        """The text as it was; empty when its key was destroyed. Raises ``InvalidTag`` when it was moved or altered."""
        if not text or not text.startswith("oh1:"):
            return text or ""
        found, key = _SEALED.fullmatch(text), self.keys.get(subject)
        if found is None:
            return text
        if key is None or key.id != found.group(1):
            return ""
        sealed = urlsafe_b64decode(found.group(2) + "=" * (-len(found.group(2)) % 4))
        try:
            return key.cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(subject, place)).decode()
        except InvalidTag as fault:
            raise InvalidTag(f"what stands in {place} of {subject} was sealed for another place, or altered") from fault


def unlock(db: Connection, subjects: Iterable[str]) -> Vault:
    """The keys of these subjects, as far as they have any."""
    wanted = sorted(set(subjects))
    return Vault(SOURCE.now(), _found(db, wanted, "keys") if wanted else {})


def enroll(db: Connection, subjects: Iterable[str], *, hold: bool = False) -> Vault:
    """The keys of these subjects; who has none gets one, in the caller's transaction.

    ``hold``: let nobody destroy these keys before the transaction ends.
    """
    wanted = sorted(set(subjects))
    name = "keys_held" if hold else "keys"
    vault = Vault(SOURCE.now(), _found(db, wanted, name) if wanted else {})
    missing = [each for each in wanted if each not in vault.keys]
    if missing:
        for each in missing:
            vault.make(each)
        vault.keep(db)
        # Somebody else may have been first: theirs hold.
        vault.keys |= _found(db, missing, name)
    return vault


def destroy(db: Connection, subjects: Iterable[str]) -> list[str]:
    """Destroy keys: what was sealed with them cannot be opened any more. Answers the ids of those that are gone."""
    rows = db.execute("DELETE FROM access_privacy_key WHERE subject = ANY (%s) RETURNING id", (sorted(set(subjects)),))
    return [key for (key,) in rows]


def _found(db: Connection, subjects: list[str], name: str) -> dict[str, Key]:
    found, masters = {}, SOURCE.now()
    for subject, key, master, wrapped in db.execute(statement(_ROOM, name), (subjects,)):
        if master not in masters.ciphers:
            masters = SOURCE.knowing(master)
        raw = masters.unwrap(master, bytes(wrapped), about(subject, key))
        found[subject] = Key(key, AESGCM(raw), raw)
    return found
