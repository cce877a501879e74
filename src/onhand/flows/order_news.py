"""Customers hear what becomes of their orders: a follower of the event log. What happens within a while is one letter.

Only of orders whose confirmation went to a customer is anything told: what marketplaces and other programs send in,
they tell of themselves. In one pass everything that happened meanwhile is dealt with at once; nothing is asked for each
order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from onhand.catalog import queries as catalog
from onhand.core import events
from onhand.core.database import Connection
from onhand.core.events import Event
from onhand.customers import speaking
from onhand.customers.rules import Language
from onhand.messages.actions import Letter, Recipient, post
from onhand.messages.news import actions, rules
from onhand.messages.news.actions import Note, ToldOf, Untold
from onhand.messages.news.rules import DayNews, Happened, Step
from onhand.orders import queries as orders
from onhand.orders.queries import OrderView

FOLLOWER: Final = "order news"
ACTOR: Final = "order-news"
PAGE: Final = 2000
KINDS: Final[Mapping[str, Happened]] = {
    "order.ship": "ship",
    "order.deliver": "deliver",
    "order.pack": "pack",
    "order.cancelled": "cancel",
    "order.promised": "promise",
}
# What happened longer ago, the customer has seen by other ways; so nobody is written to of old things at the start.
WORTH_TELLING: Final = timedelta(days=1)


def confirmation(channel: str, number: str) -> str:
    """The key of the letter that confirmed an order."""
    return f"order.placed/{channel}/{number}"


class News(NamedTuple):
    """What is told of an order. ``names``: what each line is called; ``store``: the site where it is fetched."""

    steps: Sequence[Step]
    days: Sequence[DayNews]
    names: Mapping[int, str]
    store: str


class Speaker(Protocol):
    """Whoever puts news into words and knows where pages are."""

    def sentences(self, language: Language, news: News) -> str:
        """News in a language."""

    def link(self, language: Language, channel: str, number: str, store: str) -> str:
        """Where an order's page is; ``store``: the code of the site where it is fetched."""


def follow(db: Connection, now: datetime, *, speaker: Speaker, shop: str, gather: timedelta, most: int = PAGE) -> int:
    """Note what happened to orders in the next events of the log, and write to whom it is time to. Commits.

    ``gather``: for so long, after something happened, more is waited for. Answers how many events were looked at, and
    letters written.
    """
    with db.transaction():
        seqs = events.glance(db, FOLLOWER, most=most)
        full = len(seqs) >= most
        if seqs:
            heard = [each for each in events.these(db, seqs, list(KINDS)) if _worth_telling(each, now)]
            actions.note(db, _notes(db, heard), due=now + gather, now=now)
        events.move_on(db, FOLLOWER, seqs[-1] if seqs else 0, full=full)
        # Who is behind catches up first: the letter tells how things stand by then.
        told = 0 if full else _tell_due(db, now, speaker, shop)
    return len(seqs) + told


def _worth_telling(event: Event, now: datetime) -> bool:
    """What customers did themselves they know."""
    return now - event.at < WORTH_TELLING and "number" in event.data and not event.actor.startswith("customer/")


def _notes(db: Connection, heard: Sequence[Event]) -> list[Note]:
    """What happened, order by order, of those that were confirmed to a customer."""
    by_order: dict[str, list[Event]] = defaultdict(list)
    for event in heard:
        by_order[event.subject].append(event)
    keys = {subject: confirmation(**_name(found[0].data)) for subject, found in by_order.items()}
    ours = actions.confirmed(db, list(keys.values()))
    return [_note(subject, found) for subject, found in by_order.items() if keys[subject] in ours]


def _name(data: Mapping[str, Any]) -> dict[str, str]:
    return {"channel": data["channel"], "number": data["number"]}


def _note(subject: str, found: Sequence[Event]) -> Note:
    said: dict[int, date | None] = {}
    for event in found:
        if event.kind == "order.promised":
            said.setdefault(event.data["line"], _day(event.data["before"]["eta"]))
    happened: list[str] = sorted({KINDS[event.kind] for event in found})
    order = UUID(subject.partition("/")[2])
    return Note(order, **_name(found[0].data), happened=happened, seq=found[-1].seq, said=said)


def _day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).astimezone(UTC).date() if moment else None


def _tell_due(db: Connection, now: datetime, speaker: Speaker, shop: str) -> int:
    due = actions.due(db, now)
    if not due:
        return 0
    books = _Books(db, due)
    found = [(each, books.news(each)) for each in due]
    letters = [
        _letter(each, news, books, speaker, shop)
        for each, news in found
        if (news.steps or news.days) and books.customer(each)
    ]
    post(db, letters, actor=ACTOR, now=now)
    actions.tell(db, [_told(each, news) for each, news in found], now)
    return len(letters)


class _Books:
    """How the orders stand of which something is told: read once for all of them."""

    def __init__(self, db: Connection, due: Sequence[Untold]) -> None:
        ids = [each.order for each in due]
        self._views: dict[UUID, OrderView] = {view.id: view for view in orders.views(db, ids)}
        self._days = orders.days(db, ids)
        skus = {line.sku for view in self._views.values() for line in view.lines}
        self._names = {code: facts.name or code for code, facts in catalog.skus_by_code(db, skus).items()}
        self.languages = speaking.languages(db, {view.customer for view in self._views.values() if view.customer})
        self._stores = orders.fetched_at(db, ids)

    def customer(self, untold: Untold) -> str | None:
        """Whose order it is; None where they were erased."""
        view = self._views.get(untold.order)
        return view.customer if view else None

    def store(self, untold: Untold) -> str:
        """The site where an order is fetched; empty where it is sent."""
        return self._stores.get(untold.order, "")

    def news(self, untold: Untold) -> News:
        """What is to be told of an order, as it stands now."""
        view = self._views.get(untold.order)
        if view is None:
            return News([], [], {}, "")
        store = self.store(untold)
        taken = rules.steps(untold.happened, view.state, fetched=bool(store), told=untold.told)
        now = {line: eta.astimezone(UTC).date() if eta else None for line, eta in self._days[untold.order].items()}
        names = {line.line: self._names.get(line.sku, line.sku) for line in view.lines}
        return News(taken, rules.days(untold.said, now), names, store)


def _letter(untold: Untold, news: News, books: _Books, speaker: Speaker, shop: str) -> Letter:
    customer = books.customer(untold) or ""
    language = books.languages[customer]
    facts = {
        "number": untold.number,
        "state": speaker.sentences(language, news),
        "link": speaker.link(language, untold.channel, untold.number, news.store),
        "shop": shop,
    }
    name = f"{untold.channel}/{untold.number}"
    key = f"order.state/{name}/{untold.seq}"
    return Letter("order.state", Recipient("customer", customer), language, facts, key=key, about=f"order/{name}")


def _told(untold: Untold, news: News) -> ToldOf:
    return ToldOf(untold.order, list(news.steps), {each.line: each.day for each in news.days})
