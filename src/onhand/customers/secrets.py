"""What is known of customers, sealed and opened: which columns, and how a batch of rows is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from onhand.access.privacy.marks import Marker
from onhand.access.privacy.vault import Vault, unlock
from onhand.core.database import Connection

TABLE = "customers_customer"
SEALED = ("name", "email", "phone")


def subject(code: str) -> str:
    """How privacy knows a customer."""
    return f"customer/{code}"


def sealed(vault: Vault, code: str, facts: Mapping[str, str]) -> dict[str, str]:
    """A customer's texts as they are kept."""
    return {name: vault.seal(subject(code), f"{TABLE}.{name}", facts[name]) for name in facts}


def opened(db: Connection, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Customers' facts as they were said, of (code, facts as kept); one statement for all keys."""
    vault = unlock(db, (subject(code) for code, _ in rows))
    return [facts | opened_by(vault, code, facts) for code, facts in ((code, dict(facts)) for code, facts in rows)]


def opened_by(vault: Vault, code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A customer's texts as they were said, of those that are kept."""
    return {
        name: vault.open(subject(code), f"{TABLE}.{name}", facts[name])
        for name in SEALED
        if facts.get(name) is not None
    }


def names(db: Connection, kept: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Customers' names by code, of (code, name as kept)."""
    rows = [(code, {"name": name}) for code, name in kept]
    return {code: facts["name"] for (code, _), facts in zip(rows, opened(db, rows), strict=True)}


def marks(marker: Marker, facts: Mapping[str, str]) -> str:
    """What a customer is found by, as an array's text."""
    found = marker.name(facts["name"]) + marker.email(facts["email"]) + marker.phone(facts["phone"])
    return "{" + ",".join(found) + "}"
