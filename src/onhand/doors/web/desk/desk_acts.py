"""What is done at the service desk: cancelling with a reason, looking after a customer, leaving notes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from onhand.access import directory
from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.customers import actions as customer_actions
from onhand.customers import queries as customers
from onhand.customers.actions import Care
from onhand.customers.rules import language_of
from onhand.customers.service import actions as service
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, NumberField, perform, said
from onhand.doors.web.desk import desk_sentences
from onhand.doors.web.desk.desk_words import CANCEL_REASONS, PRIORITIES, first_way, ways
from onhand.doors.web.gates import may, reader
from onhand.doors.web.refusals import in_words
from onhand.doors.web.wording import quantity
from onhand.flows import care
from onhand.flows import commands as c
from onhand.flows.care import About, LeaveNote, WriteTo
from onhand.insight.desk.answers import order_answer
from onhand.insight.order_page import order_page
from onhand.orders.queries import LineView

T = TypeVar("T")

MOST_PEOPLE = 500


def at_once(deed: Callable[[Connection, Any, str, str], T]) -> Callable[[Any, Person, str], T]:
    """Have something done in a transaction of its own, by whoever asks, under the form's key."""

    def carry_out(wanted: Any, person: Person, key: str) -> T:
        with house.changing() as db:
            return deed(db, wanted, key, person.actor)

    return carry_out


class CancelForm(Asking):
    """Why, and how much of which line; nothing named means all that is open."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=[("", "–"), *CANCEL_REASONS.items()])
    more = forms.CharField(
        max_length=150,
        required=False,
        label=gettext_lazy("In their words"),
        help_text=gettext_lazy("It helps to prevent the next one."),
    )

    def __init__(self, *args: Any, lines: list[LineView], **facts: Any) -> None:
        super().__init__(*args, **facts)
        for line in lines:
            still = line.reserved + line.backordered
            self.fields[f"line_{line.line}"] = NumberField(
                required=False,
                min_value=0,
                max_digits=14,
                decimal_places=3,
                localize=True,
                label=line.sku,
                help_text=_("%(open)s are open. Leave all lines empty to cancel the whole order.")
                % {"open": quantity(still)},
            )


@may("do.cancellations")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """An order is given up, whole or in part. It cannot be undone: what it frees goes to others at once."""
    with house.reading() as db:
        page = order_page(db, channel, number)
    if page is None:
        raise Http404(number)
    lines = [line for line in page.order.lines if line.reserved + line.backordered > 0]

    def wanted(filled: dict[str, Any]) -> c.CancelOrder:
        parts = [c.LineQuantity(line.line, each) for line in lines if (each := filled[f"line_{line.line}"])]
        reason = ": ".join(part for part in (filled["reason"], filled["more"]) if part)
        return c.CancelOrder(channel, number, reason, parts)

    def done(filled: dict[str, Any]) -> str:
        if any(filled[f"line_{line.line}"] for line in lines):
            return _("A part of order %(number)s is cancelled.") % {"number": number}
        return _("Order %(number)s is cancelled.") % {"number": number}

    act = Act(
        title=_("Cancel order %(number)s") % {"number": number},
        about=_("What is reserved goes to those who wait. This cannot be undone; what has shipped stays shipped."),
        button=_("Cancel it"),
        command=wanted,
        done=done,
        tone="outline-danger",
    )
    return perform(request, act, CancelForm, lines=lines)


class CareForm(Asking):
    """Who looks after a customer, in which language they are written to, and how soon they are seen to."""

    representative = forms.ChoiceField(label=gettext_lazy("Looked after by"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"),
        choices=[(name, words) for name, (words, _tone) in PRIORITIES.items()],
        help_text=gettext_lazy("New cases of theirs have it, and by it a first answer is due."),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        offered = {"representative": people, "language": settings.LANGUAGES}
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are declared above
            field.choices = [("", "–"), *choices]


def colleagues(db: Connection) -> list[tuple[str, str]]:
    """Who may be given something: everybody who may sign in, by name."""
    found = directory.people(db, most=MOST_PEOPLE).items
    return [(each.name, each.full_name or each.name) for each in found if each.active]


@may("do.customers")
@require_http_methods(["GET", "POST"])
def look_after(request: HttpRequest, code: str) -> HttpResponse:
    """Say who looks after a customer, and how."""
    with house.reading() as db:
        known = customers.customer(db, code)
        people = colleagues(db)
    if known is None:
        raise Http404(code)
    act = Act(
        title=_("Look after %(name)s") % {"name": known.name or code},
        about="",
        button=_("Keep it"),
        command=lambda filled: Care(
            language=filled["language"] or None, representative=filled["representative"], priority=filled["priority"]
        ),
        done=lambda _filled: _("It was kept."),
        carry_out=at_once(
            lambda db, wanted, _key, actor: customer_actions.care_for(db, code, wanted, actor=actor, now=utc_now())
        ),
    )
    first = {"language": known.language or "", "representative": known.representative, "priority": known.priority}
    return perform(request, act, CareForm, first=first, people=people)


class NoteForm(Asking):
    """What a colleague should know."""

    text = forms.CharField(max_length=4000, label=gettext_lazy("Note"), widget=forms.Textarea({"rows": 5}))
    pinned = forms.BooleanField(required=False, label=gettext_lazy("Pin it above the others"))


def as_named(about: About) -> str:
    """A customer or an order, as a form's title says it."""
    if about.number:
        return _("Order %(number)s") % {"number": about.number}
    return _("Customer %(customer)s") % {"customer": about.customer or ""}


