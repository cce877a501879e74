"""What is around every page: where one can go, what one likes, the palette that finds things."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from psycopg_pool import PoolTimeout

from onhand.access.factors import SHIFT
from onhand.access.models import Person
from onhand.doors.web.gates import may, public, reader, signed_in
from onhand.doors.web.navigation import ON_A_PHONE, places
from onhand.doors.web.person import THEMES
from onhand.doors.web.signin.lifetimes import DEVICE_COOKIE
from onhand.doors.web.words import KNOWN

T = TypeVar("T")
log = logging.getLogger(__name__)

# The names of the stream's messages that pages listen to.
_HEARD = ("order.", "case.", "note.")
LIVE_KINDS = " ".join(
    ["availability", "news", "lagged", "inbox.told", *(kind for kind in KNOWN if kind.startswith(_HEARD))]
)

# Who may do these may have asked a second person for one, and hears what becomes of it.
ASKING = ("do.counts", "do.thresholds", "do.transfers", "do.returns")


def around(request: HttpRequest) -> dict[str, Any]:
    """Django context processor: what the frame of a page needs."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {
            "theme": request.COOKIES.get(settings.THEME_COOKIE_NAME, ""),
            "languages": settings.LANGUAGES,
            "single_sign_on": reverse("openid_connect_login", args=["sso"]) if settings.SINGLE_SIGN_ON else "",
            "shared_device": DEVICE_COOKIE in request.COOKIES,
        }
    allowed = places(person)
    route = request.resolver_match.url_name if request.resolver_match else ""
    return {
        "person": person,
        "may": {permission.replace(".", "_"): True for permission in person.standing.grants},
        "places": allowed,
        "places_first": allowed[:ON_A_PHONE],
        "places_rest": allowed[ON_A_PHONE:],
        "here": (route or "").partition(".")[0],
        "theme": person.theme,
        "languages": settings.LANGUAGES,
        "live_kinds": LIVE_KINDS,
        "lacks_factor": getattr(request, "lacks_factor", False),
        "lock_after": settings.SHIFT_LOCK_SECONDS if SHIFT in request.session else "",
        # Asked only by what draws them.
        "approvals_waiting": _or(_approvals_waiting, person, 0),
        "alerts_waiting": _or(_alerts_waiting, person, ""),
        "asks": any(person.may(each) for each in ASKING),
        "silent_devices": _or(_silent_devices, person, otherwise=False),
        "hopes": _or(_hopes, person, otherwise=False),
    }


def _approvals_waiting(person: Person) -> int:
    """How many requests wait for this person's decision."""
    from onhand.doors.web.approving.approvals import waiting

    return waiting(person) if person.may("do.approvals") else 0


def _alerts_waiting(person: Person) -> str:
    """How many alerts wait where this person works, in words."""
    from onhand.doors.web.alerts.alerts import waiting

    return waiting(person)


def _hopes(person: Person) -> bool:
    """Whether this person waits to hear of something they asked for."""
    from onhand.doors.web.approving.approvals import hopes

    return hopes(person)


def _silent_devices(person: Person) -> bool:
    """Whether this person has to turn alerts on again somewhere."""
    from onhand.doors.web.alerts.alert_devices import silent

    return person.may("see.stock") and silent(person)


def _or(ask: Callable[[Person], T], person: Person, otherwise: T) -> Callable[[], T]:
    """Asked when it is first drawn, and once a page; what frames a page stays away if the database does not answer."""

    @cache
    def asked() -> T:
        try:
            return ask(person)
        except (psycopg.Error, PoolTimeout) as fault:
            log.warning("the frame of a page goes without a figure: %s", fault)
            return otherwise

    return asked


@public
@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """Keep a language, time zone or theme: with the person, or in a cookie for who is not signed in."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    answer = HttpResponseRedirect(back)
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if language in dict(settings.LANGUAGES):
        remember(answer, settings.LANGUAGE_COOKIE_NAME, language)
        _keep(request, language=language)
    if theme in {*THEMES, ""}:
        remember(answer, settings.THEME_COOKIE_NAME, theme)
        _keep(request, theme=theme)
    return answer


def remember(answer: HttpResponse, name: str, wish: str) -> None:
    """No script reads it: a page comes as its reader likes it."""
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(name, wish, max_age=31_536_000, samesite="Lax", secure=secure, httponly=True)


def _keep(request: HttpRequest, **wishes: str) -> None:
    if isinstance(request.user, Person):
        Person.objects.filter(pk=request.user.pk).update(**wishes)


@signed_in
@never_cache
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """What the words typed or scanned into the palette may mean: pages, goods, orders."""
    from onhand.doors.web.finding import find

    words = request.GET.get("q", "")
    return render(request, "shell/found.html", {"words": words, "found": find(words, reader(request))})


@may("see.overview")
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every part that screens are made of, in every state."""
    from onhand.doors.web.charts import line

    days = [(f"{day}", value) for day, value in enumerate((12, 18, 9, 22, 30, 26, 34, 28, 19, 41, 38, 45), start=1)]
    return render(request, "design/page.html", {"chart": line(_("Orders a day"), days), "back": reverse("design")})
