"""What a person reads when a page cannot be shown: what happened, and what to do about it.

It is said in the frame of the page that was asked for: customers before the window and on their own pages see theirs,
in their language, and nothing of the house's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import unquote_plus

import psycopg
from django.contrib.auth.models import AnonymousUser
from django.db import Error, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout

from onhand.core import cards, settings
from onhand.core.database import NotReplicated
from onhand.core.writer import InDoubt, Overloaded
from onhand.doors.turnstile import kind_of
from onhand.doors.web.shop import sign
from onhand.doors.web.shop.frame import in_frame, language_in

log = logging.getLogger(__name__)
_SILENT = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, OperationalError)

# A form that is sent again carries the name of its asking: it is not done twice.
IN_DOUBT = gettext_lazy("It is not known yet whether this was done. Send it again in a moment: it is not done twice.")

IN_DOUBT_HERE = gettext_lazy("It is not known yet whether this was done. Look in a moment before you do it again.")

_Words = str | Promise
_FORBIDDEN = (_("This is not for your role"), _("Ask an administrator if you need it for your work."))
_FORBIDDEN_TO_CUSTOMERS = (_("This is not open to you"), _("Sign in with the address you ordered with."))
# By whose page was asked for; see ``kind_of``.
_NOT_THERE = {
    "": (_("There is nothing here"), _("The address may be old or mistyped. Search finds what is there.")),
    "my": (_("There is nothing here"), _("The address may be old or mistyped.")),
    "shop": (
        _("We do not have this"),
        _("It may have been sold for good, or the address is mistyped. Search finds what there is."),
    ),
}


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Signed in, but without the right."""
    return _show(request, 403, *(_FORBIDDEN_TO_CUSTOMERS if kind_of(request.path) else _FORBIDDEN))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing has this address."""
    return _show(request, 404, *_NOT_THERE[kind_of(request.path)])


def broken(request: HttpRequest) -> HttpResponse:
    """A bug, or a database that does not answer: then nobody can say who is asking, and the page is that of a guest."""
    said = (500, _("Something went wrong on our side"), _("Nothing was half done. Try again in a moment."))
    try:
        return _show(request, *said)
    except Error:
        request.user = AnonymousUser()
        return _show(request, *said)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not ours, or too old to be sure."""
    return _show(
        request, 403, _("This form has grown old"), _("Load the page again, then send it once more. Nothing was done.")
    )


def no_card_numbers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware: what looks like a card number comes into no form, and so into nothing that is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and _holds_card(request):
            return _show(
                request,
                422,
                _("This looks like a card number"),
                _("Card numbers are never stored here. Leave it out; a code that only looks like one needs a letter."),
            )
        return get_response(request)

    return middleware


def _holds_card(request: HttpRequest) -> bool:
    texts = ((name, text) for name, values in request.POST.lists() for text in (name, *values))
    files = (("file", str(file.name)) for file in request.FILES.values() if not isinstance(file, list))
    return any(
        cards.fault_in(text, name) or ("%" in text and cards.fault_in(unquote_plus(text), name))
        for name, text in (*texts, *files)
    )


class Patience:
    """Django middleware: what cannot be answered just now is said in words, and asked to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """A database that does not answer, or not soon enough; all else is a bug."""
        if isinstance(fault, QueryCanceled):
            answer = _show(request, 503, _("This took too long"), _("Narrow it down, or try again in a moment."))
        elif isinstance(fault, InDoubt) or _unconfirmed(fault):
            log.warning("what a page did is in doubt: %s", fault)
            answer = _show(request, 503, _("The database has not confirmed this yet"), IN_DOUBT_HERE)
        elif isinstance(fault, _SILENT):
            log.warning("a page could not be shown: %s", fault)
            answer = _show(
                request, 503, _("The database does not answer"), _("Nothing was half done. Try again in a moment.")
            )
        elif isinstance(fault, Overloaded):
            answer = _show(
                request, 503, _("Very much is going on just now"), _("Nothing was half done. Try again in a moment.")
            )
        else:
            return None
        answer["Retry-After"] = "2"
        return answer


def _unconfirmed(fault: Exception) -> bool:
    """Django wraps what the driver raised."""
    return isinstance(fault, NotReplicated) or isinstance(fault.__cause__, NotReplicated)


def _show(request: HttpRequest, status: int, title: _Words, remedy: _Words) -> HttpResponse:
    """The page. Its words are chosen here: the language of a window's page is that of its address."""
    whose = kind_of(request.path)
    if whose == "shop":
        if status < 500:
            sign.look_up()
        return in_frame(request, language_in(request.path), lambda visit: visit.fault(status, str(title), str(remedy)))
    facts = {"title": title, "remedy": remedy, "status": status, "shop": settings.read().shop_name}
    page = "my/fault.html" if whose == "my" else "faults/page.html"
    return render(request, "faults/part.html" if request.headers.get("HX-Request") else page, facts, status=status)
