"""What one person asked for and a second one decides: the list, the evidence, yes or no, and word to who asked."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import msgspec
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onhand.access.confirming import requests
from onhand.access.confirming.requests import RequestView
from onhand.access.confirming.rules import canonical
from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.pages import BadCursor
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.approving import requesting
from onhand.doors.web.approving.confirming import FIGURES, Change, Look, figure_words, value_words
from onhand.doors.web.gates import may, reader, signed_in
from onhand.doors.web.people.limits import ACTS
from onhand.doors.web.people.people import where
from onhand.doors.web.telling import Entry
from onhand.doors.web.wording import quantity
from onhand.doors.web.words import words
from onhand.flows.weighing import Evidence, evidence

PAGE = 50
SHOWN = 12
STATES: dict[str, tuple[Promise, str]] = {
    "waiting": (gettext_lazy("waiting"), "warn"),
    "done": (gettext_lazy("approved and done"), "good"),
    "declined": (gettext_lazy("declined"), "bad"),
    "failed": (gettext_lazy("could not be done"), "bad"),
    "withdrawn": (gettext_lazy("taken back"), "calm"),
    "expired": (gettext_lazy("not decided in time"), "calm"),
}


class Approval(msgspec.Struct, frozen=True):
    """Somebody says yes to a request, with what it would change now."""

    request: int
    facts: str
    before: str


class Refusal(Asking):
    """Why a request is declined."""

    reason = forms.CharField(max_length=requests.LONGEST_REASON, label=gettext_lazy("Why"))


class Shown(NamedTuple):
    """A request in words."""

    asked: RequestView
    what: str
    who: str
    at: str
    state: Promise
    tone: str


@signed_in
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, for whoever may decide it; what one asked for, for everybody."""
    person, cursor = reader(request), request.GET.get("cursor")
    everything = "all" in request.GET
    decides = person.may(requests.PERMISSION)
    with house.reading() as db:
        try:
            page = requests.listed(
                db,
                utc_now(),
                waiting=decides and not everything,
                by="" if decides else person.actor,
                after=cursor,
                most=PAGE,
            )
        except BadCursor as fault:
            raise Http404("cursor") from fault
    facts = {
        "shown": [(shown(each), _can_decide(each, person)) for each in page.items],
        "everything": everything,
        "decides": decides,
        "cursor": cursor,
        "next": page.next,
        "here_now": request.get_full_path(),
    }
    return render(request, "approvals/rows.html" if request.headers.get("HX-Request") else "approvals/page.html", facts)


@signed_in
@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """A request: what would change, why, who asks and what they did lately."""
    person = reader(request)
    with house.reading() as db:
        found = _known(db, number, person)
        (seen,) = evidence(db, [requesting.command_of(found)], utc_now())
        lately = requests.lately(db, found.asked_by)
    facts: dict[str, Any] = {
        "shown": shown(found),
        "decides": found.state == "waiting" and _can_decide(found, person),
        "own": found.asked_by == person.actor,
        "changes": changes(seen)[:SHOWN],
        "rest": max(0, len(seen.changes) - SHOWN),
        "figure": FIGURES.get(found.act, ""),
        "moved": found.state == "waiting" and canonical(seen.before) != found.before,
        "quantity": quantity(seen.weight.quantity),
        "value": value_words(seen.weight),
        "reason": _reason(found),
        "answer": _answer(found),
        "lately": [Entry(each.at, words(each.kind, each.subject, each.data), "") for each in lately],
        "here_now": request.get_full_path(),
    }
    return render(request, "approvals/body.html" if request.headers.get("HX-Request") else "approvals/one.html", facts)


@may("do.approvals")
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Say yes: it is done then, once, in the name of who asked."""
    with house.reading() as db:
        found = _known(db, number, reader(request))
        (seen,) = evidence(db, [requesting.command_of(found)], utc_now())
    act: Act[Approval] = Act(
        title=_("Approve request %(number)s") % {"number": number},
        about=shown(found).what,
        button=_("Approve"),
        command=lambda _filled: Approval(number, found.facts, canonical(seen.before)),
        done=lambda _filled: _("Request %(number)s is approved and done.") % {"number": number},
        carry_out=lambda wanted, person, _key: requesting.approve(wanted.request, wanted.before, person),
        look=lambda _db, _wanted: Look(changes(seen), seen.before, seen.weight, str(FIGURES.get(found.act, ""))),
    )
    return perform(request, act, Asking)


@signed_in
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, number: int) -> HttpResponse:
    """Say no, and why; or take one's own request back."""
    person = reader(request)
    with house.reading() as db:
        found = _known(db, number, person)
    own = found.asked_by == person.actor
    act: Act[str] = Act(
        title=(_("Take request %(number)s back") if own else _("Decline request %(number)s")) % {"number": number},
        about=shown(found).what,
        button=_("Take it back") if own else _("Decline"),
        command=lambda filled: filled["reason"],
        done=lambda _filled: (
            (_("Request %(number)s is taken back.") if own else _("Request %(number)s is declined."))
            % {"number": number}
        ),
        tone="outline-danger",
        carry_out=lambda reason, who, _key: requesting.decline(number, reason, who),
    )
    return perform(request, act, Refusal)


@signed_in
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """Tell somebody what became of what they asked for, once."""
    with house.changing() as db:
        found = requests.news(db, reader(request).actor, utc_now())
    answer = HttpResponse(status=200)
    answer["HX-Reswap"] = "none"
    if found:
        said = " ".join(
            _("Request %(number)s: %(state)s.") % {"number": each.id, "state": STATES[each.state][0]} for each in found
        )
        answer["HX-Trigger"] = json.dumps({"changed": True, "toast": {"words": said}})
    return answer


def shown(asked: RequestView) -> Shown:
    """A request in words."""
    command: Any = requesting.command_of(asked)
    thing = getattr(command, "sku", "") or getattr(command, "number", "") or getattr(command, "reference", "")
    what = f"{ACTS[asked.act]} · {thing}" if thing else str(ACTS[asked.act])
    return Shown(asked, what, asked.asked_by.partition("/")[2], where(asked.sites), *STATES[asked.state])


def changes(seen: Evidence) -> list[Change]:
    """What would change, in words."""
    return [Change(each.sku, figure_words(each.before), figure_words(each.after)) for each in seen.changes]


def waiting(person: Person) -> int:
    """How many requests wait for this person's decision."""
    with house.reading() as db:
        return requests.waiting_for(db, person.actor, person.standing, utc_now())


def hopes(person: Person) -> bool:
    """Whether this person waits to hear of something they asked for."""
    with house.reading() as db:
        return requests.hopes(db, person.actor, utc_now())


def _can_decide(asked: RequestView, person: Person) -> bool:
    return requests.may_decide(asked, person.actor, person.standing) is None


def _known(db: Connection, number: int, person: Person) -> RequestView:
    """A request, for who asked or may decide such things."""
    found = requests.request(db, number)
    if found is None:
        raise Http404(str(number))
    if found.asked_by != person.actor and not person.may(requests.PERMISSION):
        raise PermissionDenied(requests.PERMISSION)
    return found


def _reason(asked: RequestView) -> str:
    return str(json.loads(asked.facts).get("reason") or "")


def _answer(asked: RequestView) -> str:
    return _("Who asked for it may no longer sign in.") if asked.answer == "asker_gone" else asked.answer
