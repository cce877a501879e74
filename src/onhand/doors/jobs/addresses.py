"""Where letters go: the addresses of customers and people, as they are when the letter leaves."""

from __future__ import annotations

from collections.abc import Sequence

from onhand.access import directory
from onhand.core.database import Connection
from onhand.customers import queries as customers
from onhand.messages.alerts import devices, preferences
from onhand.messages.outbox import Due


def addresses(db: Connection, letters: Sequence[Due]) -> dict[int, str]:
    """The address of each letter by its number; none for a letter whose recipient has none, or is gone."""
    codes = {each.to_name for each in letters if each.to_kind == "customer"}
    names = {each.to_name for each in letters if each.to_kind == "person"}
    known = customers.reached(db, codes) if codes else {}
    people = directory.mailboxes(db, names) if names else {}
    texted = {each.to_name for each in letters if each.to_kind == "person" and each.channel == "sms"}
    phones = preferences.phones(db, texted) if texted else {}
    shown = [each for each in letters if each.channel == "push"]
    browsers = _browsers(db, shown) if shown else {}
    found: dict[int, str] = {}
    for each in letters:
        if each.channel == "push":
            found[each.id] = browsers.get(each.id, "")
        elif each.to_kind == "customer" and (facts := known.get(each.to_name)):
            found[each.id] = facts.email if each.channel == "email" else facts.phone
        elif each.to_kind == "person":
            found[each.id] = (people if each.channel == "email" else phones).get(each.to_name, "")
        elif each.to_kind == "address":
            found[each.id] = each.address
    return {number: address for number, address in found.items() if address}


def _browsers(db: Connection, letters: Sequence[Due]) -> dict[int, str]:
    """Of what is to be shown on a device, where that is; nothing is shown of the house to who left it."""
    there = directory.in_use(db, {each.to_name for each in letters})
    known = devices.addresses(db, {each.device for each in letters})
    return {each.id: known.get(each.device, "") for each in letters if each.to_name in there}
