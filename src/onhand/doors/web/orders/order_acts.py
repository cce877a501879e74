"""What people do with an order: its steps, its priority, giving it up, taking goods back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, NumberField, perform
from onhand.doors.web.gates import may, reader
from onhand.doors.web.wording import quantity
from onhand.flows import commands as c
from onhand.flows.permits import step_permission
from onhand.insight.order_page import order_page
from onhand.orders.queries import LineView
from onhand.places.queries import all_sites


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step as people know it: on its button, above its form, and once it is done. ``back``: what takes it back."""

    button: Promise
    about: Promise
    done: Promise
    icon: str
    back: str = ""
    asks_why: bool = False


STEPS: Mapping[str, StepWords] = {
    "confirm": StepWords(
        gettext_lazy("Confirm"),
        gettext_lazy("The customer is told that the order is accepted."),
        gettext_lazy("Order %(number)s is confirmed."),
        "check",
    ),
    "hold": StepWords(
        gettext_lazy("Hold"),
        gettext_lazy("Nothing is picked, packed or shipped until it goes on. What is reserved stays reserved."),
        gettext_lazy("Order %(number)s is held."),
        "lock",
        back="resume",
        asks_why=True,
    ),
    "resume": StepWords(
        gettext_lazy("Let go on"),
        gettext_lazy("It is picked and shipped as any other, and takes its place in the queue again."),
        gettext_lazy("Order %(number)s goes on."),
        "check",
        back="hold",
    ),
    "pick": StepWords(
        gettext_lazy("Picked"),
        gettext_lazy("All that is reserved has been taken from the shelves."),
        gettext_lazy("Order %(number)s is picked."),
        "scan-barcode",
    ),
    "pack": StepWords(
        gettext_lazy("Packed"),
        gettext_lazy("All that was picked lies in its parcels."),
        gettext_lazy("Order %(number)s is packed."),
        "box",
    ),
    "ship": StepWords(
        gettext_lazy("Ship"),
        gettext_lazy("All that is reserved leaves the building and the books. What waits stays open."),
        gettext_lazy("Order %(number)s is shipped."),
        "truck",
    ),
    "deliver": StepWords(
        gettext_lazy("Delivered"),
        gettext_lazy("The customer has it."),
        gettext_lazy("Order %(number)s is delivered."),
        "house",
    ),
}


class StepForm(Asking):
    """A step, and why where that matters."""

    reason = forms.CharField(max_length=500, required=False, label=gettext_lazy("Why"))

    def __init__(self, *args: Any, asks_why: bool = False, **facts: Any) -> None:
        super().__init__(*args, **facts)
        if not asks_why:
            del self.fields["reason"]


class CancelForm(Asking):
    """Why an order is given up."""

    reason = forms.CharField(
        max_length=200, label=gettext_lazy("Why"), help_text=gettext_lazy("It helps to prevent the next one.")
    )


class PriorityForm(Asking):
    """How urgent an order is; ``was`` is what it was when the form was shown."""

    priority = forms.IntegerField(
        min_value=-100,
        max_value=100,
        label=gettext_lazy("Priority"),
        help_text=gettext_lazy("Higher is served first; 0 is ordinary."),
    )
    was = forms.IntegerField(widget=forms.HiddenInput)


@may("do.orders", "do.shipments", "do.deliveries")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, channel: str, number: str, name: str) -> HttpResponse:
    """An order takes a step."""
    words = STEPS.get(name)
    if words is None:
        raise Http404(name)
    if not reader(request).may(step_permission(name)):
        raise PermissionDenied(step_permission(name))

    def taken(what: str, reason: str = "") -> c.AdvanceOrder:
        return c.AdvanceOrder(channel, number, what, reason=reason)  # type: ignore[arg-type]  # a step by the table

    act = Act(
        title=f"{words.button} · {number}",
        about=str(words.about),
        button=str(words.button),
        command=lambda filled: taken(name, filled.get("reason", "")),
        done=lambda _filled: words.done % {"number": number},
        undo=(lambda _filled: taken(words.back)) if words.back else None,
    )
    return perform(request, act, StepForm, asks_why=words.asks_why)


