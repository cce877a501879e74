"""The lists of the shop, each as a screen."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from onhand.doors.web import live
from onhand.doors.web.customers.templates_page import TEMPLATES
from onhand.doors.web.desk.desk_words import VALUES
from onhand.doors.web.lists import Beside, BulkAct, Screen
from onhand.doors.web.safety import audit
from onhand.insight import lists
from onhand.insight.lists import Row


def _goods(row: Row) -> str:
    return reverse("goods", args=[row["sku"]])


def _order(row: Row) -> str:
    return reverse("orders.one", args=[row["channel"], row["number"]]) if row["number"] else ""


def _site(row: Row) -> str:
    return reverse("stock") + "?" + lists.write(lists.ALL["stock"], _at(row["site"]))


def _at(site: str) -> lists.View:
    return lists.View(filters=(lists.Filter("site", "is", (site,)),))


def _alert(row: Row) -> str:
    return reverse("alerts.one", args=[row.key])


def _letter(row: Row) -> str:
    return reverse("messages.one", args=[row.key])


def _by(row: Row) -> str:
    view = lists.View(filters=(lists.Filter("actor", "is", (row["actor"],)),))
    return reverse("audit") + "?" + lists.write(lists.ALL["audit"], view)


def _reviewed(row: Row) -> str:
    """The order a review is of."""
    _, channel, number = row["about"].split("/", 2)
    return reverse("orders.one", args=[channel, number])


def _of_sku(row: Row) -> str:
    return live.of_sku(row["sku"])


STOCK = Screen(
    listing=lists.ALL["stock"],
    route="stock",
    right="see.stock",
    title=_("Stock"),
    icon="boxes",
    first="sku",
    leads_to=_goods,
    live=_of_sku,
    empty_title=_("No goods yet"),
    empty_remedy=_("Goods appear here when they are received or announced. Opening stock can be imported."),
)

PRODUCTS = Screen(
    listing=lists.ALL["products"],
    route="products",
    right="see.products",
    title=_("Products"),
    icon="package",
    first="sku",
    leads_to=_goods,
    live=_of_sku,
    empty_title=_("No products yet"),
    empty_remedy=_("Import them from a file, or send them to the API."),
)

ORDERS = Screen(
    listing=lists.ALL["orders"],
    route="orders",
    right="see.orders",
    title=_("Orders"),
    icon="shopping-cart",
    first="number",
    leads_to=_order,
    live=lambda row: live.of_order(row["channel"], row["number"]),
    live_all="kind:order.placed",
    empty_title=_("No orders yet"),
    empty_remedy=_("They come in by the API, from a file, or from a marketplace."),
    bulk_route="orders.bulk",
    bulk_right="do.orders",
    bulk=(
        BulkAct("hold", _("Hold"), "lock"),
        BulkAct("resume", _("Let go on"), "check"),
        BulkAct("confirm", _("Confirm"), "check"),
    ),
)

WAITING = Screen(
    listing=lists.ALL["backorders"],
    route="waiting",
    right="see.orders",
    title=_("Waiting"),
    icon="clock",
    first="number",
    leads_to=_order,
    links=lambda column, row: _goods(row) if column == "sku" else "",
    live=_of_sku,
    live_all="kind:order.backordered",
    empty_title=_("Nobody waits"),
    empty_remedy=_("Lines of orders that wait for goods are listed here, those served first on top."),
)

RESERVATIONS = Screen(
    listing=lists.ALL["reservations"],
    route="reservations",
    right="see.stock",
    title=_("Reservations"),
    icon="bookmark",
    first="sku",
    leads_to=_goods,
    links=lambda column, row: _order(row) if column == "number" else "",
    live=_of_sku,
    empty_title=_("Nothing is reserved"),
    empty_remedy=_("What orders and carts have a claim on is listed here."),
)

MOVES = Screen(
    listing=lists.ALL["moves"],
    route="moves",
    right="see.moves",
    title=_("Moves"),
    icon="arrow-left-right",
    first="at",
    leads_to=_goods,
    links=lambda column, row: _goods(row) if column == "sku" else "",
    live_all="kind:stock.received kind:order.ship kind:stock.adjusted kind:stock.moved kind:stock.transferred",
    empty_title=_("Nothing has moved yet"),
    empty_remedy=_("The ledger: every piece that came, went or changed places, and why. Nothing in it is ever edited."),
)

SITES = Screen(
    listing=lists.ALL["sites"],
    route="sites",
    right="see.sites",
    title=_("Sites"),
    icon="store",
    first="site",
    leads_to=_site,
    live=lambda row: live.of_site(row["site"]),
    empty_title=_("No sites yet"),
    empty_remedy=_("Warehouses, stores and partners that hold goods. Import them, or send them to the API."),
)

LOCATIONS = Screen(
    listing=lists.ALL["locations"],
    route="locations",
    right="see.sites",
    title=_("Locations"),
    icon="map-pin",
    first="location",
    leads_to=_site,
    empty_title=_("No locations yet"),
    empty_remedy=_("Zones, aisles, bays and levels of your sites."),
)

AUDIT = Screen(
    listing=lists.ALL["audit"],
    route="audit",
    right="see.audit",
    title=_("Audit trail"),
    icon="history",
    first="kind",
    leads_to=audit.address,
    links=lambda column, row: _by(row) if column == "actor" else "",
    tells=audit.sentence,
    empty_title=_("Nothing is on record"),
    empty_remedy=_(
        "Every change of state is written here: who, what, when, from where and why. Nothing is ever edited."
    ),
)


def _case(row: Row) -> str:
    return reverse("cases.one", args=[int(row["number"])])


def _case_tells(column: str, row: Row) -> str:
    return f"#{row['number']}" if column == "number" else ""


def _customer(row: Row) -> str:
    return reverse("desk.customer", args=[row["customer"]]) if row["customer"] else ""


def _customer_tells(column: str, row: Row) -> str:
    return str(VALUES[row["class"]][0]) if column == "class" else ""


CASES = Screen(
    listing=lists.ALL["cases"],
    route="cases",
    right="see.desk",
    title=_("Cases"),
    icon="layers",
    first="number",
    leads_to=_case,
    links=lambda column, row: _customer(row) if column == "customer" else "",
    tells=_case_tells,
    live_all=live.CASES,
    above="cases.figures",
    empty_title=_("No cases"),
    empty_remedy=_("What customers ask for is opened as a case on their page, or by the API."),
)

CUSTOMERS = Screen(
    listing=lists.ALL["customers"],
    route="customers",
    right="see.desk",
    title=_("Customers"),
    icon="users",
    first="customer",
    leads_to=_customer,
    tells=_customer_tells,
    above="desk.mine",
    empty_title=_("No customers"),
    empty_remedy=_("They come with their orders, from a file, or by the API."),
)

ALERTS = Screen(
    listing=lists.ALL["alerts"],
    route="alerts",
    right="see.stock",
    title=_("Alerts"),
    icon="bell",
    first="sku",
    leads_to=_alert,
    links=lambda column, row: _goods(row) if column == "name" else "",
    live=_of_sku,
    live_all="kind:stock.alerts_changed",
    beside=(
        Beside("you.alerts", _("How you hear of alerts"), "bell"),
        Beside("alerts.thresholds", _("Thresholds of a category"), "layers", "do.thresholds", drawer=True),
        Beside("alerts.lead_days", _("How long goods take"), "truck", "do.thresholds", drawer=True),
        Beside("alerts.escalation", _("When nobody acts"), "users", "do.thresholds"),
    ),
    empty_title=_("Nothing to act upon"),
    empty_remedy=_("What falls below its threshold is listed here, the most urgent first, until it is over."),
    bulk_route="alerts.chosen",
    bulk_right="do.alerts",
    bulk=(
        BulkAct("acknowledge", _("I act upon it"), "check"),
        BulkAct("snooze", _("Put it off"), "clock"),
    ),
)

REVIEWS = Screen(
    listing=lists.ALL["reviews"],
    route="reviews",
    right="do.reviews",
    title=_("Reviews"),
    icon="pencil",
    first="sku",
    leads_to=lambda row: reverse("reviews.one", args=[row.key]),
    links=lambda column, row: _reviewed(row) if column == "about" else "",
    tells=lambda column, row: row["about"].rpartition("/")[2] if column == "about" else "",
    beside=(Beside("reviews.score", _("Would they recommend us?"), "users"),),
    live_all="kind:review.written kind:review.published kind:review.rejected",
    empty_title=_("No reviews yet"),
    empty_remedy=_("Customers are asked some days after an order was delivered, if they agreed to letters by e-mail."),
)

LETTERS = Screen(
    listing=lists.ALL["letters"],
    route="messages",
    right="see.messages",
    title=_("Messages"),
    icon="mail",
    first="template",
    leads_to=_letter,
    tells=lambda column, row: str(TEMPLATES.get(row["template"], "")) if column == "template" else "",
    beside=(Beside("templates", _("What letters say"), "pencil", "do.templates"),),
    empty_title=_("Nothing was written yet"),
    empty_remedy=_("What the shop writes to customers and people is listed here, with what became of it."),
    bulk_route="messages.chosen",
    bulk_right="do.messages",
    bulk=(BulkAct("again", _("Send again"), "refresh-cw"),),
)

# Where the desk's lists stand; all others have the address of their name.
AT_THE_DESK = ((CASES, "desk/cases"), (CUSTOMERS, "desk/customers"))
SCREENS = (
    *(STOCK, PRODUCTS, ORDERS, WAITING, RESERVATIONS, MOVES, SITES, LOCATIONS, AUDIT),
    *(ALERTS, LETTERS, REVIEWS),
)
