"""A customer's account: language, what they agreed to, where they are signed in, passkeys, all that is held on them."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from onhand.access.privacy import consent, exporting
from onhand.access.privacy.consent import PURPOSES, Choice, Purpose
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.customers import speaking
from onhand.customers.account import passkeys, sessions
from onhand.doors.web import house
from onhand.doors.web.my import gate
from onhand.doors.web.my.gate import Visitor, own
from onhand.doors.web.my.orders import frame
from onhand.doors.web.people.you import named
from onhand.doors.web.shell import remember
from onhand.flows import customer_account

# What is put to a customer, by purpose; the words they answered are kept with their answer.
QUESTIONS: dict[str, Promise] = {
    "email": gettext_lazy("Write to me by e-mail about offers and news."),
    "sms": gettext_lazy("Send me text messages about offers and news."),
    "phone": gettext_lazy("Call me about offers and news."),
    "profiling": gettext_lazy("Choose offers for me by what I bought."),
    "sale": gettext_lazy("Sell or share what is known of me."),
}
SOURCE = "the customer's own page"
SAID: dict[str, Promise] = {
    "language": gettext_lazy("We write to you in this language from now on."),
    "consent": gettext_lazy("Your choices hold from now on."),
    "session": gettext_lazy("That session has ended."),
    "sessions": gettext_lazy("All other sessions have ended."),
    "passkey": gettext_lazy("You can sign in with this passkey from now on."),
    "passkey-removed": gettext_lazy("The passkey opens nothing any more."),
}


class ConsentForm(forms.Form):
    """A yes or no to each purpose."""

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        for purpose in PURPOSES:
            self.fields[purpose] = forms.BooleanField(required=False, label=str(QUESTIONS[purpose]))


@own
@require_safe
def account(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Their account."""
    return shown(request, visitor)


def shown(request: HttpRequest, visitor: Visitor, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, perhaps with what went wrong."""
    with house.reading() as db:
        facts = _facts(db, visitor)
    said = SAID.get(request.GET.get("said", ""), "")
    languages = settings.LANGUAGES
    return render(
        request,
        "my/account.html",
        {**frame(visitor), **facts, "said": said, "languages": languages, **more},
        status=status,
    )


def _facts(db: Connection, visitor: Visitor) -> dict[str, Any]:
    found = [each for code in visitor.customers if (each := customers.customer(db, code))]
    agreed = _agreed(db, visitor)
    return {
        "who": found,
        "language": speaking.language_of(db, visitor.customers) or translation.get_language(),
        "consent": ConsentForm(initial=agreed),
        "sessions": [(each, named(each.browser)) for each in _sessions(db, visitor)],
        "passkeys": passkeys.of(db, visitor.signed.mark),
    }


def _sessions(db: Connection, visitor: Visitor) -> list[sessions.Session]:
    return sessions.of(db, visitor.signed.mark, gate.lifetimes(), utc_now())


def _agreed(db: Connection, visitor: Visitor) -> dict[str, bool]:
    """What is allowed: by every customer they are."""
    standing = [each for code in visitor.customers for each in consent.standing(db, f"customer/{code}")]
    return {purpose: all(each.allowed for each in standing if each.purpose == purpose) for purpose in PURPOSES}


@own
@require_POST
def language(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """In which language pages and letters speak to them."""
    wanted = request.POST.get("language", "")
    known = next((each for each in speaking.LANGUAGES if each == wanted), None)
    if known is None:
        return shown(request, visitor, status=422, fault=_("Choose one of these languages."))
    with house.changing() as db:
        speaking.speak(db, visitor.customers, known, actor=visitor.actor, now=utc_now())
    answer = redirect(back("language"))
    remember(answer, settings.LANGUAGE_COOKIE_NAME, known)
    return answer


@own
@require_POST
def choose(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What they agree to and what not; only what they changed is written down."""
    form = ConsentForm(request.POST)
    form.is_valid()
    with house.changing() as db:
        before = _agreed(db, visitor)
        changed = [each for each in PURPOSES if form.cleaned_data[each] != before[each]]
        choices = [_choice(each, given=form.cleaned_data[each]) for each in changed]
        for code in visitor.customers if choices else ():
            consent.record(db, f"customer/{code}", choices, now=utc_now(), actor=visitor.actor)
    return redirect(back("consent"))


def _choice(purpose: Purpose, *, given: bool) -> Choice:
    return Choice(purpose, given, str(QUESTIONS[purpose]), SOURCE)


@own
@require_POST
def end_session(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """End one session of theirs."""
    with house.changing() as db:
        ended = sessions.end(db, visitor.signed.mark, actor=visitor.actor, now=utc_now(), only=number)
    if not ended:
        raise Http404(str(number))
    return redirect(back("session"))


@own
@require_POST
def end_others(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """End all sessions but this one."""
    with house.changing() as db:
        sessions.end(db, visitor.signed.mark, actor=visitor.actor, now=utc_now(), spare=visitor.signed.session)
    return redirect(back("sessions"))


@own
@require_POST
def export(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All that is held on them, as a file; that it was handed out is on record."""
    with house.changing(house.SECONDS_FOR_MANY) as db:
        subjects = customer_account.subjects(db, visitor.signed)
        found = [exporting.export(db, each, now=utc_now(), actor=visitor.actor) for each in subjects]
    held = [each for each in found if not refused(each)]
    answer = HttpResponse(msgspec.json.format(msgspec.json.encode(held), indent=2), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


def back(said: str) -> str:
    """Their account, with what was done."""
    return f"{reverse('my.account')}?said={said}"
