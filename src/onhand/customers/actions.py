"""Verbs that change what we know of customers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from onhand.access import directory
from onhand.access.privacy import marks
from onhand.access.privacy.vault import Vault, destroy, enroll, is_sealed
from onhand.core import events, texts
from onhand.core.asks import Command
from onhand.core.batch import Diary, alone_with, moment
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused
from onhand.core.texts import Code, Country
from onhand.customers import secrets
from onhand.customers.rules import Language, Priority


class CustomerRecord(Command, frozen=True):
    """A customer as they shall be known, by their code."""

    code: Code
    name: Annotated[str, Meta(max_length=200, pattern=texts.TEXT)] = ""
    email: Annotated[str, Meta(max_length=254, pattern=texts.TEXT)] = ""
    phone: Annotated[str, Meta(max_length=40, pattern=texts.TEXT)] = ""
    country: Country | None = None


class SavedCustomer(msgspec.Struct, frozen=True):
    """What became of a customer's record."""

    code: str
    change: Literal["created", "changed", "unchanged"]


def save_customers(
    db: Connection, customers: Sequence[CustomerRecord], *, actor: str = "system"
) -> list[SavedCustomer | Refused]:
    """Create customers, or change them; the last record of a code counts.

    That a customer changed is told, but not what is known of them: the log keeps, and a person may be forgotten. For
    the same reason a code, which stays in the books, must not be an e-mail address.
    """
    last = {each.code: each for each in customers if not _is_address(each.code)}
    changes = _changes(db, [last[code] for code in sorted(last)])
    diary, saved = Diary(actor, moment(db, None)), dict[str, SavedCustomer]()
    for code, change in changes.items():
        saved[code] = SavedCustomer(code, change)
        diary.note("customer.saved", f"customer/{code}", change, {"code": code})
    diary.write(db)
    return [saved.get(each.code) or _CODE_IS_ADDRESS for each in customers]


Changed = Literal["created", "changed", "unchanged"]
_CODE_IS_ADDRESS = Refused(
    "code_is_address",
    "A customer's code stays in the books for ever, so it cannot be an e-mail address; give another code, and the"
    " address as email.",
    "code",
)


def _is_address(code: str) -> bool:
    name, _, host = code.partition("@")
    return bool(name) and "." in host.strip(".")


def _changes(db: Connection, records: Sequence[CustomerRecord]) -> dict[str, Changed]:
    """Write what is new or changed, sealed; what each record changed, by code."""
    if not records:
        return {}
    codes = [each.code for each in records]
    vault = enroll(db, (secrets.subject(each.code) for each in records if _said(each)), hold=True)
    kept = {code: facts for code, *facts in db.execute(statement("customers", "customers_held"), (codes,))}
    changes: dict[str, Changed] = {}
    rows = []
    for each in records:
        before = kept.get(each.code)
        known = None if before is None else [*_opened(vault, each.code, before[:-1]), before[-1]]
        wanted = [*(getattr(each, name) for name in secrets.SEALED), each.country]
        changes[each.code] = "created" if known is None else "unchanged" if known == wanted else "changed"
        texts = _sealed(vault, each, before, known)
        if before is None or [*texts, each.country] != before:
            rows.append((each, texts))
    _write(db, rows)
    return changes


def _said(record: CustomerRecord) -> dict[str, str]:
    """What a record says of the person; what it says nothing of is left out."""
    return {name: text for name in secrets.SEALED if (text := getattr(record, name))}


def _opened(vault: Vault, code: str, kept: Sequence[str]) -> list[str]:
    places = zip(secrets.SEALED, kept, strict=True)
    return [vault.open(secrets.subject(code), f"{secrets.TABLE}.{name}", text) for name, text in places]


