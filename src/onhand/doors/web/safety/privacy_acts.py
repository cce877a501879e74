"""What people do about what is held on somebody: write down a choice, hold it for the law, erase it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any, TypeVar

import msgspec
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onhand.access.models import Person
from onhand.access.privacy import consent, erasing, holds, tombstones
from onhand.access.privacy.consent import Choice
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.gates import may
from onhand.doors.web.refusals import in_words
from onhand.doors.web.safety.privacy import PURPOSES, in_short, known

T = TypeVar("T")


class ChoiceForm(Asking):
    """A yes or no to a purpose, and the words that were answered."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=list(PURPOSES.items()))
    given = forms.ChoiceField(
        label=gettext_lazy("They said"), choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
    )
    wording = forms.CharField(
        max_length=1000,
        label=gettext_lazy("To which words"),
        help_text=gettext_lazy("The sentence they answered, as it was put to them."),
    )
    source = forms.CharField(
        max_length=100, label=gettext_lazy("Where"), help_text=gettext_lazy("Such as a letter, a call or a form.")
    )


class HoldForm(Asking):
    """Until when the law holds somebody's data, and why."""

    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput({"type": "date"}))
    reason = forms.CharField(
        max_length=200, label=gettext_lazy("Why"), help_text=gettext_lazy("Such as the number of a case.")
    )


class EraseForm(Asking):
    """The customer's code, typed once more: what is erased does not come back."""

    code = forms.CharField(
        max_length=64,
        label=gettext_lazy("The customer's code"),
        help_text=gettext_lazy("Type it once more, to be sure who is meant."),
    )

    def __init__(self, *args: Any, customer: str, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self._customer = customer

    def clean_code(self) -> str:
        """It must be the very one."""
        code: str = self.cleaned_data["code"]
        if code.strip() != self._customer:
            raise forms.ValidationError(_("This is another code; nothing was erased."))
        return code


class _Erase(msgspec.Struct, frozen=True):
    subject: str


@may("do.customers")
@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, customer: str) -> HttpResponse:
    """Write down what somebody said."""
    _must_be_known(customer)
    act: Act[Choice] = Act(
        title=_("Write down a choice"),
        about=_("It holds from now on; what was said before stays on record."),
        button=_("Write it down"),
        command=lambda filled: Choice(filled["purpose"], filled["given"] == "yes", filled["wording"], filled["source"]),
        done=lambda _filled: _("It is written down."),
        carry_out=_in_house(
            lambda db, choice, actor: consent.record(db, f"customer/{customer}", [choice], now=utc_now(), actor=actor)
        ),
    )
    return perform(request, act, ChoiceForm)


@may("do.privacy")
@never_cache
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, customer: str) -> HttpResponse:
    """Keep what is known of somebody, because the law says so."""
    _must_be_known(customer)
    act: Act[tuple[datetime, str]] = Act(
        title=_("Hold for the law"),
        about=_("Until that day nobody can erase what is known of them, and no clock does."),
        button=_("Hold it"),
        command=lambda filled: (_end_of(filled["until"]), filled["reason"]),
        done=lambda _filled: _("It is held."),
        carry_out=_in_house(
            lambda db, wanted, actor: holds.hold(db, f"customer/{customer}", *wanted, now=utc_now(), actor=actor)
        ),
    )
    return perform(request, act, HoldForm)


@may("do.privacy")
@never_cache
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, customer: str) -> HttpResponse:
    """End what holds somebody's data."""
    _must_be_known(customer)
    act: Act[str] = Act(
        title=_("End the hold"),
        about=_("From then on what is known of them can be erased again."),
        button=_("End it"),
        command=lambda _filled: f"customer/{customer}",
        done=lambda _filled: _("The hold has ended."),
        carry_out=_in_house(lambda db, subject, actor: holds.release(db, subject, now=utc_now(), actor=actor)),
    )
    return perform(request, act, Asking)


@may("do.privacy")
@never_cache
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, customer: str) -> HttpResponse:
    """Erase somebody: first what would be done, then their code once more."""
    with house.reading() as db:
        seen = erasing.preview(db, f"customer/{customer}", now=utc_now())
    if refused(seen):
        raise Http404(customer)
    about = in_words(seen.waits_for) if seen.waits_for else in_short(seen)
    act: Act[_Erase] = Act(
        title=_("Erase this customer"),
        about=about,
        button=_("Erase for ever"),
        command=lambda _filled: _Erase(seen.subject),
        done=lambda _filled: _("What was known of them is gone."),
        tone="outline-danger",
        carry_out=_erased,
    )
    return perform(request, act, EraseForm, customer=customer)


def _erased(wanted: _Erase, person: Person, _key: str) -> Any:
    with house.changing(house.SECONDS_FOR_MANY) as db:
        answer = erasing.erase(db, wanted.subject, now=utc_now(), actor=person.actor)
    if not refused(answer):
        with house.reading() as db:
            tombstones.keep(db)
    return answer


def _end_of(day: Any) -> datetime:
    return datetime.combine(day, time.max, timezone.get_current_timezone()).astimezone(UTC)


def _must_be_known(customer: str) -> None:
    with house.reading() as db:
        known(customers.customer(db, customer))


def _in_house(verb: Callable[[Connection, T, str], Any]) -> Callable[[T, Person, str], Any]:
    """Carry a verb out in a transaction of its own."""

    def carried_out(wanted: T, person: Person, _key: str) -> Any:
        with house.changing(house.SECONDS_FOR_MANY) as db:
            return verb(db, wanted, person.actor)

    return carried_out
