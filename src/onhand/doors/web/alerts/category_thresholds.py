"""Thresholds of a whole category at a site, and how long its goods take to come."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onhand.access.models import Person
from onhand.catalog import queries as catalog
from onhand.core.clock import utc_now
from onhand.core.refusals import Refused
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, NumberField, perform
from onhand.doors.web.gates import may, reader
from onhand.doors.web.wording import quantity
from onhand.flows import commands as c
from onhand.places import queries as places
from onhand.planning.actions import set_lead_days
from onhand.planning.rules import LEAD_DAYS


class CategoryThresholdForm(Asking):
    """Which category, where, below how much."""

    site = forms.ChoiceField(label=gettext_lazy("Site"))
    category = forms.CharField(
        max_length=64,
        label=gettext_lazy("Category"),
        help_text=gettext_lazy("Its code; all that is sold of it and of the categories below it."),
    )
    quantity = NumberField(
        max_digits=14,
        decimal_places=3,
        localize=True,
        required=False,
        min_value=Decimal("0.001"),
        label=gettext_lazy("Tell us below"),
        help_text=gettext_lazy("Empty takes their thresholds away."),
    )

    def __init__(self, *given: Any, sites: dict[str, str], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["site"].choices = list(sites.items())  # type: ignore[attr-defined]


class LeadDaysForm(Asking):
    """How long goods of a category take to come."""

    category = forms.CharField(
        max_length=64,
        label=gettext_lazy("Category"),
        help_text=gettext_lazy("Its code; it holds for the categories below it, too."),
    )
    days = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=730,
        label=gettext_lazy("Days until they are there"),
        help_text=gettext_lazy("Empty: as for the category above it."),
    )


class _LeadDays(msgspec.Struct, frozen=True):
    category: str
    days: int | None


@may("do.thresholds")
@never_cache
@require_http_methods(["GET", "POST"])
def thresholds(request: HttpRequest) -> HttpResponse:
    """Say below what to be told, of everything in a category. What it comes to is shown before it is done."""
    person = reader(request)
    with house.reading() as db:
        sites = {code: site.name for code, site in places.all_sites(db).items() if person.may("do.thresholds", code)}

    def shown(answer: Any) -> str:
        number = answer.thresholds
        return ngettext("%(n)s threshold is set.", "%(n)s thresholds are set.", number) % {"n": quantity(number)}

    said: list[str] = []

    def carried_out(command: c.SetCategoryThreshold, somebody: Person, key: str) -> Any:
        answer = house.do(command, somebody, key=key)
        if not isinstance(answer, Refused):
            said.append(shown(answer) if hasattr(answer, "thresholds") else _("It was done already."))
        return answer

    act: Act[Any] = Act(
        title=_("Thresholds of a category"),
        about=_("What it changes is shown before it is done."),
        button=_("Go on"),
        command=lambda filled: c.SetCategoryThreshold(filled["site"], filled["category"], filled["quantity"]),
        done=lambda _filled: said[0],
        carry_out=carried_out,
    )
    return perform(request, act, CategoryThresholdForm, sites=sites)


@may("do.thresholds")
@never_cache
@require_http_methods(["GET", "POST"])
def lead_days(request: HttpRequest) -> HttpResponse:
    """Say how long goods of a category take to come."""
    act: Act[Any] = Act(
        title=_("How long goods take"),
        about=_("From when one wishes for them until they are there; where nothing is said, %(days)s days.")
        % {"days": LEAD_DAYS},
        button=_("Save it"),
        command=lambda filled: _LeadDays(filled["category"], filled["days"]),
        done=lambda _filled: _("It is saved, and holds from now on."),
        carry_out=_set_lead_days,
    )
    return perform(request, act, LeadDaysForm)


def _set_lead_days(wanted: _LeadDays, person: Person, _key: str) -> Refused | None:
    with house.changing() as db:
        number = catalog.category_ids(db, [wanted.category]).get(wanted.category)
        if number is None:
            return Refused("unknown_category", f"There is no category {wanted.category!r}.", "category")
        set_lead_days(db, number, wanted.category, wanted.days, actor=person.actor, now=utc_now())
        return None
