"""Limits: from how much on an act must be confirmed, and above how much a second person approves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onhand.access.confirming import limits
from onhand.access.confirming.rules import QUANTITY, Limit, limits_of
from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, NumberField, perform
from onhand.doors.web.approving.confirming import Change, Look, figure_words
from onhand.doors.web.gates import may
from onhand.orders.queries import channel_codes, channels_by_code
from onhand.places.queries import all_sites

# The kinds of acts that have limits, in words.
ACTS: dict[str, Promise] = {
    "Adjust": gettext_lazy("Correct stock"),
    "SetThreshold": gettext_lazy("Set thresholds"),
    "SetCategoryThreshold": gettext_lazy("Set thresholds of a category"),
    "Transfer": gettext_lazy("Send goods to another site"),
    "TakeBack": gettext_lazy("Take goods back from customers"),
}
# High by their permission, however little they are about, until it is said from where on.
ALWAYS = frozenset({"Adjust", "SetThreshold", "SetCategoryThreshold"})


class LimitsChange(msgspec.Struct, frozen=True):
    """What shall hold for a kind of act."""

    act: str
    limits: dict[str, Limit]


class LimitForm(Asking):
    """For each measure two figures: from where on it is confirmed, above which a second person approves."""

    def __init__(self, *args: Any, measures: list[str], **facts: Any) -> None:
        super().__init__(*args, **facts)
        for measure in measures:
            of = {"measure": measure_words(measure)}
            self.fields[f"high_{measure}"] = _figure(_("%(measure)s: confirmed from") % of)
            self.fields[f"second_{measure}"] = _figure(_("%(measure)s: a second person above") % of)


def _figure(label: str) -> NumberField:
    return NumberField(required=False, min_value=0, max_digits=17, decimal_places=4, localize=True, label=label)


@may("do.roles")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every kind of act with its limits."""
    with house.reading() as db:
        measures, given = _measures(db), limits.limits(db, ACTS)
    shown = [(act, title, _rows(act, measures, given.get(act, {}))) for act, title in ACTS.items()]
    facts = {"shown": shown, "always": ALWAYS, "here_now": request.get_full_path()}
    return render(request, "limits/rows.html" if request.headers.get("HX-Request") else "limits/page.html", facts)


@may("do.roles")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, act: str) -> HttpResponse:
    """Say anew from how much on."""
    if act not in ACTS:
        raise Http404(act)
    with house.reading() as db:
        measures = _measures(db)
        held = _held(act, measures, limits.limits(db, [act]).get(act, {}))
    first: dict[str, object] = {}
    for measure in measures:
        first |= {f"high_{measure}": held[measure].high_from, f"second_{measure}": held[measure].second_above}
    changing: Act[LimitsChange] = Act(
        title=_("Limits"),
        about=str(ACTS[act]),
        button=_("Save it"),
        command=lambda filled: LimitsChange(
            act, {each: Limit(filled[f"high_{each}"], filled[f"second_{each}"]) for each in measures}
        ),
        done=lambda _filled: _("The limits are saved; they hold from now on."),
        carry_out=lambda wanted, person, _key: _set(wanted, person),
        look=lambda db, wanted: _look(db, wanted, measures),
    )
    return perform(request, changing, LimitForm, first=first, measures=measures)


def measure_words(measure: str) -> str:
    """What is measured."""
    return _("Quantity") if measure == QUANTITY else _("Value in %(currency)s") % {"currency": measure}


def _set(wanted: LimitsChange, person: Person) -> Any:
    with house.changing() as db:
        return limits.set_limits(db, wanted.act, wanted.limits, actor=person.actor, now=utc_now())


def _measures(db: Connection) -> list[str]:
    """Pieces, and every currency somebody trades in."""
    currencies = {each.currency for each in all_sites(db).values()}
    currencies |= {each.currency for each in channels_by_code(db, channel_codes(db).values()).values()}
    return [QUANTITY, *sorted(currencies)]


def _held(act: str, measures: list[str], given: Mapping[str, Limit]) -> dict[str, Limit]:
    return {each: limits_of(act, "" if each == QUANTITY else each, given).get(each, Limit()) for each in measures}


def _rows(act: str, measures: list[str], given: Mapping[str, Limit]) -> list[tuple[str, str, str]]:
    held = _held(act, measures, given)
    return [
        (measure_words(each), figure_words(held[each].high_from), figure_words(held[each].second_above))
        for each in measures
    ]


def _look(db: Connection, wanted: LimitsChange, measures: list[str]) -> Look:
    before = _held(wanted.act, measures, limits.limits(db, [wanted.act]).get(wanted.act, {}))
    changes = []
    for measure, limit in wanted.limits.items():
        of, was = {"measure": measure_words(measure)}, before[measure]
        for words, old, new in (
            (_("%(measure)s: confirmed from"), was.high_from, limit.high_from),
            (_("%(measure)s: a second person above"), was.second_above, limit.second_above),
        ):
            if old != new:
                changes.append(Change(words % of, figure_words(old), figure_words(new)))
    return Look(changes, before)
