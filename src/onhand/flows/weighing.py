"""How much a command is about, and what it would change: figures before and after, a quantity, a value.

What people confirm is shown from here, and limits are measured here. Whole batches are read at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

import msgspec

from onhand.access.confirming.limits import limits
from onhand.access.confirming.rules import AS_IT_COMES, Limit, Need, Weight, limits_of, need
from onhand.access.permissions import Sensitivity
from onhand.catalog import queries as catalog
from onhand.core.asks import Command
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.quantity import LARGEST, ZERO
from onhand.core.refusals import refused
from onhand.flows import commands as c
from onhand.flows.set_category_threshold import singly
from onhand.orders import queries as orders
from onhand.places import queries as places
from onhand.stock import queries as stock


class Changing(msgspec.Struct, frozen=True):
    """One figure that a command changes: of which SKU, from what, to what; None where there is none."""

    sku: str
    before: Decimal | None
    after: Decimal | None


class Evidence(msgspec.Struct, frozen=True):
    """What a command would change, and how much that is."""

    changes: list[Changing]
    weight: Weight

    @property
    def before(self) -> list[tuple[str, Decimal | None]]:
        """What there is now."""
        return [(each.sku, each.before) for each in self.changes]


NOTHING: Final = Evidence([], Weight(ZERO))


def evidence(db: Connection, commands: Sequence[Command], now: datetime) -> list[Evidence]:
    """What commands of one kind would change; nothing where one names what is not there, which its flow refuses."""
    looks = WEIGHED.get(type(commands[0]))
    return looks(db, commands, now) if looks else [NOTHING] * len(commands)


def needs(db: Connection, commands: Sequence[Command], usual: Sensitivity, now: datetime) -> list[Need]:
    """What commands of one kind take, by their weight and the limits of their kind."""
    kind = type(commands[0])
    if kind not in WEIGHED:
        return [Need(usual, second=False)] * len(commands)
    given = limits(db, [kind.__name__])[kind.__name__]
    return [_need(each.weight, usual, kind, given) for each in evidence(db, commands, now)]


def seconds(db: Connection, commands: Sequence[Command]) -> list[Need]:
    """Whether commands of one kind take a second person; where none of the kind does, nothing is weighed."""
    kind = type(commands[0])
    given = limits(db, [kind.__name__])[kind.__name__]
    limited = [*given.values(), *AS_IT_COMES.get(kind.__name__, {}).values()]
    if all(each.second_above is None for each in limited):
        return [Need(Sensitivity.MEDIUM, second=False)] * len(commands)
    looked = evidence(db, commands, utc_now())
    return [_need(each.weight, Sensitivity.MEDIUM, kind, given) for each in looked]


def _need(weight: Weight, usual: Sensitivity, kind: type[Command], given: Mapping[str, Limit]) -> Need:
    return need(weight, usual, limits_of(kind.__name__, weight.currency, given))


def _adjustments(db: Connection, commands: Sequence[Any], now: datetime) -> list[Evidence]:
    books = _Books(db, now, {each.site for each in commands}, {each.sku for each in commands})
    found = places.locations(db, books.sites, codes={each.location for each in commands})
    spots = {
        (each.site, each.location): found.get((books.sites[each.site].id, each.location))
        for each in commands
        if each.site in books.sites
    }
    known = [each for each in commands if each.sku in books.skus and spots.get((each.site, each.location))]
    lying = stock.lying_at(db, [(cast("Any", spots[x.site, x.location]).id, books.skus[x.sku].id) for x in known])

    def look(command: c.Adjust) -> Evidence:
        spot, sku = spots.get((command.site, command.location)), books.skus.get(command.sku)
        if spot is None or sku is None:
            return NOTHING
        bins = [each for each in lying.get((spot.id, sku.id), []) if each.lot_code == command.lot]
        before = sum((each.quantity for each in bins), ZERO)
        by = _sound(command.by) if command.by is not None else _sound(command.counted) - before
        return books.evidence(command.site, [(Changing(command.sku, before, before + by), abs(by))])

    return [look(each) for each in commands]


def _thresholds(db: Connection, commands: Sequence[Any], now: datetime) -> list[Evidence]:
    books = _Books(db, now, {each.site for each in commands}, {each.sku for each in commands})
    set_already = stock.thresholds_of(db, sorted(books.skus), sorted(books.sites))

    def look(command: c.SetThreshold) -> Evidence:
        if command.site not in books.sites or command.sku not in books.skus:
            return NOTHING
        before = set_already.get((command.sku, command.site))
        after = None if command.quantity is None else _sound(command.quantity)
        by = abs((after or ZERO) - (before or ZERO))
        return books.evidence(command.site, [(Changing(command.sku, before, after), by)])

    return [look(each) for each in commands]


def _category_thresholds(db: Connection, commands: Sequence[Any], now: datetime) -> list[Evidence]:
    """Each weighs what the thresholds of its single SKUs weigh together."""
    found = []
    for each in commands:
        parts = singly(db, each)
        looked = [] if refused(parts) else _thresholds(db, parts, now)
        found.append(_together(looked))
    return found


def _together(parts: Sequence[Evidence]) -> Evidence:
    values = [each.weight.value for each in parts]
    value = None if None in values else sum((each for each in values if each), ZERO)
    quantity = sum((each.weight.quantity for each in parts), ZERO)
    currency = parts[0].weight.currency if parts else ""
    changes = [change for each in parts for change in each.changes if change.before != change.after]
    return Evidence(changes, Weight(quantity, value, currency))


def _transfers(db: Connection, commands: Sequence[Any], now: datetime) -> list[Evidence]:
    skus = {line.sku for each in commands for line in each.lines}
    books = _Books(db, now, {each.source for each in commands}, skus)
    positions = stock.availability(db, skus=sorted(books.skus), sites=sorted(books.sites), now=now)
    on_hand = {(each.sku, each.site): each.on_hand for each in positions}

    def look(command: c.Transfer) -> Evidence:
        if command.source not in books.sites:
            return NOTHING
        wanted = _folded((line.sku, line.quantity) for line in command.lines if line.sku in books.skus)
        changes = []
        for sku, quantity in wanted.items():
            before = on_hand.get((sku, command.source), ZERO)
            changes.append((Changing(sku, before, before - quantity), quantity))
        return books.evidence(command.source, changes)

    return [look(each) for each in commands]


def _returns(db: Connection, commands: Sequence[Any], _now: datetime) -> list[Evidence]:
    named = orders.ids_by_number(db, [(each.channel, each.number) for each in commands])
    views = {each.id: each for each in orders.views(db, list(dict.fromkeys(named.values())))}

    def look(command: c.TakeBack) -> Evidence:
        order = (
            views.get(named[command.channel, command.number]) if (command.channel, command.number) in named else None
        )
        if order is None:
            return NOTHING
        lines = {each.line: each for each in order.lines}
        wanted = _folded((part.line, part.quantity) for part in command.lines if part.line in lines)
        changes = [
            Changing(lines[number].sku, lines[number].returned, lines[number].returned + quantity)
            for number, quantity in wanted.items()
        ]
        value = sum((quantity * lines[number].unit_price for number, quantity in wanted.items()), ZERO)
        return Evidence(changes, Weight(sum(wanted.values(), ZERO), value, order.currency))

    return [look(each) for each in commands]


class _Books:
    """What commands about stock are weighed with: the sites and SKUs they name, and what these cost."""

    def __init__(self, db: Connection, now: datetime, sites: Iterable[str], skus: Iterable[str]) -> None:
        self.sites = places.sites_by_code(db, sites)
        self.skus = catalog.skus_by_code(db, skus)
        self._prices = {
            currency: catalog.prices_now(db, [each.id for each in self.skus.values()], currency, now)
            for currency in {each.currency for each in self.sites.values()}
        }

    def evidence(self, site: str, changes: Sequence[tuple[Changing, Decimal]]) -> Evidence:
        """Changes at a site with their quantity and value there; one SKU without a price leaves no value."""
        currency = self.sites[site].currency
        prices = [self._prices[currency].get(self.skus[each.sku].id) for each, _quantity in changes]
        quantities = [quantity for _change, quantity in changes]
        value = None
        if all(price is not None for price in prices):
            value = sum((price * each for price, each in zip(prices, quantities, strict=True) if price), ZERO)
        return Evidence([each for each, _quantity in changes], Weight(sum(quantities, ZERO), value, currency))


def _folded(parts: Iterable[tuple[Any, Decimal]]) -> dict[Any, Decimal]:
    """What is named twice, once."""
    sums: dict[Any, Decimal] = {}
    for name, quantity in parts:
        sums[name] = sums.get(name, ZERO) + _sound(quantity)
    return sums


def _sound(quantity: Decimal | None) -> Decimal:
    """A quantity to reckon with; of one that is none, or out of range, the flow itself says so."""
    return quantity if quantity is not None and quantity.is_finite() and abs(quantity) <= LARGEST else ZERO


# The kinds of commands that have limits, with how each is weighed.
WEIGHED: Final[Mapping[type[Command], Callable[[Connection, Sequence[Any], datetime], list[Evidence]]]] = {
    c.Adjust: _adjustments,
    c.SetThreshold: _thresholds,
    c.SetCategoryThreshold: _category_thresholds,
    c.Transfer: _transfers,
    c.TakeBack: _returns,
}
