"""The shop the machine plays in, laid out as the model knows it."""

from __future__ import annotations

import msgspec

from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord
from proofs.machine.differences import same
from proofs.model.things import CHANNELS, COUNTRIES, SITES, TRACKING
from shop import Shop


def furnish(shop: Shop) -> None:
    """Add what the cast of the tests has not: a site, a channel that ranks, and goods."""
    save_sites(shop.db, [SiteRecord("leeds", "Leeds", "third_party", "GB", "Europe/London", "GBP", "UK", 53.8, -1.5)])
    save_channels(shop.db, [ChannelRecord("phone", "Telephone", "phone", "GBP")])
    rules = msgspec.json.encode({"rules": ["ranked"], "sites": CHANNELS["phone"].sites}).decode()
    shop.db.execute(
        "INSERT INTO sourcing_policy (channel_id, version, rules, actor)"
        " SELECT id, 1, %s, 'tester' FROM orders_channel WHERE code = 'phone'",
        (rules,),
    )
    for sku, tracking in TRACKING.items():
        shop.product(sku, tracking=tracking)
    same("the sites", set(COUNTRIES), set(SITES))