def about_known(about_whom: dict[str, str]) -> About:
    """Whom an act is about, as its address says; nothing is there where nobody is known by it."""
    about = About(**about_whom)
    with house.reading() as db:
        if refused(care.whose(db, about)):
            raise Http404
    return about


@may("do.cases")
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, **about_whom: str) -> HttpResponse:
    """Leave a note on a customer or an order."""
    about = about_known(about_whom)
    act = Act(
        title=_("Leave a note"),
        about=as_named(about),
        button=_("Leave it there"),
        command=lambda filled: LeaveNote(
            customer=about.customer,
            channel=about.channel,
            number=about.number,
            text=filled["text"],
            pinned=filled["pinned"],
        ),
        done=lambda _filled: _("The note was left."),
        carry_out=at_once(
            lambda db, wanted, key, actor: care.leave_note(db, wanted, key=key, actor=actor, now=utc_now())
        ),
    )
    return perform(request, act, NoteForm)


@may("do.cases")
@require_POST
def pin(request: HttpRequest, number: int) -> HttpResponse:
    """Pin a note, or let it go."""
    pinned = request.POST.get("pinned") == "yes"
    with house.changing() as db:
        refusal = service.pin_note(db, number, pinned=pinned, actor=reader(request).actor, now=utc_now())
    return said(in_words(refusal) if refusal else _("The note is pinned.") if pinned else _("The note is unpinned."))


@may("do.cases")
@require_POST
def take_down(request: HttpRequest, number: int) -> HttpResponse:
    """Take a note down for good."""
    with house.changing() as db:
        refusal = service.take_down_note(db, number, actor=reader(request).actor, now=utc_now())
    return said(in_words(refusal) if refusal else _("The note was taken down."))


class WriteForm(Asking):
    """A letter to a customer."""

    text = forms.CharField(max_length=4000, label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 8}))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    by = forms.ChoiceField(label=gettext_lazy("By"), choices=ways)


@may("do.cases")
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, **about_whom: str) -> HttpResponse:
    """Write to a customer; ``fill=answer``: with what is to be told of the order, in their language."""
    about, asked = About(**about_whom), request.GET.get("language", "")
    with house.reading() as db:
        found = care.whose(db, about)
        known = None if refused(found) else customers.customer(db, found.customer)
        if known is None:
            raise Http404
        language = language_of(asked or known.language, known.country)
        fills = "fill" in request.GET and reader(request).may("see.orders")
        filled_in = _answer(db, about, language) if fills else ""
    act = Act(
        title=_("Write to %(name)s") % {"name": known.name or known.code},
        about=as_named(about),
        button=_("Send the letter"),
        command=lambda filled: WriteTo(
            customer=about.customer,
            channel=about.channel,
            number=about.number,
            text=filled["text"],
            by=filled["by"],
            language=filled["language"],
        ),
        done=lambda _filled: _("The letter is on its way."),
        carry_out=at_once(
            lambda db, wanted, key, actor: care.write_to(
                db, wanted, shop=shop_name(), key=key, actor=actor, now=utc_now()
            )
        ),
    )
    first = {"language": language, "by": first_way(known.email, known.phone), "text": filled_in}
    return perform(request, act, WriteForm, first=first)


def _answer(db: Connection, about: About, language: str) -> str:
    """What is to be told of an order."""
    answer = order_answer(db, about.channel or "", about.number or "", now=utc_now())
    return desk_sentences.as_text(answer, language) if answer else ""
