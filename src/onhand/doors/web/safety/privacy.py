"""What is held on people: finding somebody, what is held and why, what they agreed to; and the record of it all.

A search is posted, so that nobody's address stands in an address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onhand.access.privacy import consent, erasing, exporting, holds, registry, report
from onhand.access.privacy.consent import Standing
from onhand.access.privacy.erasing import Preview
from onhand.access.privacy.exporting import Held
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.customers.queries import CustomerView
from onhand.doors.web import files, house
from onhand.doors.web.gates import may, public, reader
from onhand.doors.web.refusals import in_words

MOST_FOUND = 50
# Of one table on the page; the file has them all.
MOST_SHOWN = 20

PURPOSES: dict[str, Promise] = {
    "email": gettext_lazy("letters by e-mail"),
    "sms": gettext_lazy("text messages"),
    "phone": gettext_lazy("calls"),
    "profiling": gettext_lazy("offers made from what they bought"),
    "sale": gettext_lazy("selling or sharing what is known"),
}
KINDS: dict[str, Promise] = {
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("telephone number"),
    "address": gettext_lazy("postal address"),
    "location": gettext_lazy("where on a map"),
    "free text": gettext_lazy("free text"),
    "sign-in": gettext_lazy("sign-in"),
    "preference": gettext_lazy("preference"),
    "consent": gettext_lazy("consent"),
    "link": gettext_lazy("reference"),
}
PROTECTED: dict[str, Promise] = {
    "sealed": gettext_lazy("encrypted"),
    "coarse": gettext_lazy("kept roughly"),
    "digest": gettext_lazy("only a digest"),
    "plain": gettext_lazy("as it is"),
}
SUBJECTS: dict[str, Promise] = {
    "customer": gettext_lazy("customers"),
    "order": gettext_lazy("guests"),
    "person": gettext_lazy("people who sign in"),
    "address": gettext_lazy("addresses written to"),
}
_BASES: dict[str, Promise] = {
    registry.CONTRACT: gettext_lazy("contract (Art. 6 (1) b)"),
    registry.LEGAL_DUTY: gettext_lazy("legal duty (Art. 6 (1) c)"),
    registry.LEGITIMATE: gettext_lazy("legitimate interest (Art. 6 (1) f)"),
    registry.CONSENT: gettext_lazy("consent (Art. 6 (1) a)"),
}


class Stand(NamedTuple):
    """How somebody stands to a purpose, in words."""

    standing: Standing
    purpose: Promise
    state: str
    tone: str


class Shelf(NamedTuple):
    """What a table holds on somebody, in words."""

    held: Held
    purpose: str
    basis: str
    kept: str
    rows: list[list[tuple[str, str]]]
    more: int


@may("see.privacy")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Where somebody is looked for, and who was erased last."""
    with house.reading() as db:
        past = erasing.past(db, most=20)
    return render(request, "privacy/page.html", {"past": past})


