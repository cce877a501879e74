"""The delivery record, one letter of it, and sending again what was given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.ids import new_id
from onhand.doors.web import house
from onhand.doors.web.acts import Act, perform
from onhand.doors.web.alerts.alerts import ChosenForm, rows_chosen
from onhand.doors.web.customers.templates_page import TEMPLATES
from onhand.doors.web.gates import may, reader
from onhand.doors.web.wording import STATES
from onhand.insight import lists
from onhand.messages import actions, queries

_LISTING = lists.ALL["letters"]


@may("see.messages")
@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """A letter: to whom, what it said, and what became of it."""
    with house.reading() as db:
        found = queries.letter(db, number)
        tries = queries.attempts(db, number)
    if found is None:
        raise Http404("letter")
    facts = {
        "each": found,
        "title": TEMPLATES.get(found.template, found.template),
        "state": STATES[found.state],
        "to": STATES[found.to_kind][0],
        "way": STATES[found.channel][0],
        "tries": tries,
        "may_send": found.state == "given_up" and bool(found.text) and reader(request).may("do.messages"),
        "here_now": request.get_full_path(),
    }
    part = "messages/body.html" if request.headers.get("HX-Request") else "messages/one.html"
    return render(request, part, facts)


@may("do.messages")
@never_cache
@require_http_methods(["GET", "POST"])
def send_again(request: HttpRequest) -> HttpResponse:
    """Let letters that were given up go out again."""
    return perform(request, _act(), ChosenForm, first={"chosen": request.GET.get("letters", "")})


@may("do.messages")
@never_cache
@require_POST
def chosen(request: HttpRequest, name: str) -> HttpResponse:
    """The form for those chosen in the list; nothing is done yet."""
    if name != "again":
        raise Http404(name)
    with house.reading() as db:
        numbers = rows_chosen(db, request, _LISTING)
    form = ChosenForm(initial={"chosen": ",".join(numbers), "asking": str(new_id())})
    facts = {"act": _act(len(numbers)), "form": form, "address": reverse("messages.again")}
    return render(request, "parts/act.html", facts)


def _act(number: int = 1) -> Act[Any]:
    chosen = ngettext("%(n)s letter is chosen.", "%(n)s letters are chosen.", number) % {"n": number} + " "
    return Act(
        title=_("Send again"),
        about=(chosen if number != 1 else "") + _("Only those that were given up, and whose text is still kept."),
        button=_("Send again"),
        command=lambda filled: filled["chosen"],
        done=lambda _filled: _("They go out at once."),
        carry_out=_again,
    )


def _again(numbers: Sequence[int], person: Person, _key: str) -> Any:
    with house.changing() as db:
        return actions.send_again(db, numbers, actor=person.actor, now=utc_now())
