"""A customer's orders: the list, one as it stands now, giving it up or a part of it, writing to the shop about it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onhand.core.clock import utc_now
from onhand.core.ids import new_id
from onhand.core.pages import BadCursor
from onhand.core.quantity import text
from onhand.core.refusals import refused
from onhand.core.writer import InDoubt, Overloaded
from onhand.customers.account import messages
from onhand.customers.account.messages import LONGEST, NewMessage
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.acts import Asking, NumberField
from onhand.doors.web.faults import IN_DOUBT
from onhand.doors.web.my import gate
from onhand.doors.web.my.conversation import conversation
from onhand.doors.web.my.gate import Visitor, own
from onhand.doors.web.my.words import CAUSES, REASONS, STATES, STEPS
from onhand.doors.web.refusals import in_words
from onhand.doors.web.wording import quantity
from onhand.flows import care
from onhand.flows import commands as c
from onhand.flows.hear import hear
from onhand.insight.own_orders import OwnOrder, own_order, own_orders

# So often a page that shows an order looks for news, while somebody looks at it.
SECONDS_BETWEEN_LOOKS = 5


class MessageForm(Asking):
    """What somebody writes to the shop."""

    text = forms.CharField(
        max_length=LONGEST, label=gettext_lazy("Your message"), widget=forms.Textarea({"rows": 4, "class": "words"})
    )


class CancelForm(Asking):
    """What of an order is given up, and why: a reason to choose, and words for who wants to say more."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=list(REASONS.items()))
    text = forms.CharField(
        max_length=1000,
        required=False,
        label=gettext_lazy("What else you want to say"),
        widget=forms.Textarea({"rows": 3, "class": "words"}),
    )

    def __init__(self, *args: Any, order: OwnOrder, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self._names = []
        for each in order.lines:
            if each.cancellable:
                name = f"line_{each.line.line}"
                self._names.append(name)
                self.fields[name] = NumberField(
                    required=False,
                    min_value=0,
                    max_value=each.cancellable,
                    max_digits=14,
                    decimal_places=3,
                    localize=True,
                    # Three, not 3.000: elsewhere that is three thousand.
                    initial=Decimal(text(each.cancellable)),
                    label=each.name,
                    help_text=_("Up to %(most)s can be cancelled.") % {"most": quantity(each.cancellable)},
                )
        self.order_fields([*self._names, "reason", "text"])

    def clean(self) -> dict[str, Any]:
        """Something must be given up."""
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(filled.get(name) for name in self._names):
            raise forms.ValidationError(_("Say how many of what you want to cancel."))
        return filled

    def parts(self) -> list[c.LineQuantity]:
        """The lines that are given up, and how much of each."""
        filled: dict[str, Decimal | None] = {name: self.cleaned_data.get(name) for name in self._names}
        return [c.LineQuantity(int(name.removeprefix("line_")), much) for name, much in filled.items() if much]


@own
@require_safe
def orders(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All of their orders, latest first."""
    with house.reading() as db:
        try:
            page = own_orders(db, visitor.customers, after=request.GET.get("after") or None)
        except BadCursor as fault:
            raise Http404(str(fault)) from fault
    shown = [(each, *STATES[each.state]) for each in page.items]
    first = not request.GET.get("after")
    return render(request, "my/orders.html", {**frame(visitor), "orders": shown, "next": page.next, "first": first})


@own
@require_safe
def order(request: HttpRequest, visitor: Visitor, channel: str, number: str) -> HttpResponse:
    """One order as it stands now: the page, or what changes of it."""
    found = _mine(visitor, channel, number)
    if gate.looks_by_itself(request):
        return render(request, "my/order_state.html", _facts(found))
    return render(request, "my/order.html", _page(visitor, found, MessageForm(initial={"asking": str(new_id())})))


@own
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, visitor: Visitor, channel: str, number: str) -> HttpResponse:
    """Give up an order, or a part of it."""
    found = _mine(visitor, channel, number)
    if request.method != "POST":
        form = CancelForm(initial={"asking": str(new_id())}, order=found)
        return _asked_to_cancel(request, visitor, found, form)
    form = CancelForm(request.POST, order=found)
    if form.is_valid() and _cancelled(visitor, found, form):
        return redirect(address(found, said="cancelled"))
    return _asked_to_cancel(request, visitor, found, form, status=422)


def _asked_to_cancel(
    request: HttpRequest, visitor: Visitor, found: OwnOrder, form: CancelForm, status: int = 200
) -> HttpResponse:
    return render(request, "my/cancel.html", {**frame(visitor), **_facts(found), "form": form}, status=status)


def _cancelled(visitor: Visitor, found: OwnOrder, form: CancelForm) -> bool:
    """Have it given up; what they said about it is kept with what is written about the order."""
    view, filled = found.order, form.cleaned_data
    command = c.CancelOwn(view.channel, view.number, visitor.customers, filled["reason"], form.parts())
    try:
        answer = house.do_own(command, visitor.actor, key=filled["asking"])
    except InDoubt:
        form.add_error(None, IN_DOUBT)
        return False
    except Overloaded:
        form.add_error(None, _("Very much is going on just now. Nothing was done; try again in a moment."))
        return False
    if refused(answer):
        form.add_error(None, in_words(answer))
        return False
    if filled["text"]:
        _keep_why(visitor, found, filled["text"], filled["asking"])
    return True


@own
@require_POST
def write(request: HttpRequest, visitor: Visitor, channel: str, number: str) -> HttpResponse:
    """Write to the shop about an order."""
    found = _mine(visitor, channel, number)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return render(request, "my/order.html", _page(visitor, found, form), status=422)
    about_it = care.About(channel=channel, number=number)
    with house.changing() as db:
        filled = form.cleaned_data
        hear(db, visitor.customers, about_it, filled["text"], key=filled["asking"], actor=visitor.actor, now=utc_now())
    return redirect(address(found, said="written") + "#messages")


def _keep_why(visitor: Visitor, found: OwnOrder, text: str, key: str) -> None:
    """Keep why they gave it up, for them and as a note for the desk; the same form sent twice is one message."""
    customer = found.order.customer or visitor.customers[0]
    written = NewMessage(customer, about(found), text, topic="cancellation")
    with house.changing() as db:
        messages.keep(db, [written], actor=visitor.actor, now=utc_now(), keys=[key])
        note = care.LeaveNote(channel=found.order.channel, number=found.order.number, text=text)
        care.leave_note(db, note, key=f"cancelled/{key}", actor=visitor.actor, now=utc_now())


def about(found: OwnOrder) -> str:
    """As what an order is written about."""
    return f"order/{found.order.channel}/{found.order.number}"


def address(found: OwnOrder, *, said: str = "") -> str:
    """Where an order's page is, and what is said there was done."""
    where = reverse("my.order", args=[found.order.channel, found.order.number])
    return f"{where}?said={said}" if said else where


def _mine(visitor: Visitor, channel: str, number: str) -> OwnOrder:
    """An order of theirs. One that is somebody else's is not there."""
    with house.reading() as db:
        found = own_order(db, visitor.customers, channel, number)
    if found is None:
        raise Http404(number)
    return found


def frame(visitor: Visitor) -> dict[str, Any]:
    """What every page of somebody who is signed in needs."""
    return {"visitor": visitor, "shop": shop_name()}


def _page(visitor: Visitor, found: OwnOrder, form: MessageForm) -> dict[str, Any]:
    with house.reading() as db:
        said = conversation(db, found.order.customer or "", about(found))
    return {**frame(visitor), **_facts(found), "form": form, "said": said, "every": SECONDS_BETWEEN_LOOKS}


def _facts(found: OwnOrder) -> dict[str, Any]:
    state, tone = STATES[found.order.state]
    return {
        "own": found,
        "order": found.order,
        "state": state,
        "tone": tone,
        "steps": [(each, STEPS[each.step]) for each in found.steps],
        "lines": [(each, [(wait, CAUSES[wait.cause]) for wait in each.waits]) for each in found.lines],
        "given_up": found.order.state == "cancelled",
    }
