"""What people say of goods to come: that they are announced, and that more of them come, or fewer, or another day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from onhand.access.permissions import Sites
from onhand.core import texts
from onhand.core.clock import LATEST, must_be_plausible, utc_now
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, number, perform, quantity_field
from onhand.doors.web.gates import may, reader
from onhand.doors.web.wording import day_words, quantity
from onhand.flows import commands as c
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.stock import queries as stock

# A day is not over before it ends.
_END_OF_DAY = time(23, 59)
_TRANSFER = "transfer"


class _DayField(forms.DateField):
    """A day on which goods come."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Day"),
            help_text=gettext_lazy("They are late when this day is over where they go to."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            validators=[MaxValueValidator(LATEST.date() - timedelta(days=2))],
        )


class _MomentField(forms.CharField):
    """A moment that a page remembers to the microsecond, whatever zone its reader lives in."""

    def clean(self, value: str | None) -> datetime:
        """The moment."""
        found = _moment(super().clean(value))
        if found is None:
            raise ValidationError(self.error_messages["required"])
        return found


def _moment(written: str) -> datetime | None:
    """A moment of a page or an address; None for what is none, or lies in no shop's time."""
    try:
        found = datetime.fromisoformat(written).astimezone(UTC)
        must_be_plausible("due", found)
    except (ValueError, OverflowError):
        return None
    return found


class AnnounceForm(Asking):
    """Goods on their way from a supplier, or to be made."""

    site = forms.ChoiceField(label=gettext_lazy("Where they go to"))
    quantity = quantity_field(min_value=Decimal("0.001"))
    day = _DayField()
    reference = forms.RegexField(
        texts.CODE,
        max_length=64,
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("Such as the number of the purchase order."),
    )

    def __init__(self, *given: Any, sites: Mapping[str, Site], sku: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self._sites, self._sku = sites, sku
        # Where there are several, none is taken for the one that is meant.
        nothing = [("", "")] if len(sites) > 1 else []
        named_sites = [(site.code, site.name) for site in sites.values()]
        self.fields["site"].choices = nothing + named_sites  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """With ``due``, the moment at which the day is over."""
        filled = super().clean() or {}
        if {"day", "site"} <= filled.keys():
            site, day = self._sites[filled["site"]], filled["day"]
            filled["due"] = _still_to_come(self, day, site)
            if _announced(self._sku, site, filled.get("reference", ""), day):
                self.add_error("reference", _("It is announced for that day already. Change how many come."))
        return filled


class DayForm(Asking):
    """Another day for what is to come, up to ``was_due`` so far."""

    day = _DayField()
    reason = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Such as: the ship is late, the supplier has no more of it."),
    )
    was_due = _MomentField(widget=forms.HiddenInput)
    kind = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, sku: str, site: Site, reference: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self._sku, self._site, self._reference = sku, site, reference

    def clean(self) -> dict[str, Any]:
        """With ``due``: the moment at which another day is over, None when it stays the same day."""
        filled = super().clean() or {}
        if any(field.errors for field in self.hidden_fields()):
            raise ValidationError(_("This page is out of date. Load it again."))
        if "day" in filled:
            day = filled["day"]
            same = day == self._site.day(filled["was_due"])
            filled["due"] = None if same else _still_to_come(self, day, self._site)
            if not same and _announced(self._sku, self._site, self._reference, day):
                self.add_error("day", _("It is announced for that day already. Change how many come."))
        return filled


class ChangeForm(DayForm):
    """Another day or quantity; ``was`` is how many were to come so far."""

    quantity = quantity_field(
        min_value=Decimal(0),
        label=gettext_lazy("Still to come"),
        help_text=gettext_lazy("0 calls it off. Who was promised it last loses it first, and is told."),
    )
    was = forms.DecimalField(widget=forms.HiddenInput)
    field_order = ("quantity", "day", "reason")


@may("do.receiving")
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest, sku: str) -> HttpResponse:
    """Goods will come."""
    sites = _sites(reader(request).standing.sites("do.receiving"))
    act = Act(
        title=_("Announce goods"),
        about=_("Who waits for %(sku)s is promised them at once.") % {"sku": sku},
        button=_("Announce them"),
        command=lambda filled: c.Expect(
            filled["site"], filled["reference"], [c.ExpectedLine(sku, filled["quantity"], filled["due"])]
        ),
        done=lambda filled: _comes(filled, sites[filled["site"]]),
        undo=lambda filled: c.AmendSupply(
            filled["site"],
            filled["reference"],
            [c.SupplyChange(sku, Decimal(0), was_due=filled["due"])],
            _("undone: %(reason)s") % {"reason": _("Announce goods")},
        ),
    )
    return perform(request, act, AnnounceForm, first={"site": request.GET.get("site", "")}, sites=sites, sku=sku)


