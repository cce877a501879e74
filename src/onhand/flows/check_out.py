"""Somebody orders in the window: who they are, their order and the letter that confirms it, all of it or nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Rollback

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.customers import queries as customers
from onhand.customers import speaking
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.customers.queries import CustomerView
from onhand.customers.rules import LANGUAGES
from onhand.flows.commands import Buyer, CheckOut
from onhand.flows.order_news import confirmation
from onhand.flows.place_order import OrderPlaced, place_order
from onhand.messages.actions import Letter, Recipient, post

log = logging.getLogger(__name__)


def check_out(db: Connection, asks: Sequence[Ask[CheckOut]], now: datetime) -> list[OrderPlaced | Refused]:
    """Take the orders of a batch; refused as ``place_order`` refuses.

    Who is refused leaves no trace: the batch, which made customers of them, is taken back and tried without them.
    """
    answers: dict[int, OrderPlaced | Refused] = {}
    while left := [index for index in range(len(asks)) if index not in answers]:
        with db.transaction() as attempt:
            tried = dict(zip(left, _attempt(db, [asks[index] for index in left], now), strict=True))
            faults = {index: answer for index, answer in tried.items() if refused(answer)}
            if faults:
                raise Rollback(attempt)
        answers |= faults or tried
    return [answers[index] for index in range(len(asks))]


def _attempt(db: Connection, asks: Sequence[Ask[CheckOut]], now: datetime) -> list[OrderPlaced | Refused]:
    codes = _customers(db, asks, now)
    orders = [
        Ask(msgspec.structs.replace(ask.command.order, customer=code), ask.actor)
        for ask, code in zip(asks, codes, strict=True)
    ]
    answers = place_order(db, orders, now)
    _confirm(
        db, [(ask, code) for ask, code, answer in zip(asks, codes, answers, strict=True) if not refused(answer)], now
    )
    return answers


def _customers(db: Connection, asks: Sequence[Ask[CheckOut]], now: datetime) -> list[str]:
    """The codes of those who order.

    Who has ordered under this name and address before is the same, and nothing known of them changes. An address alone
    proves nothing: under another name somebody is another customer.
    """
    known = customers.at_addresses(db, {ask.command.buyer.email for ask in asks})
    new: dict[tuple[str, str], Ask[CheckOut]] = {}
    codes = []
    for ask in asks:
        buyer = ask.command.buyer
        same = _same(known.get(buyer.email, []), buyer)
        codes.append(same.code if same else new.setdefault(_who(buyer), ask).command.buyer.code)
    _make(db, list(new.values()), now)
    return codes


def _same(known: Sequence[CustomerView], buyer: Buyer) -> CustomerView | None:
    return next((each for each in known if each.name.casefold() == buyer.name.casefold()), None)


def _who(buyer: Buyer) -> tuple[str, str]:
    return buyer.email.casefold(), buyer.name.casefold()


def _make(db: Connection, asks: Sequence[Ask[CheckOut]], now: datetime) -> None:
    if not asks:
        return
    actor, buyers = asks[0].actor, [ask.command.buyer for ask in asks]
    save_customers(
        db, [CustomerRecord(each.code, each.name, each.email, country=each.country) for each in buyers], actor=actor
    )
    for language in LANGUAGES:
        if spoken := [each.code for each in buyers if each.language == language]:
            speaking.speak(db, spoken, language, actor=actor, now=now)


def _confirm(db: Connection, taken: Sequence[tuple[Ask[CheckOut], str]], now: datetime) -> None:
    """Post the letters that say what was ordered."""
    letters = [_letter(ask.command, customer) for ask, customer in taken]
    answers: list[Any] = post(db, letters, actor=taken[0][0].actor, now=now) if taken else []
    for letter, answer in zip(letters, answers, strict=True):
        if refused(answer):
            # A customer may well order what no letter can say.
            log.warning("no letter confirms %s: %s", letter.about, answer.detail)


def _letter(command: CheckOut, customer: str) -> Letter:
    channel, number = command.order.channel, command.order.number
    to, key = Recipient("customer", customer), confirmation(channel, number)
    about = f"order/{channel}/{number}"
    return Letter("order.placed", to, command.buyer.language, command.letter, key, about=about)
