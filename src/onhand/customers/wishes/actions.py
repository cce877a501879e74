"""Verbs: a wish is left, taken back, ended because it was told or has grown too old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from onhand.access.privacy import marks
from onhand.access.privacy.vault import destroy, enroll, unlock
from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.customers.wishes import rules

PLACE = "customers_wish.email"


class Wanted(NamedTuple):
    """Somebody wants to be told of a SKU, in a language."""

    sku: str
    email: str
    language: str


class Told(NamedTuple):
    """A wish that ends with a letter: its number, its SKU, whom to write to and in which language."""

    id: int
    sku: str
    email: str
    language: str


def leave(db: Connection, wanted: Sequence[Wanted], now: datetime, *, actor: str) -> list[int]:
    """Leave wishes, in the caller's transaction; the number of each. Left twice it is one; an unknown SKU gives 0."""
    marker = marks.marker(db)
    whoses = [f"wish/{marker.email(each.email)[0]}" for each in wanted]
    vault = enroll(db, whoses, hold=True)
    numbers = []
    for each, whose in zip(wanted, whoses, strict=True):
        facts = {"sku": each.sku, "whose": whose, "language": each.language, "now": now}
        row = db.execute(
            statement("customers.wishes", "leave"), {**facts, "email": vault.seal(whose, PLACE, each.email.strip())}
        ).fetchone()
        numbers.append(row[0] if row else 0)
        if row and row[1]:
            events.record(db, [events.fact("sku.wished", f"sku/{each.sku}", actor, {"sku": each.sku})], now)
    return numbers


def take_back(db: Connection, number: int, now: datetime) -> bool:
    """End a wish because who left it says so; False when it had ended."""
    return bool(
        db.execute(
            "UPDATE customers_wish SET ended_at = %s, outcome = 'taken_back', email = ''"
            " WHERE id = %s AND ended_at IS NULL",
            (now, number),
        ).rowcount
    )


def tell(db: Connection, free: Mapping[str, int], now: datetime) -> list[Told]:
    """End so many wishes of each SKU, those left first, because their owners are told now; two never tell the same."""
    facts = {"skus": list(free), "most": list(free.values()), "now": now}
    rows = db.execute(statement("customers.wishes", "next_in_turn"), facts).fetchall()
    if not rows:
        return []
    vault = unlock(db, {whose for _, _, whose, _, _ in rows})
    told = [
        Told(number, sku, vault.open(whose, PLACE, email), language) for number, sku, whose, email, language in rows
    ]
    db.execute(
        "UPDATE customers_wish SET ended_at = %s, outcome = 'told', email = '' WHERE id = ANY (%s)",
        (now, [each.id for each in told]),
    )
    # Whose key is gone was erased: there is nobody to tell.
    return [each for each in told if each.email]


def forget(db: Connection, now: datetime) -> int:
    """End wishes that have grown too old, and forget those that ended long ago, with their keys; how many."""
    ended = db.execute(
        "UPDATE customers_wish SET ended_at = %s, outcome = 'too_old', email = ''"
        " WHERE ended_at IS NULL AND made_at < %s",
        (now, now - rules.LONGEST),
    ).rowcount
    gone = db.execute("DELETE FROM customers_wish WHERE made_at < %s RETURNING whose", (now - rules.KEPT,)).fetchall()
    names = sorted({whose for (whose,) in gone})
    left = db.execute("SELECT DISTINCT whose FROM customers_wish WHERE whose = ANY (%s)", (names,)).fetchall()
    destroy(db, set(names) - {whose for (whose,) in left})
    return ended + len(gone)
