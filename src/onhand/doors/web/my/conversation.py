"""What customer and shop said to each other about something: what they wrote by hand, and the letters that went out."""

from __future__ import annotations

from collections.abc import Sequence
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


def conversation(db: Connection, customers: Sequence[str], about: str) -> list[Said]:
    """What was said about a thing, first things first; the last fifty of each kind."""
    written = messages.about(db, customers, about, most=MOST).items
    sent = letters.letters_about(db, about, most=MOST).items
    said = [Said(each.sent_at, each.direction == "in", each.text) for each in written]
    said += [Said(each.made_at, by_customer=False, text=each.text, title=each.subject) for each in sent if each.text]
    return sorted(said)
