"""The basket and the order made of it, on one page.

The form carries a signed note: which order it will be and what the customer was shown. Sent twice it is one order;
sent when a price has changed meanwhile it is shown again, and nothing is ordered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec
from babel import Locale
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from onhand.connect.invoice import OnInvoice
from onhand.core import texts
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.quantity import Quantity
from onhand.core.refusals import Refused, refused
from onhand.core.settings import value
from onhand.customers.rules import language_of
from onhand.doors.order_link import token_of
from onhand.doors.web import house
from onhand.doors.web.refusals import in_words
from onhand.doors.web.shop import basket as baskets
from onhand.doors.web.shop import bounds, frame, sign
from onhand.doors.web.shop.basket import Basket
from onhand.doors.web.shop.frame import Visit, window
from onhand.doors.web.shop.orders import confirmation
from onhand.doors.web.wording import quantity as shown_quantity
from onhand.flows.commands import Buyer, CheckOut, Destination, FetchOrder, PlaceOrder, WantedLine
from onhand.insight.window.basket import BasketLine, Priced, priced
from onhand.insight.window.counter import Counter
from onhand.insight.window.goods import on_sale
from onhand.insight.window.placed import fetched_at
from onhand.orders import queries as orders
from onhand.orders.ports import Due
from onhand.places.countries import CENTRES
from onhand.places.rules import Site

SEND: Final = "send"
_SALT: Final = "onhand.checkout"
# The name of an order is known to the one form that carries it: it was sent twice, and the first came through.
_PLACED_ALREADY: Final = frozenset({"number_taken", "key_reused"})
_SECONDS_TO_FILL_IN: Final = 7 * 86_400
_NAME = re.compile(texts.NAME)
PAYMENTS = {each.name: each for each in (OnInvoice(),)}


class Note(msgspec.Struct, frozen=True):
    """What the customer was shown: which order it will be, its lines, its sum."""

    name: str
    lines: dict[str, str]
    total: str


class Filled(NamedTuple):
    """The form as it was sent."""

    email: str = ""
    name: str = ""
    country: str = ""
    street: str = ""
    more: str = ""
    postcode: str = ""
    town: str = ""
    way: str = SEND
    pay: str = "invoice"


@window("GET")
def basket(visit: Visit) -> HttpResponse:
    """What is in the basket, and the form that orders it."""
    held = baskets.of(visit.request)
    with house.reading() as db:
        at = sign.open_counter(db)
        if at is None:
            return frame.shut(visit)
        look = _looked_over(db, at, held)
    return _show(visit, at, held, look, Filled(country=_home(at)), {})


@window("POST")
def put(visit: Visit) -> HttpResponse:
    """Put goods into the basket, change how many, or take them out."""
    asked, held = visit.request.POST, baskets.of(visit.request)
    sku = asked.get("sku", "").replace("\x00", "")[:64]
    with house.reading() as db:
        at = sign.open_counter(db)
        one = on_sale(db, at, [sku], utc_now()).get(sku) if at else None
    quantity = baskets.quantity_of(asked.get("quantity", "1"), places=one.decimals if one else 3)
    if quantity is None:
        said = _("Say how many as a number that the goods can be divided into, such as 2.")
        return visit.fault(422, _("That is no quantity"), said)
    if one is None and quantity:
        return visit.nothing()
    wanted, most = quantity + (held.quantity(sku) if asked.get("more") else 0), value("shop_most_pieces")
    if wanted > most:
        said = _("Up to %(most)s of one thing can be ordered here at once. Write to us if you need more.")
        return visit.fault(422, _("That is more than can be ordered here"), said % {"most": shown_quantity(most)})
    if wanted and not held.has_room_for(sku):
        said = _(
            "Up to %(most)s different things go into one order. Order these first, or take one out to put this in."
        )
        return visit.fault(422, _("Your basket is full"), said % {"most": baskets.MOST_LINES})
    answer = HttpResponseRedirect(visit.at("basket"))
    baskets.keep(answer, held.put(sku, wanted))
    return answer


@window("POST")
def place(visit: Visit) -> HttpResponse:
    """Order what is in the basket."""
    request = visit.request
    filled = _filled(request.POST)
    note = _note(request.POST.get("key", ""))
    with house.reading() as db:
        at = sign.open_counter(db)
        if at is None:
            return frame.shut(visit)
        if note is None:
            return HttpResponseRedirect(visit.at("basket"))
        if (at.code, note.name) in orders.ids_by_number(db, [(at.code, note.name)]):
            return _thank(visit, at, note.name, fetched_at(db, at.code, note.name))
        held = Basket(note.lines, note.name)
        look = _looked_over(db, at, held)
    faults = _faults(filled, at, look)
    if str(look.total.amount) != note.total or look.missing:
        faults[""] = _("Prices or goods have changed since you looked. Look again, then order.")
    if not faults and not bounds.allows(request, "shop_order"):
        faults[""] = _("So many orders came from your connection that we cannot take another just now. Try in an hour.")
    if faults:
        return _show(visit, at, held, look, filled, faults, status=422)
    answer = house.sell(_check_out(visit, at, note, filled, look))
    if refused(answer) and answer.code in _PLACED_ALREADY:
        return _thank(visit, at, note.name, _store(at, filled))
    if refused(answer):
        return _sold_meanwhile(visit, at, held, filled, answer)
    PAYMENTS[filled.pay].begin(Due(at.code, note.name, look.total.amount, look.total.currency))
    return _thank(visit, at, note.name, _store(at, filled))


def _looked_over(db: Connection, at: Counter, held: Basket) -> Priced:
    wanted = {sku: Quantity(quantity) for sku, quantity in held.lines.items()}
    return priced(db, at, wanted, utc_now())


def _show(
    visit: Visit,
    at: Counter,
    held: Basket,
    look: Priced,
    filled: Filled,
    faults: Mapping[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    """The page, with what is wrong where it is wrong."""
    note = Note(held.name, {line.goods.sku: held.lines[line.goods.sku] for line in look.lines}, str(look.total.amount))
    facts = {
        "at": at,
        "look": look,
        "filled": filled,
        "faults": faults,
        "key": signing.dumps(msgspec.to_builtins(note), salt=_SALT, compress=True),
        "stores": [site for site in at.stores if site.code in look.stores],
        "store_codes": look.stores,
        "unsure": [line for line in look.short if not at.backorders or line.sent.on is None],
        "countries": _countries(),
    }
    answer = visit.page("basket.html", facts, status=status)
    if look.missing:
        kept = Basket(note.lines, held.name)
        baskets.keep(answer, kept)
    return answer


def _filled(sent: Mapping[str, str]) -> Filled:
    cut = {"email": 254, "name": 200, "country": 2, "postcode": 20, "way": 80, "pay": 20}
    cut |= {"street": 120, "more": 120, "town": 80}
    return Filled(**{field: sent.get(field, "").replace("\x00", "").strip()[:most] for field, most in cut.items()})


def _note(key: str) -> Note | None:
    try:
        return msgspec.convert(signing.loads(key, salt=_SALT, max_age=_SECONDS_TO_FILL_IN), Note)
    except (signing.BadSignature, msgspec.ValidationError):
        return None


def _faults(filled: Filled, at: Counter, look: Priced) -> dict[str, str]:
    """What is wrong with a form, by field: what, and what to do about it."""
    faults = {}
    if not texts.is_email(filled.email):
        faults["email"] = _("Write an e-mail address, such as ana@example.com.")
    if not _NAME.match(filled.name):
        faults["name"] = _("Write your name.")
    if filled.country not in CENTRES:
        faults["country"] = _("Choose a country.")
    if filled.way == SEND:
        faults |= _nowhere(filled)
    if filled.pay not in PAYMENTS:
        faults["pay"] = _("Choose how you pay.")
    if not look.lines:
        faults[""] = _("Your basket is empty.")
    elif filled.way == SEND:
        faults |= _cannot_wait(at, look)
    elif filled.way.removeprefix("at:") not in look.stores:
        faults["way"] = _("Not all of it is in that store any more. Choose another way.")
    return faults


def _nowhere(filled: Filled) -> dict[str, str]:
    """What is missing to send goods there. Not every country has postcodes, or streets with names: any text is one."""
    faults = {}
    if not filled.street:
        faults["street"] = _("Write the street and the house the goods shall go to.")
    if not filled.postcode:
        faults["postcode"] = _("Write the postcode the goods shall go to.")
    if not filled.town:
        faults["town"] = _("Write the town the goods shall go to.")
    return faults


def _cannot_wait(at: Counter, look: Priced) -> dict[str, str]:
    short = [line for line in look.short if not at.backorders or line.sent.on is None]
    return {"": " ".join(_only(line) for line in short)} if short else {}


def _only(line: BasketLine) -> str:
    facts = {"what": line.goods.name, "left": shown_quantity(line.sent.now)}
    if not line.sent.now:
        return _("%(what)s is not there any more. Take it out to order the rest.") % facts
    return _("Of %(what)s only %(left)s can be had now. Order that many, or take it out.") % facts


def _check_out(visit: Visit, at: Counter, note: Note, filled: Filled, look: Priced) -> CheckOut:
    """The order at the prices that were shown, who orders, and the letter that will say so."""
    store = _store(at, filled)
    lines = [WantedLine(each.goods.sku, each.quantity, each.goods.price) for each in look.lines]
    if store:
        there = Destination(at.sites[store].country)
        order: PlaceOrder = FetchOrder(at.code, note.name, lines, ship_to=there, currency=at.currency, collect_at=store)
    else:
        address = "\n".join(part for part in (filled.street, filled.more, filled.town) if part)
        there = Destination(filled.country, filled.postcode, address=address)
        order = PlaceOrder(at.code, note.name, lines, ship_to=there, currency=at.currency)
    language = language_of(get_language(), filled.country)
    buyer = Buyer(f"S{note.name}", filled.name, filled.email, language, filled.country)
    place = visit.at("order", token=token_of(at.code, note.name, store))
    return CheckOut(order, buyer, confirmation(note.name, look, _goes_to(at, filled, store), place))


def _store(at: Counter, filled: Filled) -> str:
    """The store where the customer fetches the goods; empty when they are sent."""
    store = filled.way.removeprefix("at:") if filled.way != SEND else ""
    return store if store in at.sites else ""


def _goes_to(at: Counter, filled: Filled, store: str) -> str:
    """Where the goods go, as the letter says it."""
    if store:
        return _("You fetch it at %(store)s.") % {"store": at.sites[store].name}
    town = f"{filled.postcode} {filled.town}"
    lines = [filled.name, filled.street, filled.more, town, dict(_countries())[filled.country]]
    return _("It goes to:") + "\n" + "\n".join(line for line in lines if line)


def _sold_meanwhile(visit: Visit, at: Counter, held: Basket, filled: Filled, answer: Refused) -> HttpResponse:
    """Somebody was faster: what is left, and the form as it was."""
    with house.reading() as db:
        look = _looked_over(db, at, held)
    said = " ".join(_only(line) for line in look.short) or _("Somebody was faster. Look at what is left, then order.")
    if answer.code != "out_of_stock":
        said = _("This could not be ordered: %(why)s") % {"why": in_words(answer)}
    return _show(visit, at, held, look, filled, {"": said}, status=409)


def _thank(visit: Visit, at: Counter, name: str, store: str) -> HttpResponse:
    place = visit.at("order", token=token_of(at.code, name, store))
    answer = HttpResponseRedirect(f"{place}?thanks=1")
    baskets.keep(answer, Basket())
    return answer


def _home(at: Counter) -> str:
    """The country to begin with: where most of our stores are, else where goods come from."""
    sites: list[Site] = at.stores or list(at.sites.values())
    counts = [site.country for site in sites]
    return max(sorted(set(counts)), key=counts.count, default="")


def _countries() -> list[tuple[str, str]]:
    """Every country, by what it is called in the reader's language."""
    names = Locale.parse(to_locale(get_language() or "en")).territories
    return sorted(((code, str(names.get(code, code))) for code in CENTRES), key=lambda each: each[1])
