"""Questions to the room: who is meant by a code, and who they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from onhand.access.privacy import marks
from onhand.core.database import Connection, statement
from onhand.core.pages import PAGE, Listing, Page
from onhand.customers import secrets
from onhand.customers.rules import Priority


def ids_by_code(db: Connection, codes: Iterable[str]) -> dict[str, int]:
    """The ids of known customers."""
    wanted = list(set(codes))
    if not wanted:
        return {}
    rows = db.execute("SELECT code, id FROM customers_customer WHERE code = ANY(%s)", (wanted,)).fetchall()
    return dict(rows)


# A common name has more than anybody looks through: of so many the first are shown.
MOST_LOOKED_AT: Final = 1000


class CustomerView(msgspec.Struct, frozen=True):
    """A customer, as we know them. ``representative``: who of the house looks after them, by their account's name."""

    code: str
    name: str
    email: str
    phone: str
    country: str | None
    known_since: datetime
    language: str | None = None
    representative: str | None = None
    priority: Priority = "normal"
    id: int = 0


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
        "representative": "customer.representative = %(representative)s",
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
    representative: str | None = None,
    after: str | None = None,
    most: int = PAGE,
) -> Page[CustomerView]:
    """Customers by what is known of them, in the order of their codes.

    ``email``: this address, however it is capitalised; ``phone``: this number, however it is grouped and with or
    without its country; ``name``: all of these words, whole, in any order.
    """
    given: dict[str, Any] = {"code": code, "country": country, "representative": representative}
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


def customer(db: Connection, code: str | None) -> CustomerView | None:
    """A customer by their code; None where nobody has it, or none is given."""
    found = customers(db, code=code, most=1).items if code else []
    return found[0] if found else None


def at_addresses(db: Connection, emails: Iterable[str], *, most: int = 20) -> dict[str, list[CustomerView]]:
    """Customers by e-mail addresses, as these are asked for; of each the first ``most``, the longest known first."""
    marker = marks.marker(db)
    marked = {email: mark for email in emails for mark in marker.email(email)}
    given = {"emails": list(marked), "marks": list(marked.values()), "most": most}
    rows = db.execute(statement("customers", "at_addresses"), given).fetchall() if marked else []
    views = _opened(db, [CustomerView(*facts) for _, *facts in rows])
    known: dict[str, list[CustomerView]] = {}
    for (email, *_), view in zip(rows, views, strict=True):
        known.setdefault(email, []).append(view)
    return known


def found(db: Connection, words: str, most: int = PAGE) -> list[CustomerView]:
    """Whom somebody may mean who types this: a code, an address, a telephone number, or words of a name."""
    words = words.strip()
    return _opened(db, _meant(db, words, most)) if words else []


def _meant(db: Connection, words: str, most: int) -> list[CustomerView]:
    """Whom words may mean, as they are kept."""
    kept = list(_KEPT.page(db, {"code": words}, most=1).items)
    for meant in marks.marker(db).any_of(words):
        given = {"marks": meant, "looked_at": MOST_LOOKED_AT, "most": most}
        kept += [CustomerView(*row) for row in db.execute(statement("customers", "meant"), given, prepare=False)]
    return list({each.code: each for each in kept}.values())[:most]


def ids_found(db: Connection, words: str, most: int) -> list[int]:
    """The ids of whom somebody may mean who types this; see ``found``."""
    return [each.id for each in _meant(db, words.strip(), most)] if words.strip() else []


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
