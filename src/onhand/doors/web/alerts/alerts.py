"""Alerts of stock: the bell, one alert, and what people do about some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onhand.access.models import Person
from onhand.catalog import queries as catalog
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.refusals import Refused, refused
from onhand.doors.web import house, live
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.gates import may, reader
from onhand.doors.web.wording import STATES
from onhand.insight import lists
from onhand.messages.alerts import actions, queries
from onhand.messages.alerts.queries import MOST_COUNTED, AlertView

MOST = 1000
CHANGES = f"kind:{actions.CHANGED}"
_LISTING = lists.ALL["alerts"]
KINDS: dict[str, Promise] = {
    "below_threshold": gettext_lazy("has fallen below its threshold"),
    "will_run_out": gettext_lazy("will run out before it can be restocked"),
    "supply_late": gettext_lazy("a delivery is late"),
}
FACTS: dict[str, Promise] = {
    "available": gettext_lazy("Available when it was noticed"),
    "threshold": gettext_lazy("Threshold"),
    "date": gettext_lazy("Runs out"),
    "restocked": gettext_lazy("Can be restocked"),
    "a_day": gettext_lazy("Sold a day"),
    "reference": gettext_lazy("Document"),
    "due": gettext_lazy("Was due"),
}
HOURS = (
    (1, gettext_lazy("for an hour")),
    (4, gettext_lazy("for four hours")),
    (24, gettext_lazy("for a day")),
    (72, gettext_lazy("for three days")),
    (168, gettext_lazy("for a week")),
)


class ChosenForm(Asking):
    """Some alerts, by their numbers."""

    chosen = forms.CharField(widget=forms.HiddenInput, max_length=20_000)

    def clean_chosen(self) -> list[int]:
        """The numbers."""
        numbers = self.cleaned_data["chosen"].split(",")
        if not all(each.isdecimal() and len(each) < 19 for each in numbers) or len(numbers) > MOST:
            raise ValidationError(_("Nothing was chosen."))
        return [int(each) for each in numbers]


class SnoozeForm(ChosenForm):
    """For how long."""

    hours = forms.TypedChoiceField(choices=HOURS, coerce=int, label=gettext_lazy("How long"))


@may("see.stock")
@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell, drawn anew."""
    return render(request, "alerts/bell.html", {"alerts_waiting": lambda: waiting(reader(request))})


def waiting(person: Person) -> str:
    """How many alerts wait at the sites somebody works at, in words; empty for none."""
    if not person.may("see.stock"):
        return ""
    with house.reading() as db:
        number = queries.waiting(db, _sites(person))
    return f"{MOST_COUNTED - 1}+" if number >= MOST_COUNTED else str(number or "")


def _sites(person: Person) -> list[str] | None:
    """The sites somebody works at; None: everywhere."""
    posts = [each.sites for each in person.held]
    return None if any(not each for each in posts) else sorted({site for each in posts for site in each})


@may("see.stock")
@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """An alert: what it is about, the figures it follows from, what became of it."""
    with house.reading() as db:
        found = next(iter(queries.alerts(db, [number])), None)
        if found is None:
            raise Http404("alert")
        goods = catalog.skus_by_code(db, [found.sku]).get(found.sku)
    state = _state(found)
    facts = {
        "each": found,
        "name": goods.name if goods else found.sku,
        "kind": KINDS[found.kind],
        "state": STATES[state][0],
        "tone": STATES[state][1],
        "figures": [(FACTS[name], value) for name, value in found.facts.items() if name in FACTS and value],
        "may_act": found.waits and reader(request).may("do.alerts", found.site),
        "live": f"{CHANGES} {live.of_sku(found.sku)}",
        "here_now": request.get_full_path(),
    }
    part = "alerts/body.html" if request.headers.get("HX-Request") else "alerts/one.html"
    return render(request, part, facts)


def _state(found: AlertView) -> str:
    if found.closed_at:
        return "alert_over"
    if found.acknowledged_at:
        return "alert_acted_upon"
    return "alert_put_off" if found.snoozed_until else "alert_open"


