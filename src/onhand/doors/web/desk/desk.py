"""The service desk: one box that finds whom or what a caller means, and pages made to be read out from.

A search is posted, so that nobody's address stands in an address.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.pages import BadCursor
from onhand.customers import queries as customers
from onhand.customers.queries import CustomerView
from onhand.customers.rules import language_of
from onhand.customers.service import queries as service
from onhand.customers.service.queries import CaseView
from onhand.doors.web import live
from onhand.doors.web.desk import desk_sentences
from onhand.doors.web.desk.desk_words import (
    CASE_STATES,
    PRIORITIES,
    VALUES,
    cancel_reason,
    shown_letters,
    thresholds,
    value_about,
)
from onhand.doors.web.gates import may, reader
from onhand.doors.web.house import reading
from onhand.doors.web.safety.privacy import stand_words
from onhand.doors.web.telling import entries
from onhand.doors.web.wording import STATES
from onhand.insight import lists
from onhand.insight.desk import customer_page as page_of
from onhand.insight.desk.answers import goods_answer, order_answer
from onhand.insight.desk.finding import Found, FoundCustomer, FoundOrder, find
from onhand.messages.queries import letters_about, letters_to
from onhand.places.queries import all_sites

MOST, MOST_WORDS = 6, 120
MOST_MINE = 8
MOST_LETTERS = 10


@may("see.desk")
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The box, and what waits for this person."""
    person = reader(request)
    with reading() as db:
        own = service.cases(db, {"owner": person.username, "live": True}, most=MOST_MINE).items
        facts = {"mine": [_case(each) for each in own], **_nothing()}
    return render(request, "desk/page.html", facts)


def _nothing() -> dict[str, Any]:
    return {"words": "", "found": None}


@may("see.desk")
@never_cache
@require_POST
def found(request: HttpRequest) -> HttpResponse:
    """What somebody may mean, by kind; the whole page where only a form was sent."""
    words = request.POST.get("q", "").replace("\x00", "").strip()[:MOST_WORDS]
    with reading(seconds=2) as db:
        seen = _seen(db, words, reader(request))
    facts = {"words": words, **_shown(seen)}
    return render(request, "desk/found.html" if request.headers.get("HX-Request") else "desk/page.html", facts)


def _seen(db: Connection, words: str, person: Person) -> Found:
    return find(
        db,
        words,
        most=MOST,
        people=person.may("see.customers"),
        orders=person.may("see.orders"),
        goods=person.may("see.stock"),
    )


def _shown(seen: Found) -> dict[str, Any]:
    def state(each: FoundOrder | FoundCustomer, of: str | None) -> tuple[Any, str]:
        return STATES[of] if of else ("", "")

    return {
        "found": seen,
        "found_customers": [
            (each, *state(each, each.last_state), PRIORITIES[each.priority]) for each in seen.customers
        ],
        "found_orders": [(each, *state(each, each.state)) for each in seen.orders],
    }


@may("see.desk")
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The views of customers people use most, above their list."""
    listing = lists.ALL["customers"]
    wanted = [
        (_("My customers"), (lists.Filter("representative", "is", (reader(request).username,)),)),
        (_("Nobody's"), (lists.Filter("representative", "empty", (True,)),)),
        (_("To be seen to soon"), (lists.Filter("priority", "in", ("urgent", "high")),)),
        (_("All"), ()),
    ]
    views = [
        (words, f"{reverse('customers')}?{lists.write(listing, lists.View(filters=each))}") for words, each in wanted
    ]
    return render(request, "desk/views.html", {"views": views})


@may("see.desk")
@never_cache
@require_safe
def customer(request: HttpRequest, code: str) -> HttpResponse:
    """A customer's page, or what changes of it."""
    with reading() as db:
        sees_orders = reader(request).may("see.orders")
        page = page_of.customer_page(db, code, now=utc_now(), sees_orders=sees_orders)
        written = letters_to(db, "customer", code, most=MOST_LETTERS).items
    if page is None:
        raise Http404(code)
    facts = {
        "page": page,
        "customer": page.customer,
        "value": VALUES[page.value],
        "value_about": value_about(page.bought),
        "thresholds": thresholds(),
        "urgency": PRIORITIES[page.customer.priority],
        "language": dict(settings.LANGUAGES).get(page.customer.language or "", ""),
        "orders": _rows(page.orders.items),
        "waits": [(each, STATES[each.cause][0]) for each in page.waits],
        "gone_back": [(each, cancel_reason(each.reason)) for each in page.gone_back],
        "stands": [stand_words(each) for each in page.stands],
        "cases": [_case(each) for each in page.cases],
        "letters": shown_letters(written),
        "timeline": entries(page.told, f"customer/{code}"),
        "topics": " ".join(
            [*(live.of_order(each.channel, each.number) for each in page.orders.items), live.CASES, live.NOTES]
        ),
    }
    template = "desk/customer_body.html" if request.headers.get("HX-Request") else "desk/customer.html"
    return render(request, template, facts)


