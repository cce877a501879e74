"""Questions to the room: who is meant by a code, and who they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from onhand.access.privacy import marks
from onhand.core.database import Connection
from onhand.core.pages import PAGE, Listing, Page
from onhand.customers import secrets


def ids_by_code(db: Connection, codes: Iterable[str]) -> dict[str, int]:
    """The ids of known customers."""
    wanted = list(set(codes))
    if not wanted:
        return {}
    rows = db.execute("SELECT code, id FROM customers_customer WHERE code = ANY(%s)", (wanted,)).fetchall()
    return dict(rows)


class CustomerView(msgspec.Struct, frozen=True):
    """A customer, as we know them."""

    code: str
    name: str
    email: str
    phone: str
    country: str | None
    known_since: datetime


_KEPT = Listing(
    "customers",
    "customers",
    tuple[str],
    "customer.code > %(k0)s",
    CustomerView,
    {
        "code": "customer.code = %(code)s",
        # An address that is not sealed yet has no mark.
        "email": "(customer.marks @> %(email)s::text[] OR (customer.email = %(plain)s AND customer.email <> ''))",
        "plain": "true",
        "phone": "customer.marks @> %(phone)s::text[]",
        "name": "customer.marks @> %(name)s::text[]",
        "country": "customer.country = %(country)s",
    },
)


def customers(
    db: Connection,
    *,
    code: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    name: str | None = None,
    country: str | None = None,
    after: str | None = None,
    most: int = PAGE,
) -> Page[CustomerView]:
    """Customers by what is known of them, in the order of their codes.

    ``email``: this address, however it is capitalised; ``phone``: this number, however it is grouped and with or
    without its country; ``name``: all of these words, whole, in any order.
    """
    given: dict[str, Any] = {"code": code, "country": country}
    if email or phone or name:
        marker = marks.marker(db)
        given |= {
            "email": marker.email(email) if email else None,
            "plain": email,
            "phone": marker.phone(phone) if phone else None,
            "name": marker.name(name) if name else None,
        }
        if any(found == [] for found in given.values()):
            return Page([])
    page = _KEPT.page(db, given, after=after, most=most)
    return Page(_opened(db, page.items), page.next)


def found(db: Connection, words: str, most: int = PAGE) -> list[CustomerView]:
    """Whom somebody may mean who types this: a code, an address, a telephone number, or words of a name."""
    words = words.strip()
    if not words:
        return []
    kept = list(_KEPT.page(db, {"code": words}, most=1).items)
    for meant in marks.marker(db).any_of(words):
        kept += _KEPT.page(db, {"name": meant}, most=most).items
    unique = list({each.code: each for each in kept}.values())[:most]
    return _opened(db, unique)


def _opened(db: Connection, kept: Sequence[CustomerView]) -> list[CustomerView]:
    texts = secrets.opened(db, [(each.code, {name: getattr(each, name) for name in secrets.SEALED}) for each in kept])
    return [msgspec.structs.replace(each, **facts) for each, facts in zip(kept, texts, strict=True)]


class Reach(NamedTuple):
    """Where somebody is reached; empty where that is not known."""

    email: str
    phone: str


def reached(db: Connection, codes: Iterable[str]) -> dict[str, Reach]:
    """Where these customers are reached, by their codes; who is not known is not among them."""
    rows = db.execute("SELECT code, email, phone FROM customers_customer WHERE code = ANY(%s)", (sorted(set(codes)),))
    kept = [(code, {"email": email, "phone": phone}) for code, email, phone in rows]
    opened = secrets.opened(db, kept)
    return {code: Reach(facts["email"], facts["phone"]) for (code, _), facts in zip(kept, opened, strict=True)}