@may("do.alerts")
@never_cache
@require_http_methods(["GET", "POST"])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Say that one acts upon them."""
    return perform(request, _ACTS["acknowledge"](), ChosenForm, first={"chosen": request.GET.get("alerts", "")})


@may("do.alerts")
@never_cache
@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest) -> HttpResponse:
    """Put them off."""
    return perform(request, _ACTS["snooze"](), SnoozeForm, first={"chosen": request.GET.get("alerts", "")})


@may("do.alerts")
@never_cache
@require_POST
def chosen(request: HttpRequest, name: str) -> HttpResponse:
    """The form of an act for those chosen in the list; nothing is done yet."""
    if name not in _ACTS:
        raise Http404(name)
    with house.reading() as db:
        numbers = rows_chosen(db, request, _LISTING)
    kind = SnoozeForm if name == "snooze" else ChosenForm
    form = kind(initial={"chosen": ",".join(numbers), "asking": str(new_id())})
    act = _ACTS[name](len(numbers))
    return render(request, "parts/act.html", {"act": act, "form": form, "address": reverse(f"alerts.{name}")})


def rows_chosen(db: Connection, request: HttpRequest, listing: lists.Listing) -> list[str]:
    """The rows ticked in a list, or all that its view matches, up to a thousand."""
    if not request.POST.get("all"):
        return [each for each in request.POST.get("keys", "").split() if each.isdecimal()][:MOST]
    view = lists.parse(listing, request.POST.get("view", ""), ignoring=("cursor",))
    if refused(view):
        raise Http404(view.detail)
    found = lists.keys(db, listing, view, most=MOST)
    return [] if refused(found) else list(found.keys)


def _acknowledging(number: int = 1) -> Act[Any]:
    return Act(
        title=_("I act upon it"),
        about=_counted(number) + _("Nobody else is told of it, and it is not handed up. It closes when it is over."),
        button=_("I act upon it"),
        command=lambda filled: filled["chosen"],
        done=lambda _filled: _("Others see that somebody acts upon it."),
        carry_out=_in_house(
            lambda db, numbers, actor: actions.acknowledge(db, numbers, actor=actor, now=utc_now()), list
        ),
    )


def _snoozing(number: int = 1) -> Act[Any]:
    return Act(
        title=_("Put it off"),
        about=_counted(number) + _("Nobody is told of it until then; if it is still so, they are told again."),
        button=_("Put it off"),
        command=lambda filled: (filled["chosen"], filled["hours"]),
        done=lambda _filled: _("It is put off."),
        carry_out=_in_house(
            lambda db, wanted, actor: actions.snooze(
                db, wanted[0], utc_now() + timedelta(hours=wanted[1]), actor=actor, now=utc_now()
            ),
            lambda wanted: list(wanted[0]),
        ),
    )


_ACTS: dict[str, Callable[..., Act[Any]]] = {"acknowledge": _acknowledging, "snooze": _snoozing}


def _counted(number: int) -> str:
    if number == 1:
        return ""
    return ngettext("%(n)s alert is chosen.", "%(n)s alerts are chosen.", number) % {"n": number} + " "


def _in_house(
    verb: Callable[[Connection, Any, str], Any], numbers_of: Callable[[Any], Sequence[int]]
) -> Callable[[Any, Person, str], Any]:
    """Carry a verb out in a transaction of its own, if all the alerts lie where this person may act."""

    def carried_out(wanted: Any, person: Person, _key: str) -> Any:
        with house.changing() as db:
            found = queries.alerts(db, numbers_of(wanted))
            elsewhere = sorted({each.site for each in found if not person.may("do.alerts", each.site)})
            if elsewhere:
                held = ", ".join(sorted(person.standing.sites("do.alerts") or ()))
                detail = f"You may do this at these sites only: {held}; leave out {', '.join(elsewhere)}."
                return Refused("not_your_site", detail, "chosen")
            return verb(db, wanted, person.actor)

    return carried_out
