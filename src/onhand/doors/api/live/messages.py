"""What is told, as it goes over the wire (the HTML standard's event streams).

An event keeps its place and its number. That figures changed is told with the figures, read after the change: they
stand at the place of the last change they hold, so that who is cut off before it hears them when he comes back, and
who is cut off behind it does not hear them again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from onhand.core.database import Connection
from onhand.core.events import Marks, Told, Window, of_the_trade, sealed
from onhand.core.settings import value
from onhand.doors.api.live.audience import Message
from onhand.doors.api.live.topics import EVERYTHING, SHOP
from onhand.insight.window.counter import Words, words_now
from onhand.stock import queries as stock
from onhand.stock.queries import Availability, Changed

MOST_AT_ONCE = 500
_encode: Callable[[object], bytes] = msgspec.json.Encoder().encode


class _Event(msgspec.Struct):
    """An event as ``/api/v1/events`` shows it."""

    seq: int
    at: datetime
    kind: str
    subject: str
    actor: str
    data: msgspec.Raw


class _Figures(msgspec.Struct):
    """Figures that changed, the topic they are told to, and when the last change was that they hold."""

    topic: str
    at: datetime
    items: list[Availability]


class _Positions(msgspec.Struct):
    """The facts of ``stock.changed``: the SKUs of each site."""

    positions: dict[str, list[str]]


_positions = msgspec.json.Decoder(_Positions)


class _News(msgspec.Struct, frozen=True):
    """So many events of a kind."""

    topic: str
    count: int


def compose(
    db: Connection,
    wanted: Container[str],
    window: Window,
    told: Sequence[Told],
    changes: Iterable[Changed],
    now: datetime,
) -> list[Message]:
    """What there is to tell of a part of a window to those who listen to the wanted keys, in the log's order."""
    found = [(each.seq, 0, message) for each in told if (message := _of_event(wanted, window, each))]
    found += _of_kinds(wanted, window, told)
    changes = list(changes)
    found += _of_figures(db, wanted, window, changes, now)
    found += _of_shelves(db, wanted, window, changes, now)
    return [message for _, _, message in sorted(found, key=lambda each: each[:2])]


def _of_event(wanted: Container[str], window: Window, told: Told) -> Message | None:
    keys = tuple(key for key in _keys_of(told) if key in wanted)
    if not keys:
        return None
    event = _Event(told.seq, told.at, told.kind, told.subject, told.actor, msgspec.Raw(told.data.encode()))
    return Message(keys, _wire(told.kind, window, told.seq, event))


def _of_kinds(wanted: Container[str], window: Window, told: Iterable[Told]) -> list[tuple[int, int, Message]]:
    """How many events of a kind there were: one message for all of them, so that a list hears of a peak calmly."""
    counts: dict[str, tuple[int, int]] = {}
    for each in told:
        if f"kind/{each.kind}" in wanted:
            counts[each.kind] = (each.seq, counts.get(each.kind, (0, 0))[1] + 1)
    return [
        (seq, 3, Message((f"kind/{kind}",), _wire("news", window, seq, _News(f"kind:{kind}", count))))
        for kind, (seq, count) in counts.items()
    ]


def _keys_of(told: Told) -> tuple[str, ...]:
    """Whom an event concerns: who listens to everything (of the trade), to its subject, to the site it names."""
    site = f"site/{told.site}"
    everybody = (EVERYTHING,) if of_the_trade(told.kind) else ()
    if told.site is None or site == told.subject:
        return (*everybody, told.subject)
    return (*everybody, told.subject, site)


def changes_in(told: Iterable[Told]) -> list[Changed]:
    """Which positions changed, and with which of these events each did so last."""
    last: dict[tuple[str, str], tuple[int, datetime]] = {}
    for each in told:
        if each.kind == "stock.changed":
            for site, skus in _positions.decode(each.data).positions.items():
                last |= dict.fromkeys(((site, sku) for sku in skus), (each.seq, each.at))
    return [Changed(seq, at, site, sku) for (site, sku), (seq, at) in last.items()]


def _of_figures(
    db: Connection, wanted: Container[str], window: Window, changes: Iterable[Changed], now: datetime
) -> list[tuple[int, int, Message]]:
    """Figures of the positions that changed and that somebody listens to, each at the place of its last change."""
    skus: dict[str, Changed] = {}
    sites: dict[tuple[int, str], list[Changed]] = {}
    for each in changes:
        if f"sku/{each.sku}" in wanted and (each.sku not in skus or each.seq > skus[each.sku].seq):
            skus[each.sku] = each
        if f"site/{each.site}" in wanted:
            sites.setdefault((each.seq, each.site), []).append(each)
    rows = _available(db, {*skus, *(each.sku for those in sites.values() for each in those)}, now)
    found = [(each.seq, 1, _figures("sku", sku, window, each, rows[sku])) for sku, each in skus.items()]
    for (seq, site), those in sites.items():
        here = [row for sku in sorted(each.sku for each in those) for row in rows[sku] if row.site == site]
        found.append((seq, 2, _figures("site", site, window, those[0], here)))
    return found


def _of_shelves(
    db: Connection, wanted: Container[str], window: Window, changes: Iterable[Changed], now: datetime
) -> list[tuple[int, int, Message]]:
    """What customers are told of the SKUs that changed and that somebody looks at: read once, however many look."""
    last: dict[str, Changed] = {}
    for each in changes:
        if f"{SHOP}/{each.sku}" in wanted and (each.sku not in last or each.seq > last[each.sku].seq):
            last[each.sku] = each
    found = shelves(db, last, now) if last else {}
    return [
        (each.seq, 4, Message((f"{SHOP}/{sku}",), _wire("shelf", window, each.seq, found[sku])))
        for sku, each in last.items()
        if sku in found
    ]


def shelves(db: Connection, skus: Collection[str], now: datetime) -> dict[str, Words]:
    """What customers are told now of some SKUs, by SKU."""
    return words_now(db, value("shop_channel"), skus, now)


def of_now(said: Mapping[str, Words], present: Marks) -> bytes:
    """What customers are told who have just come, as it goes over the wire."""
    begin = f"event: shelf\nid: {sealed(present)}\ndata: ".encode()
    return b"".join(begin + _encode(each) + b"\n\n" for each in said.values())


def _available(db: Connection, skus: set[str], now: datetime) -> dict[str, list[Availability]]:
    read = sorted(skus)
    rows: dict[str, list[Availability]] = {sku: [] for sku in read}
    for start in range(0, len(read), MOST_AT_ONCE):
        for row in stock.availability(db, skus=read[start : start + MOST_AT_ONCE], now=now):
            rows[row.sku].append(row)
    return rows


def _figures(kind: str, name: str, window: Window, last: Changed, items: list[Availability]) -> Message:
    figures = _Figures(f"{kind}:{name}", last.at, items)
    return Message((f"{kind}/{name}",), _wire("availability", window, last.seq, figures))


def _wire(name: str, window: Window, seq: int, facts: object) -> bytes:
    return f"event: {name}\nid: {sealed(window.at(seq))}\ndata: ".encode() + _encode(facts) + b"\n\n"
