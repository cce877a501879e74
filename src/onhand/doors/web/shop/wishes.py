"""Goods that are back: an address is left with them, a letter comes once, and the address is forgotten.

Anybody may type anybody's address. So what takes a wish back travels in a letter to that address and nowhere else:
whoever left it is told the same whether it was known before or not, and holds nothing that its owner should hold.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.texts import is_email
from onhand.customers.wishes import actions, queries
from onhand.customers.wishes.actions import Wanted
from onhand.doors.jobs.wishes import LETTER, SALT, letter_of
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.shop import bounds, sign
from onhand.doors.web.shop.frame import Visit, window
from onhand.insight.window.goods import on_sale
from onhand.messages.actions import Letter, Recipient, forget, post


class Wished(NamedTuple):
    """A wish that a link names: the link's token, the SKU, and whether it is still open."""

    token: str
    sku: str
    open: bool


def known(db: Connection, token: str) -> Wished | None:
    """The wish a link names; None for no link of ours, or a wish that is not known any more."""
    try:
        number = signing.loads(token, salt=SALT) if token else 0
    except signing.BadSignature:
        return None
    found = queries.sku_of(db, int(number)) if number else None
    return Wished(token, *found) if found else None


@window("POST")
def tell_me(visit: Visit, sku: str) -> HttpResponse:
    """Leave an address with goods that are not there."""
    asked = visit.request.POST
    email = asked.get("email", "").replace("\x00", "").strip()
    with house.reading() as db:
        at = sign.open_counter(db)
        one = on_sale(db, at, [sku], utc_now()).get(sku) if at else None
    if one is None:
        return visit.nothing()
    if not is_email(email):
        said = _("Write an e-mail address, such as ana@example.com.")
        return visit.fault(422, _("That is no e-mail address"), said)
    if not asked.get("agree"):
        said = _("Tick that we may write to you, once, when it is back. Without that we keep no address.")
        return visit.fault(422, _("We need your yes"), said)
    if not bounds.allows(visit.request, "shop_wish"):
        return visit.fault(429, _("That is enough for now"), _("Many addresses came from your connection. Try later."))
    if not bounds.allows_letter(email):
        return visit.fault(429, _("That is enough for now"), _("Much was asked for with this address. Try tomorrow."))
    _leave(visit, Wanted(sku, email, get_language() or "en"), one.name)
    return HttpResponseRedirect(visit.at("goods", sku=sku) + "?asked=1")


def _leave(visit: Visit, wanted: Wanted, name: str) -> None:
    """Keep the wish, and write to its address, once, how it is taken back; both or nothing."""
    with house.changing() as db:
        (number,) = actions.leave(db, [wanted], utc_now(), actor=house.WINDOW)
        place = visit.at("goods", sku=wanted.sku) + f"?wished={signing.dumps(number, salt=SALT)}"
        letter = Letter(
            LETTER,
            Recipient("address", wanted.email),
            wanted.language,  # type: ignore[arg-type]
            {"product": name, "link": settings.ADDRESS + place, "shop": shop_name()},
            key=letter_of(number),
            about=f"sku/{wanted.sku}",
        )
        post(db, [letter], actor=house.WINDOW)


@window("GET", "POST")
def wish(visit: Visit, token: str) -> HttpResponse:
    """Take a wish back: the address is forgotten at once."""
    with house.changing() as db:
        found = known(db, token)
        if found is None:
            raise Http404
        if visit.request.method == "POST":
            number = int(signing.loads(token, salt=SALT))
            actions.take_back(db, number, utc_now())
            forget(db, [letter_of(number)], now=utc_now())
    return HttpResponseRedirect(visit.at("goods", sku=found.sku) + f"?wished={token}")
