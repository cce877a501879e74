"""Caring for a customer across rooms: what a case or a note is about is a customer, an order, or both."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onhand.access import directory
from onhand.access.permissions import Standing
from onhand.core import texts
from onhand.core.asks import Command
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.core.texts import Code
from onhand.customers import queries as customers
from onhand.customers.account import messages as written
from onhand.customers.rules import Language, Priority, language_of
from onhand.customers.service import actions, errors, queries
from onhand.customers.service.actions import Opening, Said, Whose
from onhand.customers.service.queries import CaseView
from onhand.customers.service.rules import Act
from onhand.messages import actions as letters
from onhand.messages.actions import Letter, Posted, Recipient
from onhand.orders import queries as orders

Subject = Annotated[str, Meta(min_length=1, max_length=200, pattern=texts.NAME)]
Body = Annotated[str, Meta(min_length=1, max_length=4000, pattern=texts.SOME_TEXT)]


class About(Command, frozen=True, kw_only=True):
    """Whom something is about: a customer by code, an order by its channel and number, or both."""

    customer: Code | None = None
    channel: Code | None = None
    number: Code | None = None


class OpenCase(About, frozen=True, kw_only=True):
    """A case to be opened. Without a priority it has the customer's; without an owner it waits for one to take it."""

    subject: Subject
    question: Body
    priority: Priority | None = None
    owner: Annotated[str, Meta(max_length=150, pattern=texts.TEXT)] | None = None


class LeaveNote(About, frozen=True, kw_only=True):
    """A note to be left."""

    text: Body
    pinned: bool = False


Way = Literal["email", "sms"]


class WriteTo(About, frozen=True, kw_only=True):
    """A letter to a customer, about an order or nothing in particular. Without a language it is theirs."""

    text: Body
    by: Way = "email"
    language: Language | None = None


class AnswerCase(Command, frozen=True, kw_only=True):
    """An answer to a case. ``by``: how it goes to the customer; None: they were told already, by word of mouth."""

    text: Body
    by: Way | None = None
    language: Language | None = None


class OpenedCase(msgspec.Struct, frozen=True):
    """A case as it was opened."""

    case: CaseView


def whose(db: Connection, about: About) -> Whose | Refused:
    """Whom something is about; an order's customer, where only the order is named.

    Refuses ``about_nobody``, ``unknown_customer``, ``unknown_order``, and a customer who is not the order's.
    """
    if about.customer is None and about.number is None:
        return errors.nobody("customer")
    order, owner = None, None
    if about.number is not None:
        if about.channel is None:
            return Refused(
                "missing_channel", "An order's number is its channel's own: name the channel too.", "channel"
            )
        order = orders.ids_by_number(db, [(about.channel, about.number)]).get((about.channel, about.number))
        if order is None:
            detail = f"Channel {about.channel!r} has no order {about.number!r}; look it up first."
            return Refused("unknown_order", detail, "number")
        owner = orders.views(db, [order])[0].customer
    if about.customer and owner and about.customer != owner:
        return Refused("unknown_order", f"Order {about.number!r} is not of customer {about.customer!r}.", "number")
    code = about.customer or owner
    ids = customers.ids_by_code(db, [code]) if code else {}
    if code and code not in ids:
        return Refused("unknown_customer", f"There is no customer {code!r}; look them up first.", "customer")
    name = f"{about.channel}/{about.number}" if order else ""
    return Whose(code, ids.get(code) if code else None, order, name)


def open_case(db: Connection, wanted: OpenCase, *, key: str, actor: str, now: datetime) -> OpenedCase | Refused:
    """Open a case on a customer or an order, once for each key."""
    found = whose(db, wanted)
    if refused(found):
        return found
    if wanted.owner and (refusal := cannot_have(db, wanted.owner, wanted.channel if wanted.number else None)):
        return refusal
    priority = wanted.priority or _priority_of(db, found)
    opening = Opening(found, wanted.subject, wanted.question, priority, wanted.owner or None)
    view = queries.case(db, actions.open_case(db, opening, key=key, actor=actor, now=now))
    assert view is not None  # noqa: S101 - it was opened in this transaction
    return OpenedCase(view)


def act_on_case(
    db: Connection, number: int, act: Act, said: Said, *, key: str, actor: str, now: datetime
) -> actions.Held | Refused:
    """Do something to a case, once for each key; answers the case as it stood before.

    Refuses an owner who may not work on it (``not_their_work``), and what ``actions.act_on_case`` refuses.
    """
    if said.owner and (refusal := cannot_have(db, said.owner, channel_of(db, number))):
        return refusal
    return actions.act_on_case(db, number, act, said, key=key, actor=actor, now=now)


