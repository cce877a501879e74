"""Passes: by them the turnstile tells those who are signed in from strangers, without asking the database.

A pass is the mark of a session's name and of a day under the house's secret. Nobody can make one up, it fits that
session alone, and whoever has gone has none on the day after the next. It opens nothing: whether the session still
holds is asked where a page is drawn, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.doors.cookies import cookie

COOKIE = f"{settings.COOKIE_PREFIX}onhand_pass"


def pass_of(session: str, day: date) -> str:
    """The pass that goes with a session of this name on a day, and on the next."""
    return salted_hmac("onhand.pass", f"{session} {day}", algorithm="sha256").hexdigest()


def known(scope: Any) -> bool:
    """Whether a request brings a session's name and its pass."""
    session, held = cookie(scope, settings.SESSION_COOKIE_NAME), cookie(scope, COOKIE)
    today = utc_now().date()
    return bool(session) and any(
        constant_time_compare(held, pass_of(session, today - timedelta(days))) for days in (0, 1)
    )


def hand_out(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: who is signed in has a pass, and leaves it when they go."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        session = request.session.session_key if isinstance(request.user, Person) else ""
        held = request.COOKIES.get(COOKIE, "")
        fitting = pass_of(session, utc_now().date()) if session else ""
        if session and held != fitting:
            secure = settings.SESSION_COOKIE_SECURE
            answer.set_cookie(COOKIE, fitting, secure=secure, httponly=True, samesite="Lax")
        elif held and not session:
            answer.delete_cookie(COOKIE, samesite="Lax")
        return answer

    return middleware
