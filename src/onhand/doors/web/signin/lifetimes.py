"""How long a session lives: until nobody touches it for a while, and never longer than a day's work.

Pages look for news by themselves, every few seconds: such a look is no touch. A touch is a page opened, a form sent, or
a hand on the keys, of which the page tells us now and then.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from onhand.access import factors
from onhand.access.models import Person
from onhand.access.signin import sessions
from onhand.access.signin.sessions import BEGAN
from onhand.doors.web.recording import told

TOUCHED, HAS_FACTOR, FIRST_PASSWORD = "touched", "has_factor", "first_password"
# By what a shared device is known; see onhand.doors.web.signin.shift.
DEVICE_COOKIE = f"{settings.COOKIE_PREFIX}onhand_device"
# So often, at most, a touch is written down.
SECONDS_BETWEEN = 20.0


def begin(request: HttpRequest) -> None:
    """A session begins."""
    request.session[BEGAN] = request.session[TOUCHED] = time.time()


def touch(request: HttpRequest) -> None:
    """Somebody is there: the session lives on from now. It is saved with a new end, which Django reckons."""
    now = time.time()
    if now - float(request.session.get(TOUCHED, 0)) < SECONDS_BETWEEN:
        return
    request.session[TOUCHED] = now
    request.session.setdefault(BEGAN, now)
    from allauth.usersessions.models import UserSession

    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def end(request: HttpRequest, reason: str) -> None:
    """End the session of a request, and say so."""
    from allauth.usersessions.models import UserSession

    with transaction.atomic():
        if isinstance(request.user, Person):
            kept = UserSession.objects.filter(session_key=request.session.session_key)
            for number in kept.values_list("id", flat=True):
                facts = {"person": request.user.username, "reason": reason}
                told("session.ended", f"session/{number}", request.user.actor, facts)
            kept.delete()
        logout(request)


def keep(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware; comes after the one that knows who is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            if sessions.over(request.session, settings.SESSION_LONGEST_SECONDS):
                end(request, "its longest time was over")
            else:
                if factors.SHIFT in request.session:
                    request.user.standing = factors.on_shared(request.user.standing)
                if _by_hand(request):
                    touch(request)
        signed_in = isinstance(request.user, Person)
        answer = get_response(request)
        if signed_in and not isinstance(request.user, Person):
            # What pages keep in the browser goes with the session; of pages themselves it keeps none.
            answer["Clear-Site-Data"] = '"storage"'
        return answer

    return middleware


def with_own_password(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: who came with a password that was made up for them chooses one before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.session.get(FIRST_PASSWORD) or request.path.startswith(_TO_CHOOSE):
            return get_response(request)
        return _led(request, "account_change_password")

    return middleware


def with_their_factors(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: who must have a second factor and has none sets one up before anything else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, Person) or settings.SECOND_FACTOR == "off":
            return get_response(request)
        lacks = factors.SHIFT not in request.session and _lacking(request, request.user)
        request.lacks_factor = lacks  # type: ignore[attr-defined]  # for the banner
        if not lacks or settings.SECOND_FACTOR != "required" or request.path.startswith(_OPEN):
            return get_response(request)
        return _led(request, "mfa_index")

    return middleware


def _led(request: HttpRequest, name: str) -> HttpResponse:
    """Lead somebody, or the whole page a fragment is asked for by, to what has to be done first."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=403)
        answer["HX-Redirect"] = reverse(name)
        return answer
    return redirect(name)


def _lacking(request: HttpRequest, person: Person) -> bool:
    """Whether a factor is lacking; who has one is not asked again in the same session, unless it was taken away."""
    if request.session.get(HAS_FACTOR) or request.path.startswith("/static/"):
        return False
    lacks = factors.lacking(person, request.session)
    if not lacks and factors.has_one(person):
        request.session[HAS_FACTOR] = True
    return lacks


# What may be done with a password of the first time: choosing one, going.
_TO_CHOOSE = ("/account/password/", "/account/logout/", "/prefer", "/touch", "/how-to/", "/static/", "/favicon.ico")
# What may be done without the factor one must have: setting one up, being somebody, going.
_OPEN = ("/account/", "/prefer", "/touch", "/how-to/", "/static/", "/favicon.ico")


def _by_hand(request: HttpRequest) -> bool:
    return request.method == "POST" or not request.headers.get("HX-Request")
