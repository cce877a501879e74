"""The texts of notes and cases, sealed under the key of whoever they are about."""

from __future__ import annotations

from uuid import UUID

NOTE = "customers_note.text"
SUBJECT = "customers_case.subject"
ENTRY = "customers_case_entry.text"


def owner_of(customer: str | None, order: UUID | None) -> str:
    """How privacy knows whom a row is about: the customer, or the guest whose order it is."""
    return f"customer/{customer}" if customer else f"order/{order}"