@may("see.privacy")
@never_cache
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Whom somebody may mean."""
    words = request.POST.get("q", "").replace("\x00", "").strip()[:200]
    with house.reading() as db:
        found = customers.found(db, words, MOST_FOUND)
    return render(request, "privacy/found.html", {"words": words, "found": found})


@may("see.privacy")
@never_cache
@require_safe
def one(request: HttpRequest, customer: str) -> HttpResponse:
    """A customer: what is held on them, what they agreed to, what would become of it."""
    now, subject = utc_now(), f"customer/{customer}"
    with house.reading() as db:
        view = known(customers.customer(db, customer))
        seen = erasing.preview(db, subject, now=now)
        if refused(seen):
            raise Http404(customer)
        facts = {
            "customer": view,
            "stands": [stand_words(each) for each in consent.standing(db, subject)],
            "said": consent.history(db, subject, most=20),
            "holds": holds.lasting(db, subject, now=now),
            "shelves": [_shelf(each) for each in exporting.looked_up(db, subject) if each.rows],
            "erased": erasing.is_erased(db, subject),
            "waits": in_words(seen.waits_for) if seen.waits_for else "",
            "purposes": PURPOSES,
        }
    template = "privacy/body.html" if request.headers.get("HX-Request") else "privacy/one.html"
    return render(request, template, facts | {"here_now": request.path})


def known(found: CustomerView | None) -> CustomerView:
    """The customer who was asked for; nothing is at the address of one whom nobody knows."""
    if found is None:
        raise Http404("customer")
    return found


def stand_words(each: Standing) -> Stand:
    """How somebody stands to a purpose, in words."""
    state, tone = (_("allowed"), "good") if each.allowed else (_("not allowed"), "calm")
    if each.objected:
        state, tone = _("objected"), "warn"
    return Stand(each, PURPOSES[each.purpose], state, tone)


def _shelf(held: Held) -> Shelf:
    rows = [
        [(name, _text(value)) for name, value in row.items() if value not in (None, "", [])]
        for row in held.rows[:MOST_SHOWN]
    ]
    return Shelf(
        held, _(held.purpose), str(_BASES.get(held.basis, held.basis)), _(held.kept), rows, len(held.rows) - len(rows)
    )


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items() if each not in (None, ""))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def in_short(seen: Preview) -> str:
    """What an erasure would do, in a sentence."""
    rows = sum(seen.blanked.values()) + sum(seen.removed.values())
    return _(
        "Name, addresses, telephone number and where orders went become unreadable for ever, in %(rows)s rows. Orders,"
        " moves and money stay. This cannot be undone."
    ) % {"rows": rows}


@may("do.privacy")
@never_cache
@require_POST
def export(request: HttpRequest, customer: str, kind: str) -> HttpResponseBase:
    """All that is held on a customer, as a file. That it was handed out is on record."""
    with house.changing(house.SECONDS_FOR_MANY) as db:
        found = exporting.export(db, f"customer/{customer}", now=utc_now(), actor=reader(request).actor)
    if refused(found):
        raise Http404(customer)
    if kind == "csv":
        return files.as_csv("personal-data", ["what", "field", "value"], exporting.as_rows(found.held))
    answer = HttpResponse(exporting.as_json(found), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="personal-data.json"'
    return answer


@may("see.privacy")
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The record of processing activities: every personal column, why, for how long, how it is erased."""
    return render(request, "privacy/record.html", {"lines": [_line(each) for each in report.lines()]})


@may("see.privacy")
@require_safe
def record_file(request: HttpRequest) -> HttpResponseBase:
    """The same as a sheet."""
    names = report.Line.__struct_fields__
    rows = [[getattr(each, name) for name in names] for each in report.lines()]
    return files.as_csv("article-30", list(names), rows)


def _line(line: report.Line) -> dict[str, str]:
    whose = ", ".join(str(SUBJECTS.get(each, each)) for each in line.whose.split(", "))
    stays = line.erased.removeprefix("stays: ")
    return {
        "table": line.table,
        "column": line.column,
        "whose": whose,
        "kind": str(KINDS.get(line.kind, line.kind)),
        "protected": str(PROTECTED[line.protected]),
        "purpose": _(line.purpose),
        "basis": str(_BASES.get(line.basis, line.basis)),
        "kept": _(line.kept),
        "erased": _("stays: %(why)s") % {"why": _(stays)} if stays != line.erased else _ERASED[line.erased](),
    }


_ERASED: dict[str, Callable[[], str]] = {
    "removed": lambda: _("removed"),
    "blanked": lambda: _("blanked"),
    "key destroyed, blanked": lambda: _("its key destroyed, and blanked"),
}


@public
@require_http_methods(["GET", "HEAD"])
def global_privacy_control(request: HttpRequest) -> HttpResponse:
    """That a browser's ``Sec-GPC: 1`` is honoured here, as the Global Privacy Control has it said."""
    return JsonResponse({"gpc": True, "lastUpdate": "2026-11-29"})
