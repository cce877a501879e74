"""What is around every page of the window: which language, who sells, where the visitor is, what may be remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onhand.doors.web.gates import public
from onhand.doors.web.shop import basket, sign
from onhand.insight.window import rules
from onhand.insight.window.counter import Counter
from onhand.places.rules import Coordinates

PLACE_COOKIE = f"{settings.COOKIE_PREFIX}onhand_place"
SECONDS_REMEMBERED = 90 * 86_400
LONGEST_PLACE = 80
_COORDINATES = re.compile(r"(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?)")
_MOST_LATITUDE, _MOST_LONGITUDE = 90, 180
# Stock is asked for anew each time, also by who goes back to a page.
ANEW = "private, no-cache, no-store"
# What a page of the window may ask a phone for: where it is, if its owner says yes.
_PERMITS = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"

# Where a page can be loaded that is shown when a form is sent.
_SHOWN_AT = {"shop.tell_me": "shop.goods", "shop.put": "shop.basket", "shop.place": "shop.basket"}

# What programs read comes in no language of its own.
_FOR_PROGRAMS = {"shop.embed", "shop.picture", "shop.robots", "shop.sitemap", "shop.sitemaps"}

Page = Callable[..., HttpResponse]


class Place(NamedTuple):
    """Where a visitor says they are. ``here``: as coordinates, None where we know no such place."""

    typed: str = ""
    here: Coordinates | None = None

    @property
    def exact(self) -> bool:
        """Whether their phone said it, not they."""
        return _COORDINATES.fullmatch(self.typed) is not None


class Visit(NamedTuple):
    """Somebody before the window. ``language``: the one in the address, if any is."""

    request: HttpRequest
    language: str

    def at(self, page: str, **facts: str) -> str:
        """The address of another page, in the language of this one's address."""
        return reverse(f"shop.{page}", kwargs={**facts, **({"language": self.language} if self.language else {})})

    @property
    def near(self) -> str:
        """Where they say they are, now or before."""
        asked = self.request.GET.get("near")
        return (asked if asked is not None else unquote(self.request.COOKIES.get(PLACE_COOKIE, "")))[:LONGEST_PLACE]

    def page(self, template: str, facts: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
        """A page of the window. Drawn without what frames the pages of those who work here."""
        request = self.request
        spoken = translation.get_language()
        around = {
            "visit": self,
            "spoken": spoken,
            "languages": [(code, name, self.here_in(code)) for code, name in settings.LANGUAGES],
            "any_language": settings.ADDRESS + self.here_in(""),
            "canonical": settings.ADDRESS + self.here_in(spoken),
            "address": settings.ADDRESS,
            "csrf_token": SimpleLazyObject(lambda: get_token(request)),
            "basket_count": len(basket.of(request).lines),
            "shop": sign.name(),
            "status": status,
        }
        answer = HttpResponse(loader.render_to_string(f"shop/{template}", around | (facts or {})), status=status)
        answer["Cache-Control"] = ANEW
        self._remember_place(answer)
        return answer

    def here_in(self, language: str) -> str:
        """The address of this page in a language; without one that of whatever the reader speaks."""
        match = self.request.resolver_match
        name = (match.url_name or "") if match else ""
        if match is None or not name.startswith("shop.") or name in _FOR_PROGRAMS:
            return reverse("shop.home", kwargs={"language": language} if language else {})
        facts = {**match.kwargs, "language": language}
        return reverse(
            _SHOWN_AT.get(name, name),
            kwargs={fact: text for fact, text in facts.items() if text},
        )

    def nothing(self) -> HttpResponse:
        """Nothing has this address."""
        said = _("It may have been sold for good, or the address is mistyped. Search finds what there is.")
        return self.page("fault.html", {"title": _("We do not have this"), "remedy": said}, status=404)

    def fault(self, status: int, title: str, remedy: str) -> HttpResponse:
        """Something that cannot be done, and what to do instead."""
        return self.page("fault.html", {"title": title, "remedy": remedy}, status=status)

    def _remember_place(self, answer: HttpResponse) -> None:
        asked = self.request.GET.get("near")
        if asked == "":
            answer.delete_cookie(PLACE_COOKIE)
        elif asked:
            remember(answer, PLACE_COOKIE, quote(self.near), SECONDS_REMEMBERED)


def remember(answer: HttpResponse, name: str, text: str, seconds: int) -> None:
    """Keep something with the visitor's browser; no script reads it."""
    secure = settings.SESSION_COOKIE_SECURE
    answer.set_cookie(name, text, max_age=seconds, samesite="Lax", secure=secure, httponly=True)


def window(*methods: str) -> Callable[[Callable[..., HttpResponse]], Page]:
    """A page of the window, for everybody: in the language of its address, else in the reader's."""

    def frame(view: Callable[..., HttpResponse]) -> Page:
        @public
        @require_http_methods(["HEAD", *methods])
        @wraps(view)
        def framed(request: HttpRequest, language: str = "", **facts: Any) -> HttpResponse:
            return in_frame(request, language, lambda visit: view(visit, **facts))

        return framed

    return frame


def in_frame(request: HttpRequest, language: str, draw: Callable[[Visit], HttpResponse]) -> HttpResponse:
    """What is drawn for somebody before the window, in this language; without one in the reader's."""
    spoken = language or translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(spoken):
        answer = draw(Visit(request, language))
    answer.headers.setdefault("Content-Language", spoken)
    answer.headers.setdefault("Permissions-Policy", _PERMITS)
    return answer


def language_in(path: str) -> str:
    """The language that a path of the window names; empty where it names none, also where no page has that path."""
    found = _LANGUAGE.match(path)
    return found.group(1) if found else ""


def shut(visit: Visit) -> HttpResponse:
    """Nobody sells here."""
    remedy = _("Nothing is sold here just now. Please come again.")
    return visit.fault(404, _("This shop is not open"), remedy)


def place(visit: Visit, at: Counter) -> Place:
    """Where the visitor is, as far as they say so and we know the place."""
    typed = visit.near.strip()
    if found := _COORDINATES.fullmatch(typed):
        latitude, longitude = float(found.group(1)), float(found.group(2))
        fits = abs(latitude) <= _MOST_LATITUDE and abs(longitude) <= _MOST_LONGITUDE
        return Place(typed, (latitude, longitude)) if fits else Place()
    return Place(typed, rules.place_named(at.sites, typed))


class LanguagePath:
    """A path's part that is a language of ours."""

    regex = "|".join(code for code, _name in settings.LANGUAGES)

    def to_python(self, part: str) -> str:
        """The language."""
        return part

    def to_url(self, language: str) -> str:
        """As it stands in an address."""
        return language


_LANGUAGE = re.compile(rf"/shop/({LanguagePath.regex})(?:/|$)")
