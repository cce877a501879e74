"""Words for what lists show: their columns, the states of things, how a filter compares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from onhand.catalog.rules import UNITS
from onhand.core.money import Money, decimals
from onhand.insight.lists import Column

DASH = "–"

# The heads of all lists' columns, in English, which is what the lists call them.
COLUMNS = frozenset(
    {
        noop("What happened"),
        noop("To what"),
        noop("By whom"),
        noop("Why"),
        noop("From where"),
        noop("Happened"),
        noop("Event"),
        noop("Facts"),
        noop("SKU"),
        noop("Name"),
        noop("Product"),
        noop("Category"),
        noop("Site"),
        noop("Region"),
        noop("On hand"),
        noop("Unsellable"),
        noop("Reserved"),
        noop("Available"),
        noop("Inbound"),
        noop("Promised"),
        noop("In transit"),
        noop("Threshold"),
        noop("Below threshold"),
        noop("Last moved"),
        noop("State"),
        noop("Tracking"),
        noop("Unit"),
        noop("Price"),
        noop("Backordered"),
        noop("Number"),
        noop("Channel"),
        noop("Customer"),
        noop("Received"),
        noop("Placed"),
        noop("Lines"),
        noop("Pieces"),
        noop("Value"),
        noop("On hold"),
        noop("Hold reason"),
        noop("Priority"),
        noop("Ship to"),
        noop("Promised by"),
        noop("At"),
        noop("Recorded"),
        noop("Lot"),
        noop("Quantity"),
        noop("From"),
        noop("To"),
        noop("Reason"),
        noop("Reference"),
        noop("Actor"),
        noop("Kind"),
        noop("Country"),
        noop("Time zone"),
        noop("Currency"),
        noop("Active"),
        noop("Locations"),
        noop("SKUs in stock"),
        noop("Coming"),
        noop("Location"),
        noop("Zone"),
        noop("Aisle"),
        noop("Bay"),
        noop("Level"),
        noop("SKUs lying there"),
        noop("Since"),
        noop("Order"),
        noop("Line"),
        noop("Cause"),
        noop("Made"),
        noop("Cart"),
        noop("Expires"),
        noop("On what is to come"),
        noop("Due"),
        noop("On goods to come"),
        noop("About"),
        noop("In whose hands"),
        noop("Answer due"),
        noop("Answer overdue"),
        noop("Opened"),
        noop("Answered on"),
        noop("Closed on"),
        noop("Class"),
        noop("Bought in 12 months"),
        noop("Open orders"),
        noop("Pieces waiting"),
        noop("Next promised"),
        noop("Looked after by"),
        noop("Language"),
        noop("Known since"),
        noop("Order id"),
        noop("Urgency"),
        noop("Written"),
        noop("Answered"),
        noop("Template"),
        noop("About"),
        noop("Way"),
        noop("Language"),
        noop("Tries"),
        noop("What was answered"),
        noop("Ended"),
        noop("Runs out"),
        noop("Stars"),
        noop("Written"),
        noop("Changed"),
    }
)

OPERATORS: Mapping[str, Promise] = {
    "is": _("is"),
    "in": _("is one of"),
    "not": _("is not"),
    "contains": _("contains"),
    "starts": _("begins with"),
    "lt": _("is less than"),
    "lte": _("is at most"),
    "gt": _("is more than"),
    "gte": _("is at least"),
    "between": _("is between"),
    "empty": _("is empty"),
}

STATES: Mapping[str, tuple[Promise, str]] = {
    "placed": (_("placed"), "calm"),
    "confirmed": (_("confirmed"), "calm"),
    "backordered": (_("backordered"), "warn"),
    "held": (_("held"), "warn"),
    "picked": (_("picked"), "calm"),
    "packed": (_("packed"), "calm"),
    "part_shipped": (_("partly shipped"), "calm"),
    "shipped": (_("shipped"), "good"),
    "delivered": (_("delivered"), "good"),
    "returned": (_("returned"), "calm"),
    "cancelled": (_("cancelled"), "bad"),
    "active": (_("active"), ""),
    "retired": (_("retired"), "warn"),
    "none": (_("none"), ""),
    "lot": (_("by lot"), ""),
    "serial": (_("by serial number"), ""),
    "warehouse": (_("warehouse"), ""),
    "store": (_("store"), ""),
    "third_party": (_("third party"), ""),
    "pick": (_("picking"), ""),
    "reserve": (_("reserve"), ""),
    "receiving": (_("receiving"), ""),
    "quarantine": (_("quarantine"), "warn"),
    "damaged": (_("damaged"), "bad"),
    "packing": (_("packing"), ""),
    "shipping": (_("shipping"), ""),
    "virtual": (_("of the books"), ""),
    "waiting": (pgettext_lazy("a case or a review", "waiting"), "warn"),
    "published": (_("published"), "good"),
    "rejected": (_("rejected"), "bad"),
    "out_of_stock": (_("out of stock"), ""),
    "stock_lost": (_("stock was lost"), "warn"),
    "amended": (_("the order was changed"), ""),
    "now": (pgettext_lazy("urgency", "now"), "bad"),
    "soon": (pgettext_lazy("urgency", "soon"), "warn"),
    "ahead": (pgettext_lazy("urgency", "ahead"), "calm"),
    "below_threshold": (_("below threshold"), ""),
    "will_run_out": (_("will run out"), ""),
    "supply_late": (_("delivery late"), ""),
    "alert_open": (pgettext_lazy("an alert", "open"), "bad"),
    "alert_put_off": (pgettext_lazy("an alert", "put off"), "calm"),
    "alert_acted_upon": (pgettext_lazy("an alert", "acted upon"), "good"),
    "queued": (pgettext_lazy("a letter", "on its way"), "calm"),
    "sent": (pgettext_lazy("a letter", "sent"), "good"),
    "failed": (pgettext_lazy("a letter", "tried again soon"), "warn"),
    "given_up": (pgettext_lazy("a letter", "given up"), "bad"),
    "email": (_("by e-mail"), ""),
    "sms": (_("by text message"), ""),
    "push": (_("on a device"), ""),
    "customer": (_("a customer"), ""),
    "person": (_("somebody of the house"), ""),
    "address": (_("an address"), ""),
    "alert_over": (pgettext_lazy("an alert", "over"), "good"),
    "open": (pgettext_lazy("a case", "open"), "warn"),
    "answered": (pgettext_lazy("a case", "answered"), "good"),
    "closed": (pgettext_lazy("a case", "closed"), "calm"),
    "urgent": (pgettext_lazy("how soon", "urgent"), "bad"),
    "high": (pgettext_lazy("how soon", "soon"), "warn"),
    "normal": (pgettext_lazy("how soon", "ordinary"), "calm"),
    "low": (pgettext_lazy("how soon", "can wait"), "calm"),
    "A": (pgettext_lazy("worth of a customer", "class A"), "good"),
    "B": (pgettext_lazy("worth of a customer", "class B"), "calm"),
    "C": (pgettext_lazy("worth of a customer", "class C"), "calm"),
}


RULES: Mapping[str, Promise] = {
    "fewest_parcels": _("fewest parcels"),
    "nearest": _("nearest"),
    "ranked": _("ranked"),
}

# Why the ledger says goods moved; what people wrote themselves stays as they wrote it.
REASONS: Mapping[str, Promise] = {
    "receipt": _("receipt"),
    "sale": _("sale"),
    "return": _("return"),
    "transfer": _("transfer"),
    "move": _("move"),
    "expired": _("expired"),
}

PACKS: Mapping[str, Promise] = {
    "each": pgettext_lazy("a pack", "each"),
    "inner": pgettext_lazy("a pack", "inner pack"),
    "case": pgettext_lazy("a pack", "case"),
    "pallet": pgettext_lazy("a pack", "pallet"),
}


def unit_words(code: str) -> str:
    """What something is counted in."""
    unit = UNITS.get(code)
    return pgettext("a unit of measure", unit.name) if unit else code


def quantity(value: Decimal | float | None) -> str:
    """A quantity as the reader writes numbers, with no more decimals than it has."""
    if value is None:
        return DASH
    return _written(Decimal(str(value)).normalize(), get_language())


# A page says the same few numbers and days again and again, and to write one takes as long as to draw ten cells.
@lru_cache(4096)
def _written(number: Decimal, _language: str | None) -> str:
    decimals = max(0, -int(number.as_tuple().exponent))
    return number_format(number, decimal_pos=decimals, use_l10n=True, force_grouping=True)


def column_words(column: Column) -> str:
    """What stands at a column's head."""
    return gettext(column.title)