def leave_note(db: Connection, wanted: LeaveNote, *, key: str, actor: str, now: datetime) -> Refused | None:
    """Leave a note on a customer or an order, once for each key."""
    found = whose(db, wanted)
    if refused(found):
        return found
    actions.write_note(db, found, wanted.text, pinned=wanted.pinned, key=key, actor=actor, now=now)
    return None


def write_to(db: Connection, wanted: WriteTo, *, shop: str, key: str, actor: str, now: datetime) -> Posted | Refused:
    """Write to a customer, once for each key. Refuses also who cannot be reached that way (``not_reached``)."""
    found = whose(db, wanted)
    if refused(found):
        return found
    about = f"order/{found.order_name}" if found.order_name else found.subject
    facts = {"text": wanted.text, "shop": shop}
    return _post(db, found.customer, "customer.message", facts, wanted, about, key=key, actor=actor, now=now)


def answer_case(
    db: Connection, number: int, wanted: AnswerCase, *, shop: str, key: str, actor: str, now: datetime
) -> actions.Held | Refused:
    """Answer a case, and send the answer if asked; both or nothing. Once for each key."""
    held = actions.hold_case(db, number, "answer")
    if refused(held):
        return held
    if wanted.by:
        facts = {"number": f"#{number}", "text": wanted.text, "shop": shop}
        sent = _post(db, held.customer, "customer.case", facts, wanted, f"case/{number}", key=key, actor=actor, now=now)
        if refused(sent):
            return sent
        _show_on_the_order(db, held, wanted.text, key=key, actor=actor, now=now)
    return actions.act_on_case(db, number, "answer", actions.Said(wanted.text), key=key, actor=actor, now=now)


def _show_on_the_order(db: Connection, held: actions.Held, text: str, *, key: str, actor: str, now: datetime) -> None:
    """What was answered about an order stands on the customer's own page of it, and what they asked counts as read."""
    if held.customer is None or held.order is None:
        return
    (view,) = orders.views(db, [held.order])
    about = f"order/{view.channel}/{view.number}"
    answer = written.NewMessage(held.customer, about, text, direction="out")
    written.keep(db, [answer], actor=actor, now=now, keys=[f"answer/{key}"])
    asked = written.about(db, [held.customer], about).items
    unread = [each.id for each in asked if each.direction == "in" and each.read_at is None]
    written.mark_read(db, unread, actor=actor, now=now)


def _post(
    db: Connection,
    customer: str | None,
    template: str,
    facts: dict[str, str],
    wanted: WriteTo | AnswerCase,
    about: str,
    *,
    key: str,
    actor: str,
    now: datetime,
) -> Posted | Refused:
    known = customers.customer(db, customer)
    by: Way = wanted.by or "email"
    if known is None or not (known.email if by == "email" else known.phone):
        detail = "No address is known to which this could go; ask for one, or choose another way."
        return Refused("not_reached", detail, "by")
    language = wanted.language or language_of(known.language, known.country)
    letter = Letter(template, Recipient("customer", known.code), language, facts, f"desk/{key}", by, about)
    (posted,) = letters.post(db, [letter], actor=actor, now=now)
    return posted


def channel_of(db: Connection, number: int) -> str | None:
    """The channel of the order a case is about; None where it is about none."""
    found = queries.case(db, number)
    views = orders.views(db, [found.order]) if found and found.order else []
    return views[0].channel if views else None


def no_such_owner(db: Connection, name: str) -> Refused | None:
    """Why somebody cannot own a case: there is no such account, or it is closed."""
    found = directory.person(db, name)
    if found is None or not found.active:
        return Refused(
            "unknown_person", f"Nobody signs in as {name!r}; name an account of the house that is open.", "owner"
        )
    return None


def cannot_have(db: Connection, name: str, channel: str | None) -> Refused | None:
    """Why somebody cannot have a case: no such account, or it may not see and answer cases of that channel's orders."""
    if refusal := no_such_owner(db, name):
        return refusal
    if name in who_may_have(db, channel):
        return None
    detail = (
        f"{name!r} may not see and answer this case; choose somebody of the service desk, or ask an administrator to"
        " give them see.desk and do.cases."
    )
    return Refused("not_their_work", detail, "owner")


def who_may_have(db: Connection, channel: str | None) -> set[str]:
    """Who may have a case about an order of this channel (None: about no order), by the names they sign in with."""
    return {each.name for each in directory.everybody(db) if may_have(each.standing, channel)}


def may_have(standing: Standing, channel: str | None) -> bool:
    """Whoever has a case sees and answers it; whoever is limited to channels, only where it is about one of these."""
    may = standing.may("see.desk") and standing.may("do.cases")
    return may and (standing.channels is None or channel in standing.channels)


def _priority_of(db: Connection, found: Whose) -> Priority:
    known = customers.customer(db, found.customer)
    return known.priority if known else "normal"
