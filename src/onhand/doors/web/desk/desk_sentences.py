"""What is read out to a customer, and copied into a message: facts as sentences, in any language the house speaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from onhand.doors.web.wording import day_words, quantity
from onhand.insight.desk.answers import MOST_IN_QUEUE, Comes, GoodsAnswer, Here, Instead, LineAnswer, OrderAnswer
from onhand.insight.order_page import Held

MOST_NAMED = 3


def of_goods(answer: GoodsAnswer, language: str | None = None) -> list[str]:
    """Here, there, when, and what instead; in the reader's language or another."""
    with speaking(language):
        return [*_where(answer), *_when(answer.name, answer.coming), *_instead(answer.instead)]


def of_line(answer: LineAnswer, language: str | None = None) -> list[str]:
    """How a line of an order stands: what is set aside, what waits, why, until when, where in the queue."""
    with speaking(language):
        return [*_stands(answer), *_waits(answer)]


def as_text(answer: OrderAnswer, language: str) -> str:
    """All that is to be told of an order, as one text in a language."""
    with speaking(language):
        first = _("Order %(number)s:") % {"number": answer.order.number}
    told = [sentence for each in answer.lines for sentence in of_line(each, language)]
    return "\n".join([first, *told])


def speaking(language: str | None) -> override:
    """Speak another language for a while; None: go on in this one."""
    return override(language or get_language())


def _where(answer: GoodsAnswer) -> list[str]:
    told = []
    if answer.here:
        facts = {"quantity": quantity(answer.here.available), "name": answer.name, "site": answer.here.name}
        told.append(_("%(name)s: %(quantity)s available at %(site)s.") % facts)
    if answer.there:
        places = _list(_place(each) for each in answer.there[:MOST_NAMED])
        if answer.here:
            told.append(_("Also at: %(places)s.") % {"places": places})
        else:
            told.append(_("%(name)s: available at %(places)s.") % {"name": answer.name, "places": places})
    return told or [_("%(name)s: not available at present.") % {"name": answer.name}]


def _place(each: Here) -> str:
    facts = {"site": each.name, "quantity": quantity(each.available)}
    if each.km is None:
        return _("%(site)s (%(quantity)s)") % facts
    return _("%(site)s (%(quantity)s, %(km)s km away)") % {**facts, "km": quantity(Decimal(round(each.km)))}


def _when(name: str, coming: Sequence[Comes]) -> list[str]:
    if not coming:
        return [_("No delivery of %(name)s is announced.") % {"name": name}]
    return [_comes(each) for each in coming[:MOST_NAMED]]


def _comes(each: Comes) -> str:
    facts = {
        "quantity": quantity(each.quantity),
        "site": each.name,
        "day": _day(each.due),
        "free": quantity(each.free),
    }
    if each.due < timezone.now():
        return _("%(quantity)s were due at %(site)s on %(day)s and have not come yet.") % facts
    if each.free <= 0:
        return _("%(quantity)s are due at %(site)s on %(day)s; all of them are promised already.") % facts
    if each.free == each.quantity:
        return _("%(quantity)s are due at %(site)s on %(day)s, and still free.") % facts
    return _("%(quantity)s are due at %(site)s on %(day)s; %(free)s of them are still free.") % facts


def _instead(instead: Sequence[Instead]) -> list[str]:
    if not instead:
        return []
    names = _list(
        _("%(name)s (%(quantity)s at %(site)s)")
        % {"name": each.name, "quantity": quantity(each.sites[0].available), "site": each.sites[0].name}
        for each in instead[:MOST_NAMED]
    )
    return [_("Instead of it we have: %(names)s.") % {"names": names}]


def _stands(answer: LineAnswer) -> list[str]:
    line, name, told = answer.line, answer.name, []
    for (site, due), held in _together(answer.held).items():
        facts = {"quantity": quantity(held), "name": name, "site": site}
        if not due:
            told.append(_("%(name)s: %(quantity)s are set aside for you at %(site)s.") % facts)
        else:
            facts["day"] = due
            told.append(
                _("%(name)s: %(quantity)s are promised to you from the goods that come to %(site)s on %(day)s.") % facts
            )
    if line.shipped:
        told.append(_("%(name)s: %(quantity)s are shipped.") % {"name": name, "quantity": quantity(line.shipped)})
    if line.cancelled:
        told.append(_("%(name)s: %(quantity)s are cancelled.") % {"name": name, "quantity": quantity(line.cancelled)})
    if line.returned:
        told.append(_("%(name)s: %(quantity)s came back.") % {"name": name, "quantity": quantity(line.returned)})
    return told


def _together(held: Iterable[Held]) -> dict[tuple[str, str], Decimal]:
    """How much is held at each site for each day (none named: it lies there)."""
    found: dict[tuple[str, str], Decimal] = {}
    for each in held:
        at = each.site_name, _day(each.due) if each.due else ""
        found[at] = found.get(at, Decimal(0)) + each.quantity
    return found


def _waits(answer: LineAnswer) -> list[str]:
    wait = answer.wait
    if wait is None:
        return []
    facts = {"name": answer.name, "quantity": quantity(wait.quantity), "day": _day(wait.since)}
    told = [_WHY[wait.cause]() % facts]
    if wait.eta and wait.eta < timezone.now():
        told.append(_("It was promised for %(day)s and has not come yet.") % {"day": _day(wait.eta)})
    elif wait.eta:
        told.append(_("All of it is promised for %(day)s.") % {"day": _day(wait.eta)})
    else:
        told.append(_("No day can be promised for all of it yet."))
        told += _when(answer.name, [each for each in answer.coming if each.free > 0])
    if wait.place > MOST_IN_QUEUE:
        told.append(_("More than %(most)s others wait before you.") % {"most": quantity(Decimal(MOST_IN_QUEUE))})
    elif wait.waiting > 1:
        place = {"place": quantity(Decimal(wait.place)), "all": quantity(Decimal(wait.waiting))}
        told.append(_("You are number %(place)s of %(all)s who wait for it.") % place)
    else:
        told.append(_("Nobody else waits for it."))
    return [*told, *_instead(answer.instead)]


_WHY = {
    "out_of_stock": lambda: _(
        "%(name)s: %(quantity)s have been waiting since %(day)s, because none was left when you ordered."
    ),
    "stock_lost": lambda: _(
        "%(name)s: %(quantity)s have been waiting since %(day)s, because goods that were set aside for you were lost."
    ),
    "amended": lambda: _("%(name)s: %(quantity)s have been waiting since %(day)s, when the order was changed."),
}


def _day(moment: datetime) -> str:
    return day_words(timezone.localtime(moment).date())


def _list(parts: Iterable[str]) -> str:
    return ", ".join(parts)
