"""Seals: where the lanes of the trail end, noted every few minutes and signed with a key the database does not know.

Who may do anything in the database could write every link anew from some place on; what was sealed before no longer
fits then. Seals are numbered without a gap, and the latest one is told to the log, which goes elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from onhand.core.database import Connection, statement

log = logging.getLogger(__name__)


def seal(db: Connection, key: bytes, now: datetime) -> int | None:
    """Seal what was written since the last seal; its number, or None when nothing was. ``db`` commits as it goes."""
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(hashtext('onhand.access.audit.seal'))")
        row = db.execute(statement("access.audit", "last_seal")).fetchone()
        number, last = (int(row[0]), row[1]) if row else (0, None)
        heads = read_heads(db)
        if heads == last or not heads:
            return None
        number += 1
        facts = {"number": number, "at": now, "heads": json.dumps(heads), "key": name_of(key)}
        db.execute(statement("access.audit", "save_seal"), {**facts, "mac": mac(key, number, now, heads)})
    log.info("audit trail sealed: seal %d, heads %s", number, json.dumps(heads, sort_keys=True))
    return number


def read_heads(db: Connection) -> dict[str, Any]:
    """Where each lane ends that was ever used: lane → its last place, and the digest of that link in hexadecimal."""
    rows = db.execute("SELECT lane, place, encode(digest, 'hex') FROM access_audit_lane WHERE place > 0 ORDER BY lane")
    return {str(lane): [place, digest] for lane, place, digest in rows}


def mac(key: bytes, number: int, at: datetime, heads: Mapping[str, Any]) -> bytes:
    """The signature of a seal (HMAC-SHA256, RFC 2104)."""
    text = json.dumps([number, at.isoformat(), heads], sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, text.encode(), hashlib.sha256)


def name_of(key: bytes) -> str:
    """By which a key is recognised, without telling anything of it."""
    return hashlib.sha256(b"onhand/name-of-key/" + key).hexdigest()[:12]
