"""One order: its lines, where they come from and why, what happened, and what can be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.doors.web import live
from onhand.doors.web.gates import may, reader
from onhand.doors.web.house import reading
from onhand.doors.web.orders.order_acts import STEPS
from onhand.doors.web.telling import entries
from onhand.doors.web.wording import STATES
from onhand.flows.permits import step_permission
from onhand.insight.order_page import Held, OrderPage, Waits, order_page

P = TypeVar("P", Held, Waits)

# What can be done next, by the state an order is in.
NEXT = {
    "placed": ("confirm", "pick", "hold"),
    "backordered": ("confirm", "pick", "hold"),
    "confirmed": ("pick", "hold"),
    "picked": ("pack", "hold"),
    "packed": ("ship", "hold"),
    "part_shipped": ("ship", "hold"),
    "held": ("resume",),
    "shipped": ("deliver",),
}


@may("see.orders")
@never_cache
@require_safe
def order(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """The page, or what changes of it."""
    with reading() as db:
        page = order_page(db, channel, number)
    if page is None:
        raise Http404(number)
    template = "orders/body.html" if request.headers.get("HX-Request") else "orders/page.html"
    return render(request, template, {**_facts(page), "acts": _acts(request, page)})


def _facts(page: OrderPage) -> dict[str, Any]:
    held, waits = _by_line(page.held), _by_line(page.waits)
    state, tone = STATES[page.order.state]
    return {
        "page": page,
        "order": page.order,
        "state": state,
        "tone": tone,
        "topic": live.of_order(page.order.channel, page.order.number),
        "lines": [(line, held[line.line], waits[line.line]) for line in page.order.lines],
        "open": any(line.reserved or line.backordered for line in page.order.lines),
        "out": any(line.shipped > line.returned for line in page.order.lines),
        "timeline": list(reversed(entries(page.timeline, f"order/{page.order.number}"))),
    }


def _by_line(parts: Sequence[P]) -> dict[int, list[P]]:
    found: dict[int, list[P]] = defaultdict(list)
    for each in parts:
        found[each.line].append(each)
    return found


def _acts(request: HttpRequest, page: OrderPage) -> list[tuple[str, Any]]:
    person = reader(request)
    return [(name, STEPS[name]) for name in NEXT.get(page.order.state, ()) if person.may(step_permission(name))]
