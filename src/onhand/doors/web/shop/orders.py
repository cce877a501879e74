"""What became of an order, for whoever has its link: nobody can guess one, and it shows nothing of the person."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onhand.core.clock import utc_now
from onhand.core.money import Money
from onhand.core.quantity import ZERO
from onhand.doors.order_link import named
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.shop import sign
from onhand.doors.web.shop.frame import Visit, window
from onhand.doors.web.wording import money, quantity
from onhand.insight.window.basket import Priced
from onhand.insight.window.goods import on_sale
from onhand.insight.window.placed import Placed, placed


class Step(NamedTuple):
    """A step of an order's way, and whether it has been taken."""

    words: Promise
    done: bool


def confirmation(number: str, look: Priced, goes: str, place: str) -> dict[str, str]:
    """What the letter says that confirms an order. ``goes``: where the goods go, ``place``: the path of its page."""
    lines = [f"{quantity(line.quantity)} × {line.goods.name}" for line in look.lines]
    return {
        "number": number,
        "lines": "\n".join(lines),
        "total": money(look.total.amount, look.total.currency),
        "goes": goes,
        "link": settings.ADDRESS + place,
        "shop": shop_name(),
    }


def total_of(found: Placed) -> Money:
    """What is to be paid for an order."""
    amounts = (line.unit_price * (line.ordered - line.cancelled) for line in found.order.lines)
    return Money(sum(amounts, ZERO), found.order.currency).rounded()


@window("GET")
def order(visit: Visit, token: str) -> HttpResponse:
    """The order's page."""
    known = named(token)
    if known is None:
        raise Http404
    channel, number, store = known
    with house.reading() as db:
        at = sign.open_counter(db)
        found = placed(db, channel, number)
        if at is None or found is None:
            return visit.nothing()
        goods = on_sale(db, at, [line.sku for line in found.order.lines], utc_now())
    lines = [(line, goods[line.sku].name if line.sku in goods else line.sku) for line in found.order.lines]
    facts = {
        "at": at,
        "order": found.order,
        "placed": found,
        "lines": lines,
        "total": total_of(found),
        "steps": steps(found, fetched=bool(store)),
        "store": at.sites.get(store),
        "thanks": bool(visit.request.GET.get("thanks")),
        "topics": "",
    }
    return visit.page("order.html", facts)


def steps(found: Placed, *, fetched: bool) -> list[Step]:
    """The way of an order from placed to delivered."""
    one = found.order
    gone = one.state in {"shipped", "delivered", "returned"}
    return [
        Step(_("Ordered"), done=True),
        Step(_("Confirmed by the shop"), done=one.confirmed_at is not None or one.shipped_at is not None or gone),
        Step(_("Put together"), done=found.packed or gone),
        Step(_("Handed over") if fetched else _("Sent"), done=gone),
        *([] if fetched else [Step(_("Delivered"), done=one.delivered_at is not None)]),
    ]
