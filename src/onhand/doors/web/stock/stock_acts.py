"""What people do with goods: count, move, send to another site, take in, and say when to be told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from onhand.doors.web.acts import Act, Asking, number, perform, quantity_field
from onhand.doors.web.gates import may
from onhand.doors.web.wording import difference, quantity
from onhand.flows import commands as c

LONGEST_REASON = 200


def _code(label: Any, **facts: Any) -> forms.CharField:
    return forms.CharField(max_length=64, label=label, **facts)


class AdjustForm(Asking):
    """A correction at a place."""

    location = _code(gettext_lazy("Location"))
    lot = _code(gettext_lazy("Lot or serial number"), required=False)
    by = quantity_field(
        label=gettext_lazy("Difference"),
        help_text=gettext_lazy("How many more than on record; with a minus for fewer."),
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Such as: damaged, counted, found."),
    )


class MoveForm(Asking):
    """From one place of a site to another."""

    source = _code(gettext_lazy("From location"))
    target = _code(gettext_lazy("To location"))
    quantity = quantity_field(min_value=Decimal("0.001"))
    lot = _code(gettext_lazy("Lot or serial number"), required=False)
    reason = forms.CharField(max_length=500, required=False, label=gettext_lazy("Why"))


class TransferForm(Asking):
    """To another site."""

    target = _code(gettext_lazy("To site"))
    quantity = quantity_field(min_value=Decimal("0.001"))
    lot = _code(gettext_lazy("Lot or serial number"), required=False)
    reference = _code(gettext_lazy("Document"), help_text=gettext_lazy("Such as the number of the delivery note."))


class ReceiveForm(Asking):
    """Goods that have arrived."""

    quantity = quantity_field(min_value=Decimal("0.001"))
    lot = _code(gettext_lazy("Lot"), required=False)
    expires_on = forms.DateField(
        required=False, label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reference = forms.CharField(max_length=64, required=False, label=gettext_lazy("Document"))


class ThresholdForm(Asking):
    """When to be told; ``was`` is what it was when the form was shown."""

    quantity = quantity_field(
        required=False,
        min_value=Decimal(0),
        label=gettext_lazy("Tell us below"),
        help_text=gettext_lazy("Available stock below this is told once; empty tells nothing."),
    )
    was = forms.DecimalField(required=False, widget=forms.HiddenInput)


def _about(sku: str, site: str) -> str:
    return _("%(sku)s at %(site)s") % {"sku": sku, "site": site}


@may("do.counts", at="site")
@require_http_methods(["GET", "POST"])
def adjust(request: HttpRequest, sku: str, site: str) -> HttpResponse:
    """What is there is not what we thought."""

    def corrected(filled: dict[str, Any], by: Decimal, reason: str) -> c.Adjust:
        return c.Adjust(site, filled["location"], sku, reason, by=by, lot=filled["lot"] or None)

    act = Act(
        title=_("Correct stock"),
        about=_about(sku, site),
        button=_("Correct it"),
        command=lambda filled: corrected(filled, filled["by"], filled["reason"]),
        done=lambda filled: (
            _("%(sku)s at %(site)s: %(by)s") % {"sku": sku, "site": site, "by": difference(filled["by"])}
        ),
        undo=lambda filled: corrected(filled, -filled["by"], (_("undone: %(reason)s") % filled)[:LONGEST_REASON]),
    )
    return perform(request, act, AdjustForm, first={"location": request.GET.get("location", "pick")})


@may("do.moves", at="site")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, sku: str, site: str) -> HttpResponse:
    """Goods change places at a site."""

    def moved(filled: dict[str, Any], source: str, target: str) -> c.MoveStock:
        lines = [c.MovedLine(sku, filled["quantity"], filled["lot"] or None)]
        return c.MoveStock(site, source, target, lines, reason=filled["reason"])

    act = Act(
        title=_("Move goods"),
        about=_about(sku, site),
        button=_("Move them"),
        command=lambda filled: moved(filled, filled["source"], filled["target"]),
        done=lambda filled: _("%(quantity)s went from %(source)s to %(target)s.") % _in_figures(filled),
        undo=lambda filled: moved(filled, filled["target"], filled["source"]),
    )
    return perform(request, act, MoveForm, first={"source": request.GET.get("location", "")})


@may("do.transfers", at="site")
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, sku: str, site: str) -> HttpResponse:
    """Goods leave for another site. They are taken back by sending them back."""
    act = Act(
        title=_("Send to another site"),
        about=_about(sku, site),
        button=_("Send them"),
        command=lambda filled: c.Transfer(
            site,
            filled["target"],
            filled["reference"],
            [c.MovedLine(sku, filled["quantity"], filled["lot"] or None)],
        ),
        done=lambda filled: _("%(quantity)s are on their way to %(target)s.") % _in_figures(filled),
    )
    return perform(request, act, TransferForm, first=_known(request, "target", "quantity"))


@may("do.receiving", at="site")
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, sku: str, site: str) -> HttpResponse:
    """Goods have arrived."""
    act = Act(
        title=_("Take in goods"),
        about=_about(sku, site),
        button=_("Take them in"),
        command=lambda filled: c.Receive(
            site,
            [c.ReceivedLine(sku, filled["quantity"], filled["lot"] or None, filled["expires_on"])],
            filled["reference"],
        ),
        done=lambda filled: _("%(quantity)s came to %(site)s.") % {**_in_figures(filled), "site": site},
        undo=lambda filled: c.Adjust(
            site,
            "pick",
            sku,
            _("undone: %(reason)s") % {"reason": _("Take in goods")},
            by=-filled["quantity"],
            lot=filled["lot"] or None,
        ),
    )
    return perform(request, act, ReceiveForm, first=_known(request, "reference", "quantity"))


@may("do.thresholds", at="site")
@require_http_methods(["GET", "POST"])
def threshold(request: HttpRequest, sku: str, site: str) -> HttpResponse:
    """Say below what to be told."""
    act = Act(
        title=_("Threshold"),
        about=_about(sku, site),
        button=_("Set it"),
        command=lambda filled: c.SetThreshold(site, sku, filled["quantity"]),
        done=lambda filled: (
            _("The threshold of %(sku)s at %(site)s is %(quantity)s.")
            % {**_in_figures(filled), "sku": sku, "site": site}
        ),
        undo=lambda filled: c.SetThreshold(site, sku, filled["was"]),
    )
    was = request.GET.get("was", "")
    return perform(request, act, ThresholdForm, first={"quantity": number(was), "was": was})


def _known(request: HttpRequest, *names: str) -> dict[str, Any]:
    """What a form is filled in with because the page it was opened from knew it."""
    given = {name: request.GET[name] for name in names if name in request.GET}
    return {**given, "quantity": number(given["quantity"])} if "quantity" in given else given


def _in_figures(filled: dict[str, Any]) -> dict[str, Any]:
    return {**filled, "quantity": quantity(filled["quantity"])}