@may("do.cancellations")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """An order is given up. It cannot be undone: what it frees goes to others at once."""
    act = Act(
        title=_("Cancel order %(number)s") % {"number": number},
        about=_(
            "What is reserved for it goes to those who wait. This cannot be undone; what has shipped stays shipped."
        ),
        button=_("Cancel the order"),
        command=lambda filled: c.CancelOrder(channel, number, filled["reason"]),
        done=lambda _filled: _("Order %(number)s is cancelled.") % {"number": number},
        tone="outline-danger",
    )
    return perform(request, act, CancelForm)


@may("do.orders")
@require_http_methods(["GET", "POST"])
def priority(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """An order moves up or down the queue."""

    def moved(to: int) -> c.AdvanceOrder:
        return c.AdvanceOrder(channel, number, "priority", priority=to)

    act = Act(
        title=_("Priority of order %(number)s") % {"number": number},
        about=_("Who waits for goods is served by priority, then by age."),
        button=_("Set it"),
        command=lambda filled: moved(filled["priority"]),
        done=lambda filled: (
            _("Order %(number)s has priority %(priority)s.") % {"number": number, "priority": filled["priority"]}
        ),
        undo=lambda filled: moved(filled["was"]),
    )
    was = request.GET.get("was", "0")
    return perform(request, act, PriorityForm, first={"priority": was, "was": was})


class TakeBackForm(Asking):
    """What comes back of each line, where to, and in which condition."""

    site = forms.ChoiceField(label=gettext_lazy("To site"))
    condition = forms.ChoiceField(
        choices=[
            ("saleable", gettext_lazy("can be sold again")),
            ("quarantine", gettext_lazy("to be looked at")),
            ("damaged", gettext_lazy("damaged")),
        ],
        label=gettext_lazy("Condition"),
    )
    reason = forms.CharField(max_length=500, label=gettext_lazy("Why"))

    def __init__(self, *args: Any, lines: list[LineView], sites: list[tuple[str, str]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        field = self.fields["site"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = sites
        for line in lines:
            out = line.shipped - line.returned
            self.fields[f"line_{line.line}"] = NumberField(
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=3,
                localize=True,
                label=line.sku,
                help_text=_("%(out)s are with the customer.") % {"out": quantity(out)},
            )
        self.order_fields([*(f"line_{line.line}" for line in lines), "site", "condition", "reason"])

    def clean(self) -> dict[str, Any]:
        """Something must come back."""
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(value for name, value in filled.items() if name.startswith("line_")) and not self.errors:
            raise forms.ValidationError(_("Say how many of which line come back."))
        return filled


@may("do.returns")
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """Goods come back from the customer."""
    person = reader(request)
    with house.reading() as db:
        page = order_page(db, channel, number)
        sites = [(each.code, each.name) for each in all_sites(db).values() if person.may("do.returns", each.code)]
    if page is None:
        raise Http404(number)
    out = [line for line in page.order.lines if line.shipped > line.returned]

    def coming(filled: dict[str, Any]) -> c.TakeBack:
        parts = [c.LineQuantity(line.line, filled[f"line_{line.line}"]) for line in out if filled[f"line_{line.line}"]]
        return c.TakeBack(
            channel, number, filled["site"], parts, reason=filled["reason"], condition=filled["condition"]
        )

    act = Act(
        title=_("Take goods back"),
        about=_("Order %(number)s") % {"number": number},
        button=_("Take them back"),
        command=coming,
        done=lambda _filled: _("Goods of order %(number)s came back.") % {"number": number},
    )
    return perform(request, act, TakeBackForm, lines=out, sites=sites)
