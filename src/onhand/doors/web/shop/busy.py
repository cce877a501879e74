"""What is said when too many come at once: a page that costs neither a thread nor a question.

To customers it is said in the window's frame, to strangers before the house in the house's.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext as _

from onhand.doors.cookies import cookie
from onhand.doors.replies import Headers
from onhand.doors.turnstile import SECONDS_TO_RETRY, kind_of
from onhand.doors.web.security import POLICY
from onhand.doors.web.shop import sign
from onhand.doors.web.shop.frame import Visit, language_in


def busy(scope: Any) -> tuple[bytes, Headers]:
    """The page, in the language of its address, else in the reader's."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    spoken = _spoken(cookie(scope, settings.LANGUAGE_COOKIE_NAME), headers.get(b"accept-language", ""))
    language = language_in(scope["path"]) or spoken
    shop = sign.name() if kind_of(scope["path"]) else ""
    return _page(language, shop), [
        (b"retry-after", str(SECONDS_TO_RETRY).encode()),
        (b"content-language", language.encode()),
        (b"content-security-policy", POLICY.encode()),
    ]


def _spoken(chosen: str, accepted: str) -> str:
    asked = HttpRequest()
    asked.COOKIES = {settings.LANGUAGE_COOKIE_NAME: chosen}
    asked.META = {"HTTP_ACCEPT_LANGUAGE": accepted}
    return str(translation.get_language_from_request(asked))


@cache
def _page(language: str, shop: str) -> bytes:
    """It is the same for everybody who speaks a language; so it is drawn once, for each name above the window.

    ``shop``: that name; empty before the house.
    """
    chosen = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(chosen):
        title = _("Very much is going on just now")
        said = _("So many are looking at once that this page has to wait. Try again in a few seconds.")
        if shop:
            return Visit(HttpRequest(), "").fault(503, title, said).content
        facts = {"LANGUAGE_CODE": chosen, "title": title, "remedy": said, "status": 503}
        return loader.render_to_string("faults/page.html", facts).encode()
