"""What is shown of goods: what they are called, what they cost, what there is beside them, what stands in for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from onhand.catalog import queries as catalog
from onhand.catalog.rules import decimals
from onhand.core.database import Connection, statement
from onhand.core.pages import PAGE
from onhand.insight.window import rules
from onhand.insight.window.counter import Counter, Offers, Words, offers_of, words

MOST_ALTERNATIVES = 4


class Goods(NamedTuple):
    """A SKU on sale. ``price`` of one base unit in the channel's currency, None where none is set."""

    sku: str
    id: int
    name: str
    unit: str
    product: str
    product_name: str
    description: str
    category: str
    category_name: str
    price: Decimal | None = None

    @property
    def decimals(self) -> int:
        """How finely its unit divides; 0 for pieces."""
        return decimals(self.unit)


class Card(NamedTuple):
    """Goods, and what is said of them."""

    goods: Goods
    words: Words


class Shown(NamedTuple):
    """All that the page of a SKU shows: itself, other kinds of the same product, what stands in for it."""

    goods: Goods
    offers: Offers
    words: Words
    kinds: list[Card]
    alternatives: list[Card]


def on_sale(db: Connection, at: Counter, skus: Collection[str], now: datetime) -> dict[str, Goods]:
    """Those of these SKUs that are on sale, by code."""
    rows = [Goods(*row) for row in db.execute(statement("insight", "window_goods"), [sorted(set(skus))])]
    prices = catalog.prices_now(db, [each.id for each in rows], at.currency, now)
    return {each.sku: each._replace(price=prices.get(each.id)) for each in rows}


def shown(db: Connection, at: Counter, sku: str, now: datetime) -> Shown | None:
    """The page of a SKU; None where it is not on sale."""
    instead = [each.sku for each in catalog.substitutes(db, sku, most=PAGE).items]
    beside = on_sale(db, at, [sku, *instead], now)
    one = beside.get(sku)
    if one is None:
        return None
    kinds = [each for _, each in skus_of(db, [one.product]) if each != sku]
    beside |= on_sale(db, at, kinds, now) if kinds else {}
    found = offers_of(db, at, beside, now)
    said = words(found)
    able = [each for each in instead if each in said and said[each].send.to_be_had]
    return Shown(
        one, found[sku], said[sku], _cards(kinds, beside, said), _cards(able, beside, said)[:MOST_ALTERNATIVES]
    )


def _cards(skus: Iterable[str], beside: dict[str, Goods], said: dict[str, Words]) -> list[Card]:
    return [Card(beside[each], said[each]) for each in skus if each in beside]


def cards(db: Connection, at: Counter, products: Collection[str], now: datetime) -> list[Card]:
    """A card for each product: of its kinds the one of which there is most hope."""
    pairs = skus_of(db, products)
    skus = [sku for _, sku in pairs]
    said, beside = words(offers_of(db, at, skus, now)), on_sale(db, at, skus, now)
    kinds: dict[str, list[Card]] = {product: [] for product in products}
    for product, sku in pairs:
        if sku in beside:
            kinds[product].append(Card(beside[sku], said[sku]))
    return [_most_hopeful(those) for those in kinds.values() if those]


def _most_hopeful(those: list[Card]) -> Card:
    hope = rules.best(each.words.send for each in those)
    return next(each for each in those if each.words.send == hope)


def skus_of(db: Connection, products: Collection[str]) -> list[tuple[str, str]]:
    """The SKUs on sale of some products, as (product, SKU); the first dozen of each."""
    return db.execute(statement("insight", "window_skus"), [list(products)]).fetchall()
