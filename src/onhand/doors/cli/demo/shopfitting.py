"""Everything that must be there before the first order: sites, channels, goods, customers and the opening stock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from onhand.catalog import actions as catalog
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuPriceRecord, SkuRecord
from onhand.connect.online_retail.invoices import CURRENCY
from onhand.connect.online_retail.shop import Shop, ShopProduct
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord

T = TypeVar("T")
PAGE = 500


def fit_out(db: Connection, shop: Shop) -> None:
    """Create what the shop needs, apart from its stock; doing it twice changes nothing."""
    _demand(save_sites(db, [msgspec.convert(msgspec.to_builtins(site), SiteRecord) for site in shop.sites]))
    save_channels(db, [msgspec.convert(msgspec.to_builtins(channel), ChannelRecord) for channel in shop.channels])
    _demand(catalog.save_categories(db, [CategoryRecord(each.code, each.name) for each in shop.categories]))
    for products in pages(shop.products):
        _demand(catalog.save_products(db, [_product(each) for each in products]))
    for customers in pages(shop.customers):
        save_customers(db, [CustomerRecord(each.code, country=each.country) for each in customers])
    db.commit()


def pages(items: Iterable[T], size: int = PAGE) -> Iterator[list[T]]:
    """Cut a stream into lists."""
    stream = iter(items)
    while page := list(islice(stream, size)):
        yield page


def _product(product: ShopProduct) -> ProductRecord:
    skus = [
        SkuRecord(sku.code, sku.name, unit=sku.unit, prices=[SkuPriceRecord(CURRENCY, sku.price)])
        for sku in product.skus
    ]
    return ProductRecord(product.code, product.name, category=product.category, skus=skus)


def _demand(answers: Sequence[object]) -> None:
    """The demo's own records are sound; a refusal here is a fault of ours."""
    faults = [answer for answer in answers if refused(answer)]
    if faults:
        raise AssertionError(f"the demo shop was refused: {faults[0]}")