def operator_words(operator: str) -> str:
    """How a filter compares."""
    return str(OPERATORS[operator])


def value_words(column: Column, value: Any) -> str:
    """A value as the reader of this language writes it."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if words := _word(column, str(value)):
        return words
    if isinstance(value, Money):
        return f"{figure(value.amount)} {value.currency}"
    if isinstance(value, (Decimal, int, float)):
        return f"{quantity(column.most)}+" if column.more(value) else quantity(value)
    return _time_words(value)


def as_known(column: Column, typed: str) -> str:
    """What somebody typed to filter by, as the list knows it: states, yes and no by what they are called here."""
    called = {words.casefold(): known for known, words in _called(column)}
    parts = (part.strip() for part in typed.split(","))
    return ",".join(called.get(part.casefold(), part) for part in parts) if called else typed


def _called(column: Column) -> list[tuple[str, str]]:
    """The values of a column that have words of their own, with these words."""
    if column.kind == "flag":
        return [("yes", gettext("yes")), ("no", gettext("no"))]
    return [(each, word) for each in (*column.choices, *REASONS, *UNITS) if (word := _word(column, each))]


def _word(column: Column, value: str) -> str:
    """What a value is called that is one of few; empty for all others."""
    if column.kind == "state" and value in STATES:
        return str(STATES[value][0])
    if column.name == "reason" and value in REASONS:
        return str(REASONS[value])
    return unit_words(value) if column.name == "unit" and value in UNITS else ""


def tone_of(column: Column, value: Any) -> str:
    """How a state is coloured; nothing else is."""
    if column.kind == "state":
        return STATES.get(str(value), ("", ""))[1]
    return "bad" if column.kind == "flag" and value else ""


def figure(value: Decimal) -> str:
    """An amount as the reader writes numbers, with the decimals it came with."""
    return number_format(value, use_l10n=True, force_grouping=True)


def money(amount: Decimal | None, currency: str) -> str:
    """What something costs, with the decimals its currency is counted in, or more where the price has more."""
    if amount is None:
        return DASH
    exact = max(decimals(currency), -int(amount.normalize().as_tuple().exponent))
    return f"{number_format(amount, decimal_pos=exact, use_l10n=True, force_grouping=True)} {currency}"


def difference(value: Decimal) -> str:
    """How much more, or less, with its sign."""
    return f"+{quantity(value)}" if value > 0 else quantity(value)


def moment_words(value: datetime) -> str:
    """A moment in the reader's zone."""
    here = timezone.localtime(value)
    return f"{day_words(here)}, {here:%H:%M}"


def day_words(value: date) -> str:
    """A day, its month in words since the order of numbers is read differently; some languages write it small."""
    return _day(value.year, value.month, value.day, get_language())


@lru_cache(4096)
def _day(year: int, month: int, day: int, _language: str | None) -> str:
    value = date(year, month, day)
    return date_format(value, pgettext("a day, in the letters of Django's date formats", "j M Y"))


def day_of_year(value: date) -> str:
    """A day whose year is plain from where it stands."""
    return date_format(value, pgettext("a day, in the letters of Django's date formats", "j M"))


def _time_words(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, timedelta):
        hours = abs(int(value.total_seconds())) // 3600
        return ngettext("%(hours)d hour ago", "%(hours)d hours ago", hours) % {"hours": hours}
    return str(value)
