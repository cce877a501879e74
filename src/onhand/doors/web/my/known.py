"""The cookie by which a browser is known again that a customer has signed in with: it opens nothing.

It only gives the browser an allowance of its own when it asks for codes, so that strangers' asking does not hold it up.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from onhand.customers.account.codes import Asker, known_as
from onhand.doors.web.my import gate

COOKIE = f"{settings.COOKIE_PREFIX}onhand_my_known"
SECONDS_KNOWN = 180 * 86_400
MOST = 20
_SALT = "onhand.my.known"


def asker(request: HttpRequest) -> Asker:
    """From where a code is asked for."""
    found = _read(request)
    return Asker(gate.address(request), str(found.get("browser", "")), frozenset(found.get("known", ())))


def know(request: HttpRequest, answer: HttpResponse, mark: str) -> None:
    """Remember with a browser that the owner of an address has signed in with it."""
    found, name = _read(request), known_as(mark)
    known = [name, *(each for each in found.get("known", ()) if each != name)][:MOST]
    facts = {"browser": found.get("browser") or secrets.token_urlsafe(12), "known": known}
    gate.give(answer, COOKIE, signing.dumps(facts, salt=_SALT), SECONDS_KNOWN)


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=SECONDS_KNOWN)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
