"""Passes: by them the turnstile tells those who are signed in from strangers, without asking the database.

A pass is the mark of a session's name under the house's secret. Nobody can make one up, and it fits that session alone.
It opens nothing: whether the session still holds is asked where a page is drawn, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.utils.crypto import constant_time_compare, salted_hmac

from onhand.access.models import Person

COOKIE = f"{settings.COOKIE_PREFIX}onhand_pass"


def pass_of(session: str) -> str:
    """The pass that goes with a session of this name."""
    return salted_hmac("onhand.pass", session, algorithm="sha256").hexdigest()


def known(scope: Any) -> bool:
    """Whether a request brings a session's name and its pass."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    cookies = parse_cookie("; ".join(lines))
    session = cookies.get(settings.SESSION_COOKIE_NAME, "")
    return bool(session) and constant_time_compare(cookies.get(COOKIE, ""), pass_of(session))


def hand_out(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: who is signed in has a pass, and leaves it when they go."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        session = request.session.session_key if isinstance(request.user, Person) else ""
        held = request.COOKIES.get(COOKIE, "")
        if session and held != pass_of(session):
            secure = settings.SESSION_COOKIE_SECURE
            answer.set_cookie(COOKIE, pass_of(session), secure=secure, httponly=True, samesite="Lax")
        elif held and not session:
            answer.delete_cookie(COOKIE, samesite="Lax")
        return answer

    return middleware