def _rows(orders: list[page_of.OrderRow]) -> list[tuple[page_of.OrderRow, Any, str]]:
    return [(each, *STATES[each.state]) for each in orders]


def _case(each: CaseView) -> tuple[CaseView, Any, str, bool]:
    return (each, *CASE_STATES[each.state], each.overdue(utc_now()))


@may("see.desk")
@may("see.orders")
@never_cache
@require_safe
def more_orders(request: HttpRequest, code: str) -> HttpResponse:
    """The next of a customer's orders."""
    with reading() as db:
        known = _known(db, code)
        try:
            page = page_of.orders_of(db, known.id, after=request.GET.get("cursor"))
        except BadCursor as fault:
            raise Http404("cursor") from fault
    facts = {"customer": known, "orders": _rows(page.items), "next": page.next}
    return render(request, "desk/orders.html", facts)


def _known(db: Connection, code: str) -> CustomerView:
    seen = customers.customer(db, code)
    if seen is None:
        raise Http404(code)
    return seen


@may("see.desk")
@may("see.stock")
@never_cache
@require_safe
def goods(request: HttpRequest, sku: str) -> HttpResponse:
    """Whether something is to be had, ready to be read out, and to be copied in another language."""
    site, language = request.GET.get("site", ""), _language(request, "")
    with reading() as db:
        answer = goods_answer(db, sku, site=site or None, now=utc_now())
        sites = [each for each in all_sites(db).values() if each.active]
    if answer is None:
        raise Http404(sku)
    facts = {
        "answer": answer,
        "sites": sites,
        "site": site,
        "languages": settings.LANGUAGES,
        "language": language,
        "told": desk_sentences.of_goods(answer),
        "copied": "\n".join(desk_sentences.of_goods(answer, language)),
        "topic": live.of_sku(sku),
    }
    return render(request, "desk/goods_body.html" if request.headers.get("HX-Request") else "desk/goods.html", facts)


@may("see.desk")
@may("see.orders")
@never_cache
@require_safe
def order(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """How an order stands, line by line, ready to be read out."""
    with reading() as db:
        answer = order_answer(db, channel, number, now=utc_now())
        if answer is None:
            raise Http404(number)
        of = answer.order
        known = _known(db, of.customer) if of.customer else None
        notes = service.notes_of_order(db, of.id)
        cases = service.cases(db, {"order": of.id}).items
        written = letters_about(db, f"order/{channel}/{number}", most=MOST_LETTERS).items
    language = _language(request, language_of(known.language, known.country) if known else "")
    state, tone = STATES[of.state]
    facts = {
        "order": of,
        "customer": known,
        "state": state,
        "tone": tone,
        "lines": [(each, desk_sentences.of_line(each)) for each in answer.lines],
        "copied": desk_sentences.as_text(answer, language),
        "languages": settings.LANGUAGES,
        "language": language,
        "notes": notes,
        "cases": [_case(each) for each in cases],
        "letters": shown_letters(written),
        "open": any(line.reserved or line.backordered for line in of.lines),
        "topic": live.of_order(channel, number),
    }
    return render(request, "desk/order_body.html" if request.headers.get("HX-Request") else "desk/order.html", facts)


def _language(request: HttpRequest, otherwise: str) -> str:
    """The language to copy in: as asked for, as the customer has it, or the shop's first."""
    known = dict(settings.LANGUAGES)
    asked = request.GET.get("language", "")
    return next((each for each in (asked, otherwise) if each in known), next(iter(known)))
