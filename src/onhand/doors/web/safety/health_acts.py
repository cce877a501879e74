"""What is done about incidents: told of by hand, come to, ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.health import actions, queries
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.gates import may
from onhand.doors.web.safety.health import SEVERITIES, shown

Filled = dict[str, Any]


class IncidentForm(Asking):
    """What is wrong, and how bad it is."""

    words = forms.CharField(max_length=actions.LONGEST, label=gettext_lazy("What is wrong"))
    severity = forms.ChoiceField(
        choices=[(name, words) for name, (words, _tone) in SEVERITIES.items()], label=gettext_lazy("Severity")
    )


class EndForm(Asking):
    """What it was."""

    note = forms.CharField(
        max_length=actions.LONGEST,
        required=False,
        label=gettext_lazy("What it was"),
        widget=forms.Textarea({"rows": 3}),
    )


@may("do.health")
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Tell of an incident."""
    act: Act[Filled] = Act(
        title=_("Tell of an incident"),
        about=_("What nothing noticed by itself. The clock runs from now until somebody comes to it."),
        button=_("Tell of it"),
        command=lambda filled: filled,
        done=lambda _filled: _("The incident is on record."),
        carry_out=_in_house(
            lambda db, filled, actor: actions.open_by_hand(
                db, filled["words"], filled["severity"], actor=actor, now=utc_now()
            )
        ),
    )
    return perform(request, act, IncidentForm)


@may("do.health")
@never_cache
@require_http_methods(["GET", "POST"])
def come_to(request: HttpRequest, number: int) -> HttpResponse:
    """Say that somebody looks after it."""
    act: Act[Filled] = Act(
        title=_title(number),
        about=_("Others see that somebody looks into it."),
        button=_("I look into it"),
        command=lambda filled: filled,
        done=lambda _filled: _("It is yours."),
        carry_out=_in_house(lambda db, _filled, actor: actions.acknowledge(db, number, actor=actor, now=utc_now())),
    )
    return perform(request, act, Asking)


@may("do.health")
@never_cache
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Say that it is over."""
    act: Act[Filled] = Act(
        title=_title(number),
        about=_("If what began it is still there, another incident begins."),
        button=_("It is over"),
        command=lambda filled: filled,
        done=lambda _filled: _("The incident is over."),
        carry_out=_in_house(
            lambda db, filled, actor: actions.resolve(db, number, filled["note"], actor=actor, now=utc_now())
        ),
    )
    return perform(request, act, EndForm)


def _title(number: int) -> str:
    with house.reading() as db:
        found = queries.incident(db, number)
    if found is None:
        raise Http404("incident")
    return str(shown(found).title)


def _in_house(verb: Callable[[Connection, Filled, str], Any]) -> Callable[[Filled, Person, str], Any]:
    """Carry a verb out in a transaction of its own."""

    def carried_out(filled: Filled, person: Person, _key: str) -> Any:
        with house.changing() as db:
            return verb(db, filled, person.actor)

    return carried_out
