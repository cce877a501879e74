"""One step for all the orders somebody chose: first what would come of it, then done, then undone if asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onhand.access.models import Person
from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.refusals import refused
from onhand.core.writer import InDoubt, Overloaded
from onhand.doors.web import house
from onhand.doors.web.faults import IN_DOUBT
from onhand.doors.web.gates import may, reader
from onhand.doors.web.orders.order_acts import STEPS, StepWords
from onhand.doors.web.refusals import in_words
from onhand.doors.web.wording import STATES
from onhand.flows import commands as c
from onhand.insight import lists

MOST, SHOWN = 1000, 12
SECONDS_TO_DECIDE = 3600
_SALT = "onhand.bulk"
_LISTING = lists.ALL["orders"]
_COLUMNS = ("number", "channel", "state")

Name = tuple[str, str]


class Outcome(NamedTuple):
    """What becomes, or became, of an order: its state before and after, or why nothing."""

    number: str
    before: str
    after: str
    fault: str = ""


@may("do.orders")
@require_POST
def preview(request: HttpRequest, name: str) -> HttpResponse:
    """What the step would do to each of them. Nothing is done yet."""
    words = _words(name)
    with house.reading() as db:
        chosen = _chosen(db, request)
    names = [(row["channel"], row["number"]) for row in chosen]
    outcomes = _outcomes(chosen, _commands(names, name), reader(request)) if chosen else []
    able = [each for each, outcome in zip(names, outcomes, strict=True) if not outcome.fault]
    facts: dict[str, Any] = {
        "name": name,
        "words": words,
        "outcomes": outcomes[:SHOWN],
        "rest": max(len(outcomes) - SHOWN, 0),
    }
    facts |= {"able": len(able), "unable": len(outcomes) - len(able), "most": MOST, "key": str(new_id())}
    return render(request, "orders/bulk.html", {**facts, "token": _sealed(able, name)})


@may("do.orders")
@require_POST
def perform(request: HttpRequest, name: str) -> HttpResponse:
    """Do it to those it was shown for; what was refused meanwhile is listed."""
    words = _words(name)
    key = request.POST.get("key", "")
    try:
        UUID(key)
        names: list[Name] = signing.loads(
            request.POST.get("token", ""), salt=f"{_SALT}.{name}", max_age=SECONDS_TO_DECIDE
        )
    except (signing.BadSignature, ValueError):
        return HttpResponse(_("This form has grown old"), status=422)
    try:
        answers = house.do_all(_commands(names, name), reader(request), key=f"bulk/{key}")
    except InDoubt:
        return render(request, "orders/bulk_done.html", {"fault": IN_DOUBT}, status=503)
    except Overloaded:
        busy = {"fault": _("Very much is going on just now. Nothing was done; try again in a moment.")}
        return render(request, "orders/bulk_done.html", busy, status=503)
    done = [each for each, answer in zip(names, answers, strict=True) if not refused(answer)]
    faults = [
        Outcome(number, "", "", in_words(answer))
        for (_channel, number), answer in zip(names, answers, strict=True)
        if refused(answer)
    ]
    facts: dict[str, Any] = {"words": words, "done": len(done), "outcomes": faults[:SHOWN], "unable": len(faults)}
    if words.back:
        facts |= {"back": words.back, "token": _sealed(done, words.back), "key": str(new_id())}
    answer = render(request, "orders/bulk_done.html", facts)
    answer["HX-Trigger"] = "changed"
    return answer


def _words(name: str) -> StepWords:
    if name not in STEPS:
        raise Http404(name)
    return STEPS[name]


def _chosen(db: Connection, request: HttpRequest) -> list[lists.Row]:
    """The rows ticked, or all that the view matches, up to a thousand."""
    view = lists.parse(_LISTING, request.POST.get("view", ""), ignoring=("cursor",))
    if refused(view):
        raise Http404(view.detail)
    keys = request.POST.get("keys", "").split()[:MOST]
    if request.POST.get("all"):
        found = lists.keys(db, _LISTING, view, most=MOST)
        keys = [] if refused(found) else found.keys
    rows = lists.these(db, _LISTING, _with_states(view), keys)
    return [] if refused(rows) else rows


def _with_states(view: lists.View) -> lists.View:
    return lists.View(columns=_COLUMNS, filters=view.filters, search=view.search)


def _commands(names: Sequence[Name], step: str) -> list[c.AdvanceOrder]:
    reason = _("held with others") if step == "hold" else ""
    return [c.AdvanceOrder(channel, number, step, reason=reason) for channel, number in names]  # type: ignore[arg-type]


def _outcomes(chosen: Sequence[lists.Row], commands: Sequence[c.AdvanceOrder], person: Person) -> list[Outcome]:
    """What would become of each of these orders."""

    def states(db: Connection) -> dict[str, str]:
        rows = lists.these(db, _LISTING, lists.View(columns=_COLUMNS), [row.key for row in chosen])
        return {} if refused(rows) else {row.key: row["state"] for row in rows}

    answers, after = house.rehearse(commands, person, states)
    return [
        Outcome(row["number"], _state(row["state"]), "", in_words(answer))
        if refused(answer)
        else Outcome(row["number"], _state(row["state"]), _state(after[row.key]))
        for row, answer in zip(chosen, answers, strict=True)
    ]


def _state(name: str) -> str:
    return str(STATES[name][0]) if name in STATES else name


def _sealed(names: Sequence[Name], step: str) -> str:
    """These orders, for this step and no other."""
    return signing.dumps(list(names), salt=f"{_SALT}.{step}", compress=True)
