"""What customer and shop said to each other about something: what they wrote by hand, and the letters that went out."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from onhand.core.database import Connection
from onhand.customers.account import messages
from onhand.messages import queries as letters

MOST = 50


class Said(NamedTuple):
    """Something that was said: by the customer or by the shop; ``title`` is a letter's subject."""

    at: datetime
    by_customer: bool
    text: str
    title: str = ""


def conversation(db: Connection, customer: str, about: str) -> list[Said]:
    """What customer and shop said about a thing, first things first; the last fifty of each kind.

    Letters to anybody else about the same thing, such as those who work on it, are not theirs to read.
    """
    written = messages.about(db, [customer], about, most=MOST).items
    asked = {"about": about, "whose": f"customer/{customer}"}
    sent = letters.letters(db, asked, most=MOST, to_themselves=True).items
    said = [Said(each.sent_at, each.direction == "in", each.text) for each in written]
    said += [Said(each.made_at, by_customer=False, text=each.text, title=each.subject) for each in sent if each.text]
    return sorted(said)
