"""In which language a customer is written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.customers.rules import LANGUAGES, Language

__all__ = ["LANGUAGES", "language_of", "languages", "speak"]


def language_of(db: Connection, customers: Sequence[str]) -> str:
    """The language these customers chose, the longest known first; empty where none has said."""
    row = db.execute(
        "SELECT language FROM customers_customer WHERE code = ANY(%s) AND language IS NOT NULL ORDER BY id LIMIT 1",
        (list(customers),),
    ).fetchone()
    return row[0] if row else ""


def languages(db: Connection, customers: Iterable[str]) -> dict[str, str]:
    """The languages of those of these customers who chose one."""
    wanted = list(customers)
    rows = db.execute(
        "SELECT code, language FROM customers_customer WHERE code = ANY(%s) AND language IS NOT NULL", (wanted,)
    )
    return dict(rows.fetchall())


def speak(db: Connection, customers: Sequence[str], language: Language, *, actor: str, now: datetime) -> int:
    """Keep a language for customers; how many it was new to."""
    rows = db.execute(statement("customers", "speak"), (language, list(customers), language)).fetchall()
    told = [
        fact("customer.language_set", f"customer/{code}", actor, {"before": before, "after": language})
        for code, before in rows
    ]
    record(db, told, now)
    return len(rows)
