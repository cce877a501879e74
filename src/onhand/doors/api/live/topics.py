"""What can be listened to: topics as they are asked for, and the keys by which the relay knows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from onhand.core.database import Connection
from onhand.core.events import of_the_trade
from onhand.doors.api.live.visitors import Visitor
from onhand.doors.api.problems import Malformed, problem
from onhand.orders import queries as orders

MOST_TOPICS = 300
LONGEST = 200
EVERYTHING = "events"
# What customers hear who look at the shop window: what is said of a SKU, and nothing else. It takes nothing.
SHOP = "shop"
MOST_OF_THE_SHOP = 60
KINDS = ("sku", "order", "site", "kind", "inbox", EVERYTHING, SHOP)
# The permission it takes to hear of it; to his own inbox everybody may listen.
TAKES: dict[str, str] = {
    "sku": "see.stock",
    "site": "see.stock",
    "order": "see.orders",
    "kind": "see.orders",
    EVERYTHING: "see.moves",
    "inbox": "",
    SHOP: "",
}
# Who may hear of what is done about people: not those it is about; and of what customers ask for.
FAMILIES: dict[str, str] = {
    "alert": "see.watch",
    "networks": "see.watch",
    "incident": "see.health",
    "case": "see.desk",
    "note": "see.desk",
}


# News that is for more people than its family.
NEWS: dict[str, str] = {"stock.alerts_changed": "see.stock"}


class Topic(NamedTuple):
    """One thing to listen to, as it was asked for: ``sku:mug`` is of kind ``sku`` and names ``mug``."""

    kind: str
    name: str

    @property
    def text(self) -> str:
        """As it is asked for."""
        return f"{self.kind}:{self.name}" if self.name else self.kind


class Asked(NamedTuple):
    """What a listener asks for: the topics, and the place in the log from which on."""

    topics: list[Topic]
    after: str


def asked(query: bytes, last_event_id: str) -> Asked:
    """Take a query apart; raises ``Malformed``. ``Last-Event-ID`` is newer than an address that is asked again."""
    topics: list[Topic] = []
    after = ""
    for name, value in _pairs(query):
        if name == "topic":
            topics.append(_topic(value))
        elif name == "after":
            after = value
        else:
            raise _malformed(name, f"{name}: there is no such parameter; there are `topic` (repeated) and `after`")
    if not 1 <= len(topics) <= MOST_TOPICS:
        raise _malformed("topic", f"topic: name 1 to {MOST_TOPICS} topics, such as topic=sku:mug&topic=site:london")
    return Asked(list(dict.fromkeys(topics)), last_event_id or after)


def _pairs(query: bytes) -> Sequence[tuple[str, str]]:
    try:
        return parse_qsl(query.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_TOPICS + 10)
    except ValueError as fault:
        raise _malformed("topic", f"topic: the query cannot be read ({fault})") from fault


def _topic(text: str) -> Topic:
    kind, _, name = text.partition(":")
    plain = kind in {"inbox", EVERYTHING}
    if kind not in KINDS or plain == bool(name) or len(name) > LONGEST or "\x00" in name:
        known = "sku:CODE, order:CHANNEL/NUMBER, site:CODE, kind:KIND, shop:CODE, inbox or events"
        detail = f"topic: {text[:LONGEST]!r} is none; say {known}"
        raise _malformed("topic", detail)
    if kind == "order" and not all(name.partition("/")[::2]):
        raise _malformed("topic", f"topic: {text!r} names no order; say order:CHANNEL/NUMBER")
    return Topic(kind, name)


def _malformed(field: str, detail: str) -> Malformed:
    return Malformed(problem(400, "bad_request", detail, field))


def for_everybody(wanted: Asked) -> bool:
    """Whether all of it is what any customer may hear, and no more than a page shows."""
    return len(wanted.topics) <= MOST_OF_THE_SHOP and all(each.kind == SHOP for each in wanted.topics)


def forbidden(topics: Iterable[Topic], visitor: Visitor) -> Topic | None:
    """The first topic that somebody may not listen to."""
    return next((each for each in topics if (takes := _takes(each)) and not visitor.standing.may(takes)), None)


def _takes(topic: Topic) -> str:
    """The permission it takes to hear of a topic."""
    family = topic.name.partition(".")[0] if topic.kind == "kind" else ""
    if topic.kind == "kind" and topic.name in NEWS:
        return NEWS[topic.name]
    if family in FAMILIES:
        return FAMILIES[family]
    return TAKES[topic.kind] if not family or of_the_trade(family) else "see.audit"


def keys_of(db: Connection, topics: Iterable[Topic], visitor: Visitor) -> dict[str, str]:
    """By which key of the relay each topic is heard; raises ``Malformed`` for an order nobody knows.

    A SKU or a site is listened to by its code, and may come to be later; an order's events go by its id.
    """
    topics = list(topics)
    named = [(channel, number) for each in topics if each.kind == "order" for channel, number in [_named(each)]]
    ids = orders.ids_by_number(db, named) if named else {}
    keys: dict[str, str] = {}
    for each in topics:
        if each.kind == "order":
            if _named(each) not in ids:
                raise Malformed(problem(404, "unknown_order", f"There is no order {each.name!r}.", "topic"))
            keys[f"order/{ids[_named(each)]}"] = each.text
        elif each.kind == "inbox":
            # A machine has no inbox: nothing is ever told about it.
            keys[f"inbox/{visitor.person or ''}"] = each.text
        else:
            keys[EVERYTHING if each.kind == EVERYTHING else f"{each.kind}/{each.name}"] = each.text
    return keys


def _named(topic: Topic) -> tuple[str, str]:
    channel, _, number = topic.name.partition("/")
    return channel, number
