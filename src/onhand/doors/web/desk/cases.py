"""Cases: the figures above their list, and one case from the question to its answer."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.core.clock import utc_now
from onhand.customers import queries as customers
from onhand.customers.service import queries as service
from onhand.customers.service.rules import HOURS, may_follow
from onhand.doors.web import live
from onhand.doors.web.desk.desk_words import CASE_STATES, ENTRIES, PRIORITIES, shown_letters, span_words
from onhand.doors.web.gates import may, reader
from onhand.doors.web.house import reading
from onhand.insight import lists
from onhand.messages.queries import letters_about
from onhand.orders import queries as orders

RESPONSE_OVER = timedelta(days=30)
MOST_LETTERS = 20


@may("see.desk")
@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How long customers waited for a first answer in the last thirty days, and the views people use."""
    now = utc_now()
    with reading() as db:
        found = service.response(db, since=now - RESPONSE_OVER, now=now)
    facts = {
        "answered": found.answered,
        "median": span_words(found.median),
        "p90": span_words(found.p90),
        "share": None if found.share is None else round(found.share * 100),
        "hours": [(words, HOURS[name]) for name, (words, _tone) in PRIORITIES.items()],
        "views": _views(reader(request).username),
    }
    return render(request, "cases/figures.html", facts)


def _views(name: str) -> list[tuple[str, str]]:
    """The views people use most, each with its address."""
    not_closed = lists.Filter("state", "not", ("closed",))
    wanted = [
        (_("Mine"), (not_closed, lists.Filter("owner", "is", (name,)))),
        (_("Open"), (not_closed,)),
        (_("Overdue"), (lists.Filter("overdue", "is", (True,)),)),
        (_("Nobody's"), (not_closed, lists.Filter("owner", "empty", (True,)))),
        (_("All"), ()),
    ]
    listing = lists.ALL["cases"]
    return [(words, f"{reverse('cases')}?{lists.write(listing, lists.View(filters=each))}") for words, each in wanted]


@may("see.desk")
@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """A case, or what changes of it."""
    now = utc_now()
    with reading() as db:
        case = service.case(db, number)
        if case is None:
            raise Http404(str(number))
        told = service.entries(db, case)
        customer = customers.customer(db, case.customer)
        written = letters_about(db, f"case/{number}", most=MOST_LETTERS).items
        order = orders.views(db, [case.order])[0] if case.order else None
    state, tone = CASE_STATES[case.state]
    facts = {
        "case": case,
        "state": state,
        "tone": tone,
        "urgency": PRIORITIES[case.priority],
        "overdue": case.overdue(now),
        "late": case.answered_at is not None and case.answered_at > case.due_at,
        "entries": [(each, ENTRIES[each.kind]) for each in told],
        "customer": customer,
        "order": order,
        "letters": shown_letters(written),
        "topic": f"{live.CASES} kind:case.noted",
        "mine": case.owner == reader(request).username,
        "acts": {
            act: True
            for act in ("take", "hand_over", "answer", "wait", "note", "close", "reopen")
            if may_follow(case.state, act)
        },
    }
    return render(request, "cases/body.html" if request.headers.get("HX-Request") else "cases/one.html", facts)