@may("do.receiving", at="site")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, sku: str, site: str, reference: str) -> HttpResponse:
    """What was announced comes otherwise. Of what is on the road from another site only the day can change."""
    there = _sites(frozenset({site})).get(site)
    if there is None:
        raise Http404(site)
    act = Act(
        title=_("Change what comes"),
        about=_("%(sku)s to %(site)s under %(reference)s") % {"sku": sku, "site": there.name, "reference": reference},
        button=_("Change it"),
        command=lambda filled: c.AmendSupply(site, reference, [_changed(sku, filled)], filled["reason"]),
        done=lambda filled: _comes(filled, there),
        undo=lambda filled: _undone(sku, site, reference, filled),
    )
    asked = request.POST if request.method == "POST" else request.GET
    form = DayForm if asked.get("kind") == _TRANSFER else ChangeForm
    return perform(request, act, form, first=_as_it_is(request, there), sku=sku, site=there, reference=reference)


def _sites(allowed: Sites) -> dict[str, Site]:
    """The sites where somebody may, by code."""
    with house.reading() as db:
        found = places.all_sites(db)
    return {code: site for code, site in found.items() if site.active and (allowed is None or code in allowed)}


def _changed(sku: str, filled: Mapping[str, Any]) -> c.SupplyChange:
    """Only what is otherwise: what came in meanwhile is not announced anew by who changed the day."""
    if _same_quantity(filled):
        return c.SupplyChange(sku, None, filled["due"], filled["was_due"])
    return c.SupplyChange(sku, filled["quantity"], filled["due"], filled["was_due"], filled["was"])


def _same_quantity(filled: Mapping[str, Any]) -> bool:
    return bool(filled.get("quantity") == filled.get("was"))


def _undone(sku: str, site: str, reference: str, filled: Mapping[str, Any]) -> c.AmendSupply | None:
    """What takes a change back; None of what was called off: there is nothing any more that could change."""
    if filled.get("quantity") == 0:
        return None
    done = _changed(sku, filled)
    line = c.SupplyChange(
        sku,
        None if done.quantity is None else filled["was"],
        done.due and done.was_due,
        done.due or done.was_due,
        done.quantity,
    )
    return c.AmendSupply(site, reference, [line], _("undone: %(reason)s") % {"reason": _("Change what comes")})


def _announced(sku: str, site: Site, reference: str, day: date) -> bool:
    """Whether a document announces a SKU for a day: twice would never be told apart again."""
    with house.reading() as db:
        (there,) = stock.availability(db, skus=[sku], sites=[site.code], now=utc_now()) or (None,)
    coming = there.coming if there else []
    return any(each.reference == reference and site.day(each.due) == day for each in coming)


def _still_to_come(form: forms.Form, day: date, site: Site) -> datetime:
    """When a day is over at a site. A day that is over already is marked in the form."""
    if day < site.day(utc_now()):
        form.add_error("day", _("This day is over. Name one still to come."))
    return datetime.combine(day, _END_OF_DAY, ZoneInfo(site.time_zone)).astimezone(UTC)


def _as_it_is(request: HttpRequest, site: Site) -> dict[str, Any]:
    """What the page that the form was opened from knew."""
    asked = request.GET
    due = _moment(asked.get("due", "")) or utc_now()
    was = number(asked.get("quantity", ""))
    return {"quantity": was, "was": was, "day": site.day(due), "was_due": due.isoformat(), "kind": asked.get("kind")}


def _comes(filled: Mapping[str, Any], site: Site) -> str:
    """What comes from now on, in words."""
    told = {"quantity": quantity(filled.get("quantity")), "site": site.name, "day": day_words(filled["day"])}
    if "quantity" not in filled or _same_quantity(filled):
        return _("It comes on %(day)s.") % told
    return _("%(quantity)s come to %(site)s on %(day)s.") % told if filled["quantity"] else _("It was called off.")
