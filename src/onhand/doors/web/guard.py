"""Guesses at the people's door: which source a try comes from, and the cookie by which a browser is known again."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from onhand.access.models import Person
from onhand.access.signin import guessing
from onhand.access.signin.guessing import Source
from onhand.core.clock import utc_now
from onhand.doors.web import house

COOKIE = f"{settings.COOKIE_PREFIX}onhand_known"
_SALT = "onhand.known"
SECONDS_KNOWN = 180 * 86_400
MOST_PEOPLE = 20


class Turn(NamedTuple):
    """A try that was allowed: of what, whose, from where."""

    kind: str
    account: str
    tried_from: list[Source]


def password_turn(request: HttpRequest, typed: str) -> Turn | None:
    """Take a turn at somebody's password; None when there is none left."""
    with house.changing() as db:
        account = guessing.account_of(db, typed)
        tried_from = guessing.sources(str(request.META.get("REMOTE_ADDR", "")), _known_as(request, account))
        taken = guessing.take(db, "password", account, tried_from, utc_now())
    return Turn("password", account, tried_from) if taken else None


def code_turn(person: Any) -> Turn | None:
    """Take a turn at somebody's code; None when there is none left."""
    account = f"person:{person.pk}"
    with house.changing() as db:
        taken = guessing.take(db, "code", account, [Source("")], utc_now())
    return Turn("code", account, [Source("")]) if taken else None


def right(turn: Turn) -> None:
    """The try was right. A browser of theirs, and a code, begin anew; what strangers tried still counts."""
    with house.changing() as db:
        guessing.give_back(db, turn.kind, turn.account, turn.tried_from)
        for source in turn.tried_from:
            if source.kind == "browser" or turn.kind == "code":
                guessing.forget(db, turn.kind, turn.account, source)


def know(request: HttpRequest, response: HttpResponseBase, person: Person) -> None:
    """Give a browser in which somebody has signed in a cookie that says so."""
    found = _read(request)
    people = [person.pk, *(each for each in found.get("people", ()) if each != person.pk)][:MOST_PEOPLE]
    text = signing.dumps({"browser": found.get("browser") or secrets.token_urlsafe(12), "people": people}, salt=_SALT)
    response.set_cookie(
        COOKIE, text, max_age=SECONDS_KNOWN, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def knows(request: HttpRequest, person: Person) -> bool:
    """Whether this person has signed in with this browser before."""
    return person.pk in _read(request).get("people", ())


def ways_in(request: HttpRequest, person: Person) -> list[str]:
    """How somebody proved who they are, for the record: password, totp, webauthn, socialaccount …"""
    return [str(each.get("type") or each["method"]) for each in get_authentication_records(request, person)]


def _known_as(request: HttpRequest, account: str) -> str:
    found = _read(request)
    return str(found["browser"]) if account in {f"person:{each}" for each in found.get("people", ())} else ""


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=SECONDS_KNOWN)
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
