"""Confirmations: made of a deed and a factor, used once, and on record."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from onhand.access.confirming.rules import Deed, canonical
from onhand.core import events
from onhand.core.database import Connection
from onhand.core.refusals import Refused

# Longer than one is good for: what is forgotten cannot come again.
_REMEMBERED = timedelta(days=1)


def deed(actor: str, act: str, facts: object, before: object, *, key: str, now: datetime) -> Deed:
    """What somebody is about to do, ready to be shown and sealed."""
    # Only the name: from where somebody asks is no part of what they do.
    return Deed(str(actor), act, canonical(facts), canonical(before), key, now, secrets.token_urlsafe(18))


def confirm(db: Connection, confirmed: Deed, *, factor: str, now: datetime) -> Refused | None:
    """Use a confirmation: once. The log says who confirmed what, by which factor, and under which key it is done."""
    db.execute("DELETE FROM access_confirmation WHERE used_at < %s", [now - _REMEMBERED])
    used = db.execute(
        "INSERT INTO access_confirmation (nonce, used_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [confirmed.nonce, now],
    ).rowcount
    if not used:
        return Refused("confirmation_used", "This was confirmed and done already; begin anew to do it once more.")
    told = {
        "act": confirmed.act,
        "key": confirmed.key,
        "factor": factor,
        "shown_at": confirmed.at,
        "facts": hashlib.sha256(confirmed.facts.encode()).hexdigest(),
        "before": hashlib.sha256(confirmed.before.encode()).hexdigest(),
    }
    events.record(db, [events.fact("act.confirmed", f"act/{confirmed.act}", confirmed.actor, told)], now)
    return None
