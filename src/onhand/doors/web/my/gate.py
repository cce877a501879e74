"""Who may open a customer's pages: whose cookie stands for a session of a customer that has not ended.

The cookie is a customer's alone. Pages of staff never look at it, and these pages never look at the session of who
works here; ``view.takes`` is ``OWN``, which no role has.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from onhand.access.permissions import OWN
from onhand.core.asks import Actor
from onhand.core.clock import utc_now
from onhand.core.secret import key_for
from onhand.core.settings import read
from onhand.customers.account import sessions
from onhand.customers.account.rules import Lifetimes
from onhand.customers.account.sessions import Signed
from onhand.doors.web import house
from onhand.flows.customer_account import Browser

COOKIE = f"{settings.COOKIE_PREFIX}onhand_my"
# What the browser holds that asked for a code.
ASKING = f"{settings.COOKIE_PREFIX}onhand_my_code"
View = Callable[..., HttpResponseBase]


class Visitor(NamedTuple):
    """Who is signed in, and who they sign as."""

    signed: Signed
    actor: Actor

    @property
    def customers(self) -> list[str]:
        """The codes of all customers with their address."""
        return list(self.signed.customers)


def own(view: View) -> View:
    """Let in customers who are signed in, as ``visitor``; others are asked to sign in, and come back."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        who = visitor(request)
        if who is None:
            return _to_sign_in(request)
        cast("Any", request).visitor = who
        return view(request, who, *args, **facts)

    cast("Any", guarded).takes = frozenset({OWN})
    return guarded


def visitor(request: HttpRequest) -> Visitor | None:
    """The customer who is signed in with this browser, if one is."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    with house.changing() as db:
        signed = sessions.find(db, token, lifetimes(), utc_now(), touch=not looks_by_itself(request))
    if signed is None:
        return None
    # From where customers come is not put on record for years, as it is of who works here: only in which session.
    return Visitor(signed, Actor(f"customer/{signed.customers[0]}", f"my session {signed.session}"))


def looks_by_itself(request: HttpRequest) -> bool:
    """Whether a page looks for news by itself, and nobody need be there."""
    return request.headers.get("X-Part") == "news"


def lifetimes() -> Lifetimes:
    """How long customers' sessions live."""
    told = read()
    return Lifetimes(timedelta(hours=told.customer_idle_hours), timedelta(days=told.customer_longest_days))


def code_key() -> bytes:
    """The key under which digests of codes are made."""
    return key_for(read(), "customer-codes")


def address(request: HttpRequest) -> str:
    """From which network address a request came."""
    return str(request.META.get("REMOTE_ADDR", "") or "")


def browser(request: HttpRequest) -> Browser:
    """With what somebody comes."""
    return Browser(address(request), request.headers.get("User-Agent", "").replace("\x00", ""))


def give(answer: HttpResponse, name: str, token: str, seconds: int) -> None:
    """Give a browser a cookie as all of ours are: no script reads it, no other site sends it with a form."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    answer.set_cookie(name, token, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")


def take(answer: HttpResponse, name: str) -> None:
    """Take a cookie away."""
    answer.delete_cookie(name, path="/", samesite="Lax")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if looks_by_itself(request):
        return HttpResponse(status=401)
    where = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return redirect(reverse("my.sign_in") + (f"?{where}" if where else ""))
