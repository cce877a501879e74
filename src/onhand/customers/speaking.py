"""In which language a customer is written to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.customers import rules
from onhand.customers.rules import LANGUAGES, Language

__all__ = ["LANGUAGES", "language_of", "languages", "speak"]


def language_of(db: Connection, customers: Sequence[str]) -> str:
    """The language these customers chose, the longest known first; empty where none has said."""
    row = db.execute(
        "SELECT language FROM customers_customer WHERE code = ANY(%s) AND language IS NOT NULL ORDER BY id LIMIT 1",
        (list(customers),),
    ).fetchone()
    return row[0] if row else ""


def languages(db: Connection, customers: Iterable[str]) -> dict[str, Language]:
    """In which language each of these customers is written to: as they chose, else as it is spoken where they are."""
    rows = db.execute("SELECT code, language, country FROM customers_customer WHERE code = ANY(%s)", (list(customers),))
    return {code: rules.language_of(said, country) for code, said, country in rows}


def speak(db: Connection, customers: Sequence[str], language: Language, *, actor: str, now: datetime) -> int:
    """Keep a language for customers; how many it was new to."""
    rows = db.execute(statement("customers", "speak"), (language, list(customers), language)).fetchall()
    told = [
        fact("customer.language_set", f"customer/{code}", actor, {"before": before, "after": language})
        for code, before in rows
    ]
    record(db, told, now)
    return len(rows)
