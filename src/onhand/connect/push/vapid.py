"""By what push services know the shop (RFC 8292): a key of its own, and a token signed with it for each service.

The key is made when the first browser asks for its public half, and kept with the subscriptions it belongs to, sealed
as they are: whoever restores the database and has the master keys goes on where they were. When another takes its
place, the browsers that subscribed with it are out of reach until they subscribe anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from onhand.access.privacy.vault import NOBODY, enroll, unlock
from onhand.connect.push.sealing import point_of
from onhand.connect.push.subscriptions import in_letters, of_letters
from onhand.core import events
from onhand.core.database import Connection
from onhand.core.settings import Settings
from onhand.messages.alerts import devices

SECRET: Final = "push_key.secret"  # noqa: S105 - the name of a column
# A day is the longest a service believes; a clock may be wrong by hours.
HOLDS_FOR: Final = timedelta(hours=12)
_COORDINATE_BYTES: Final = 32


def contact(settings: Settings) -> str:
    """Whom push services turn to; of a machine without a name of its own the public address, if that says more."""
    if settings.push_contact:
        return settings.push_contact
    mailbox = parseaddr(settings.mail_from)[1]
    public = settings.public_address or ""
    return public if mailbox.endswith("@localhost") and public.startswith("https://") else f"mailto:{mailbox}"


def public_key(db: Connection, now: datetime) -> str:
    """What browsers are subscribed with; at the first call the key is made."""
    return _public(db) or _made(db, now)


def holds(db: Connection, public: str) -> bool:
    """Whether browsers subscribe with this key; that stays so until the end of the transaction."""
    row = db.execute("SELECT public FROM push_key FOR SHARE").fetchone()
    return row is not None and row[0] == public


def change(db: Connection, *, actor: str, now: datetime) -> int | None:
    """Put another key in the place of the shop's; how many devices are silent for that, None where there is none."""
    secret = _secret()
    changed = db.execute(
        "UPDATE push_key SET secret = %s, public = %s, made_at = %s RETURNING id",
        (enroll(db, [NOBODY]).seal(NOBODY, SECRET, secret), ShopKey.of(secret).public, now),
    ).fetchone()
    if changed is None:
        return None
    silenced = devices.silence(db, now)
    events.record(db, [events.fact("push.key_changed", "push/key", actor, {"devices": silenced})], now)
    return silenced


def shop_key(db: Connection) -> ShopKey | None:
    """The shop's key; None where no browser has asked for it yet."""
    row = db.execute("SELECT secret FROM push_key").fetchone()
    secret = unlock(db, [NOBODY]).open(NOBODY, SECRET, row[0]) if row else ""
    return ShopKey.of(secret) if secret else None


@dataclass(frozen=True, slots=True)
class ShopKey:
    """The shop's key: signs tokens."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    public: str

    @classmethod
    def of(cls, secret: str) -> ShopKey:
        """Of its secret number, as it is kept."""
        key = ec.derive_private_key(int.from_bytes(of_letters(secret), "big"), ec.SECP256R1())
        return cls(key, in_letters(point_of(key)))

    def authorization(self, endpoint: str, contact: str, now: datetime) -> str:
        """The header by which the push service of an endpoint knows who posts."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + HOLDS_FOR).timestamp()),
            "sub": contact,
        }
        return f"vapid t={jwt.encode(claims, self.key, 'ES256')}, k={self.public}"


def _public(db: Connection) -> str:
    row = db.execute("SELECT public FROM push_key").fetchone()
    return str(row[0]) if row else ""


def _made(db: Connection, now: datetime) -> str:
    secret = _secret()
    sealed = enroll(db, [NOBODY]).seal(NOBODY, SECRET, secret)
    db.execute(
        "INSERT INTO push_key (secret, public, made_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (sealed, ShopKey.of(secret).public, now),
    )
    # Somebody else may have been first: theirs holds.
    return _public(db)


def _secret() -> str:
    """The number of a new key, as it is kept."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return in_letters(number.to_bytes(_COORDINATE_BYTES, "big"))
