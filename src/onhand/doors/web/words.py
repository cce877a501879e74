"""Events in words, for people. What has no words of its own yet is shown by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, Promise | str] = {
    "order.placed": _("Order {number} was placed"),
    "order.amended": _("Order {number} was changed"),
    "order.cancelled": _("Order {number} was cancelled, or a part of it"),
    "order.returned": _("Goods of order {number} came back to {site}"),
    "order.confirm": _("Order {number} was confirmed"),
    "order.hold": _("Order {number} is held"),
    "order.resume": _("Order {number} goes on"),
    "order.pick": _("Order {number} was picked"),
    "order.pack": _("Order {number} was packed"),
    "order.ship": _("Order {number} was shipped"),
    "order.deliver": _("Order {number} was delivered"),
    "order.priority": _("Order {number} has another priority"),
    "order.backordered": _("Order {number} waits for {quantity}"),
    "order.backorder_served": _("Order {number} waited for {sku} and has {quantity} now"),
    "stock.received": _("Goods came to {site}"),
    "stock.moved": _("Goods changed places at {site}"),
    "stock.transferred": _("Goods are on their way to another site"),
    "stock.adjusted": _("Stock was corrected"),
    "stock.expired": _("{sku} has expired"),
    "stock.below_threshold": _("{sku} fell below its threshold at {site}"),
    "stock.above_threshold": _("{sku} is above its threshold at {site} again"),
    "stock.threshold_set": _("A threshold was set for {sku}"),
    "supply.expected": _("Goods are announced to {site}"),
    "cart.held": _("Goods were set aside for a cart"),
    "cart.released": _("A cart was let go"),
    "product.saved": _("Product {name} was saved"),
    "price.changed": _("The price of {name} changed"),
    "site.saved": _("Site {name} was saved"),
    "site.hours_set": _("The hours of {name} were set"),
    "location.saved": _("A location of {name} was saved"),
    "category.saved": _("Category {name} was saved"),
    "channel.saved": _("Channel {name} was saved"),
    "customer.saved": _("Customer {name} was saved"),
    "sku.substitutes_set": _("What may be offered instead of {name} was set"),
    "sourcing.policy_set": _("{name} has a new sourcing policy"),
}


def words(kind: str, subject: str, facts: Mapping[str, Any]) -> str:
    """An event in a sentence of the reader's language."""
    known = _WORDS.get(kind)
    if known is None:
        return f"{kind}: {subject}"
    return str(known).format_map(_Blank(facts, name=subject.partition("/")[2]))


class _Blank(dict[str, Any]):
    """Facts; one that an event does not know reads as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
