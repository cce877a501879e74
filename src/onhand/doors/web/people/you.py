"""Your account: what you sign in with, where you are signed in, how you like your pages."""

from __future__ import annotations

import re
from typing import NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from onhand.access import factors
from onhand.access.models import Person
from onhand.access.signin import sessions
from onhand.access.signin.models import Badge
from onhand.access.signin.sessions import Session
from onhand.core.clock import utc_now
from onhand.doors.web import house
from onhand.doors.web.gates import reader, signed_in
from onhand.doors.web.signin import lifetimes
from onhand.doors.web.signin.signing_in import not_on_shared, proved_again

# What browsers and systems call themselves, the telling one first.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    *((name, name) for name in ("Android", "iPhone", "iPad", "Windows")),
    *(("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


class SessionShown(NamedTuple):
    """A session in words; ``current``: the one this page is asked for in."""

    session: Session
    browser: str
    current: bool


@signed_in
@never_cache
@require_safe
def you(request: HttpRequest) -> HttpResponse:
    """The page."""
    person = reader(request)
    shared = factors.SHIFT in request.session
    facts = {
        "shared": shared,
        "kinds": {} if shared else _kinds(person),
        "email": person.email,
        "verified": EmailAddress.objects.filter(user_id=person.pk, verified=True, email__iexact=person.email).exists(),
        "sessions": [] if shared else _shown(request, person),
        "badge": Badge.objects.filter(person_id=person.pk).first(),
        "floor": factors.on_the_floor(person),
        "has_password": person.has_usable_password(),
        "single_sign_on": reverse("openid_connect_login", args=["sso"]) if settings.SINGLE_SIGN_ON else "",
        "connected": SocialAccount.objects.filter(user_id=person.pk).exists(),
    }
    return render(request, "you/page.html", facts)


@signed_in
@not_on_shared
@require_POST
@proved_again
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """End one of one's own sessions, somewhere else."""
    person = reader(request)
    with house.changing() as db:
        ended = sessions.end(db, person.pk, actor=person.actor, reason="ended by hand", now=utc_now(), only=number)
    if not ended:
        raise Http404("session")
    messages.success(request, _("That session has ended."))
    return redirect("you")


@signed_in
@not_on_shared
@require_POST
@proved_again
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    person, spare = reader(request), request.session.session_key
    with house.changing() as db:
        sessions.end(db, person.pk, actor=person.actor, reason="ended by hand", now=utc_now(), spare=spare)
    messages.success(request, _("You are signed in here only now."))
    return redirect("you")


@signed_in
@require_POST
def touch(request: HttpRequest) -> HttpResponse:
    """Somebody is there; the session lives on. Written down before this is asked, as for any form that is sent."""
    lifetimes.touch(request)
    return HttpResponse(status=204)


def named(agent: str) -> str:
    """A browser by what it calls itself, as people call it."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (browser, system))) or re.sub(r"[^ -~]", "", agent)[:40] or _("unknown browser")


def _kinds(person: Person) -> dict[str, int]:
    """How many factors of each kind somebody has."""
    found: dict[str, int] = {}
    for kind in Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True):
        found[str(kind)] = found.get(str(kind), 0) + 1
    return found


def _shown(request: HttpRequest, person: Person) -> list[SessionShown]:
    with house.reading() as db:
        found = sessions.of(db, person.pk)
    return [SessionShown(each, named(each.browser), each.key == request.session.session_key) for each in found]
