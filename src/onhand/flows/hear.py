"""What a customer writes from their own pages comes to the desk: kept on record, and answered as a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.customers.account import messages
from onhand.customers.account.messages import NewMessage
from onhand.customers.service import actions, queries
from onhand.flows import care

LONGEST_SUBJECT: Final = 80


def hear(
    db: Connection, customers: Sequence[str], wanted: care.About, text: str, *, key: str, actor: str, now: datetime
) -> int | None:
    """Keep what a customer asks about an order, and have the desk answer it; the number of the case it is now part of.

    What they write while a case of theirs about that order is open belongs to it, and opens it again where it was
    answered; otherwise it opens one. ``customers``: the records of who writes, the order's own first where it has one.
    Under one ``key`` it is heard once. None where the order is not there any more.
    """
    found = care.whose(db, wanted)
    if refused(found):
        return None
    customer = found.customer or customers[0]
    about = f"order/{found.order_name}"
    if not messages.keep(db, [NewMessage(customer, about, text)], actor=actor, now=now, keys=[key]):
        return None
    live = queries.live_case(db, found.order) if found.order else None
    said = actions.Said(text)
    # Somebody may close it in this very moment; then what they ask is a case of its own.
    if live is None or refused(actions.act_on_case(db, live, "ask", said, key=f"heard/{key}", actor=actor, now=now)):
        opening = care.OpenCase(
            customer=customer,
            channel=wanted.channel,
            number=wanted.number,
            subject=_subject(wanted.number or "", text),
            question=text,
        )
        opened = care.open_case(db, opening, key=f"heard/{key}", actor=actor, now=now)
        return None if refused(opened) else opened.case.number
    return live


def _subject(number: str, text: str) -> str:
    first = " ".join(text.split())
    cut = first if len(first) <= LONGEST_SUBJECT else first[: LONGEST_SUBJECT - 1].rstrip() + "…"
    return f"{number}: {cut}"
