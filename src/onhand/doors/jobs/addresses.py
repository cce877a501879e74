"""Where letters go: the addresses of customers and people, as they are when the letter leaves."""

from __future__ import annotations

from collections.abc import Sequence

from onhand.access import directory
from onhand.core.database import Connection
from onhand.customers import queries as customers
from onhand.messages.alerts import preferences
from onhand.messages.outbox import Due


def addresses(db: Connection, letters: Sequence[Due]) -> dict[int, str]:
    """The address of each letter by its number; none for a letter whose recipient has none, or is gone."""
    codes = {each.to_name for each in letters if each.to_kind == "customer"}
    names = {each.to_name for each in letters if each.to_kind == "person"}
    known = customers.reached(db, codes) if codes else {}
    people = directory.mailboxes(db, names) if names else {}
    texted = {each.to_name for each in letters if each.to_kind == "person" and each.channel == "sms"}
    phones = preferences.phones(db, texted) if texted else {}
    found: dict[int, str] = {}
    for each in letters:
        if each.to_kind == "customer" and (facts := known.get(each.to_name)):
            found[each.id] = facts.email if each.channel == "email" else facts.phone
        elif each.to_kind == "person":
            found[each.id] = (people if each.channel == "email" else phones).get(each.to_name, "")
        elif each.to_kind == "address":
            found[each.id] = each.address
    return {number: address for number, address in found.items() if address}
