"""What orders are called on their customer's pages: plainer than where people work with them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES: Mapping[str, tuple[Promise, str]] = {
    "placed": (_("We have your order"), "calm"),
    "confirmed": (_("Your order is confirmed"), "calm"),
    "backordered": (_("A part of it is still to come in"), "warn"),
    "held": (_("Your order is on hold"), "warn"),
    "picked": (_("Your order is being packed"), "calm"),
    "packed": (_("Your order is ready to be sent"), "calm"),
    "part_shipped": (_("A part of it is on its way"), "calm"),
    "shipped": (_("Your order is on its way"), "good"),
    "delivered": (_("Your order has been delivered"), "good"),
    "returned": (_("Your order came back to us"), "calm"),
    "cancelled": (_("Your order is cancelled"), "bad"),
}
STEPS: Mapping[str, Promise] = {
    "placed": pgettext_lazy("a step of an order", "Ordered"),
    "confirmed": pgettext_lazy("a step of an order", "Confirmed"),
    "picked": pgettext_lazy("a step of an order", "Taken from the shelf"),
    "packed": pgettext_lazy("a step of an order", "Packed"),
    "shipped": pgettext_lazy("a step of an order", "Sent"),
    "delivered": pgettext_lazy("a step of an order", "Delivered"),
}
CAUSES: Mapping[str, Promise] = {
    "out_of_stock": _("more was ordered than we had"),
    "stock_lost": _("it was damaged or lost before we could send it"),
    "amended": _("the order was changed"),
}
# Why somebody gives an order up, in their own words; kept by the codes of ``desk_words.CANCEL_REASONS``.
REASONS: Mapping[str, Promise] = {
    "changed_mind": _("I have changed my mind"),
    "by_mistake": _("I ordered it by mistake"),
    "too_late": _("It takes too long"),
    "cheaper_elsewhere": _("I found it cheaper"),
    "other": _("Another reason"),
}
