"""Where people can go: the pages by area, each shown to whose role may see it."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onhand.access.models import Person


class Place(NamedTuple):
    """A page of the navigation: its address's name, words, icon, the right it takes, and the keys that lead there.

    ``area``: what it stands under, apart from the daily work. Without a right it is everybody's who signed in.
    """

    route: str
    words: Promise
    icon: str
    right: str
    keys: str
    area: Promise | str = ""


_SAFETY = _("Safety")
PLACES = (
    Place("home", _("Today"), "house", "", "g j"),
    Place("overview", _("Overview"), "layout-dashboard", "see.overview", "g h"),
    Place("desk", _("Desk"), "circle-help", "see.desk", "g f"),
    Place("stock", _("Stock"), "boxes", "see.stock", "g s"),
    Place("alerts", _("Alerts"), "bell", "see.stock", "g x"),
    Place("orders", _("Orders"), "shopping-cart", "see.orders", "g o"),
    Place("waiting", _("Waiting"), "clock", "see.orders", "g w"),
    Place("cases", _("Cases"), "layers", "see.desk", "g z"),
    Place("customers", _("Customers"), "users", "see.desk", "g g"),
    Place("reviews", _("Reviews"), "pencil", "do.reviews", "g 5"),
    Place("messages", _("Messages"), "mail", "see.messages", "g 2"),
    Place("products", _("Products"), "package", "see.products", "g p"),
    Place("reservations", _("Reservations"), "bookmark", "see.stock", "g r"),
    Place("moves", _("Moves"), "arrow-left-right", "see.moves", "g m"),
    Place("sites", _("Sites"), "store", "see.sites", "g l"),
    Place("locations", _("Locations"), "map-pin", "see.sites", "g b"),
    Place("imports", _("Import"), "file-up", "see.imports", "g i"),
    Place("webhooks", _("Webhooks"), "webhook", "see.webhooks", "g k"),
    Place("approvals", _("Approvals"), "check", "do.approvals", "g v", _SAFETY),
    Place("people", _("People"), "users", "see.people", "g n", _SAFETY),
    Place("roles", _("Roles"), "shield", "see.people", "g c", _SAFETY),
    Place("keys", _("Keys"), "lock", "do.keys", "g q", _SAFETY),
    Place("limits", _("Limits"), "triangle-alert", "do.roles", "g t", _SAFETY),
    Place("audit", _("Audit trail"), "history", "see.audit", "g a", _SAFETY),
    Place("watch", _("Watch"), "shield", "see.watch", "g u", _SAFETY),
    Place("health", _("Health"), "bell", "see.health", "g e", _SAFETY),
    Place("devices", _("Shared devices"), "scan-barcode", "do.devices", "g d", _SAFETY),
    Place("privacy", _("Privacy"), "shield", "see.privacy", "g y", _SAFETY),
)
# So many fit beside each other on a phone, with the button for the rest.
ON_A_PHONE = 4


def places(person: Person) -> list[Place]:
    """Where this person may go."""
    return [place for place in PLACES if not place.right or person.may(place.right)]