def _sealed(vault: Vault, record: CustomerRecord, kept: Sequence[Any] | None, known: Sequence[Any] | None) -> list[str]:
    """A record's texts as they are kept; one that is as it was stays sealed as it was."""
    made = []
    for at, name in enumerate(secrets.SEALED):
        text = getattr(record, name)
        same = kept is not None and known is not None and known[at] == text and is_sealed(kept[at])
        made.append(kept[at] if same and kept else vault.seal(*_place(record.code, name), text))
    return made


def _place(code: str, name: str) -> tuple[str, str]:
    return secrets.subject(code), f"{secrets.TABLE}.{name}"


def _write(db: Connection, rows: Sequence[tuple[CustomerRecord, list[str]]]) -> None:
    if not rows:
        return
    marker = marks.marker(db)
    found = [
        (each.code, *texts, each.country, secrets.marks(marker, {name: getattr(each, name) for name in secrets.SEALED}))
        for each, texts in rows
    ]
    db.execute(statement("customers", "save_customers"), [list(column) for column in zip(*found, strict=True)])


# Asked about customers (codes) who shall go; answers those something depends on.
DependedOn = Callable[[Connection, list[str]], set[str]]


def remove_customers(
    db: Connection, codes: Iterable[str], *, depended_on: DependedOn, actor: str = "system"
) -> set[str]:
    """Remove customers nothing depends on; answers the codes of those that are gone.

    Whoever places an order has read its customer in the same transaction: the lock waits for them, and they for us.
    """
    alone_with(db, "customers_customer")
    known = list(codes)
    free = sorted(set(known) - depended_on(db, known))
    rows = db.execute("DELETE FROM customers_customer WHERE code = ANY (%s) RETURNING code", [free])
    gone = {code for (code,) in rows}
    destroy(db, (secrets.subject(code) for code in gone))
    diary = Diary(actor, moment(db, None))
    for code in sorted(gone):
        diary.note("customer.removed", f"customer/{code}", "removed", {"code": code})
    diary.write(db)
    return gone


class Care(Command, frozen=True, kw_only=True):
    """How a customer shall be looked after; what is not named stays as it is.

    ``representative``: the person of the house who looks after them, by the name they sign in with; empty for nobody.
    """

    language: Language | None = None
    representative: Annotated[str, Meta(max_length=150, pattern=texts.TEXT)] | None = None
    priority: Priority | None = None


class Cared(msgspec.Struct, frozen=True):
    """How a customer is looked after now."""

    code: str
    language: str | None
    representative: str | None
    priority: str


def care_for(db: Connection, code: str, wanted: Care, *, actor: str, now: datetime) -> Cared | Refused:
    """Set a customer's language, representative and priority; refuses ``unknown_customer`` and ``unknown_person``."""
    row = db.execute(
        "SELECT language, representative, priority FROM customers_customer WHERE code = %s FOR NO KEY UPDATE", (code,)
    ).fetchone()
    if row is None:
        return Refused("unknown_customer", f"There is no customer {code!r}; look them up first.", "customer")
    if wanted.representative and not _works_here(db, wanted.representative):
        detail = f"Nobody signs in as {wanted.representative!r}; name an account of the house that is open."
        return Refused("unknown_person", detail, "representative")
    before = Cared(code, *row)
    named = before.representative if wanted.representative is None else wanted.representative or None
    after = Cared(code, wanted.language or before.language, named, wanted.priority or before.priority)
    if after != before:
        db.execute(
            "UPDATE customers_customer SET language = %s, representative = %s, priority = %s WHERE code = %s",
            (after.language, after.representative, after.priority, code),
        )
        data = {"code": code, "before": _of_care(before), "after": _of_care(after)}
        events.record(db, [events.fact("customer.cared_for", f"customer/{code}", actor, data)], now)
    return after


def _of_care(cared: Cared) -> dict[str, str | None]:
    return {"language": cared.language, "representative": cared.representative, "priority": cared.priority}


def _works_here(db: Connection, name: str) -> bool:
    """Whether somebody of this name may sign in."""
    found = directory.person(db, name)
    return found is not None and found.active
