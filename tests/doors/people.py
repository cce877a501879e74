"""People at their browsers, for the tests of pages."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from onhand.access.models import Person
from onhand.access.people import admit
from shop import Shop

PASSWORD = "warehouse-at-dawn"


def sign_in(browser: Client, shop: Shop, role: str = "owner", name: str = "ana") -> Client:
    """Somebody with this role, signed in."""
    admit(shop.db, name, role, full_name="Ana Souza", password=PASSWORD)
    shop.db.commit()
    answer = browser.post("/account/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def read(browser: Client, path: str, status: int = 200) -> str:
    """A page as text, its tags taken out."""
    answer = browser.get(path)
    assert answer.status_code == status, answer.content.decode()
    return text(answer)


def text(answer: Any) -> str:
    """An answer as text, its tags taken out."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def fill(browser: Client, path: str, **fields: str) -> HttpResponse:
    """Open the form of an act and send it, filled in."""
    form = browser.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    shown = dict(re.findall(r'<input type="(?:text|number|date)" name="(\w+)" value="([^"]*)"', form))
    answer = browser.post(path, {**shown, **hidden, **fields})
    assert isinstance(answer, HttpResponse)
    return confirm(browser, path, answer) if asks_to_confirm(answer) else answer


def asks_to_confirm(answer: Any) -> bool:
    """Whether what was asked is shown once more, to be confirmed."""
    return b'name="confirmation"' in answer.content


def confirm(browser: Client, path: str, shown: Any, **changed: str) -> HttpResponse:
    """Confirm what is shown, as whoever has a second factor (and gets one now, if they have none)."""
    form = hidden(shown)
    if b'name="proof_code"' not in shown.content:
        enrol(browser)
        shown = browser.post(path, {name: value for name, value in form.items() if name != "confirmation"})
        form = hidden(shown)
    answer = browser.post(path, {**form, "proof_code": code(browser), **changed})
    assert isinstance(answer, HttpResponse)
    return answer


def hidden(answer: Any) -> dict[str, Any]:
    """What a form carries unseen; a name that comes several times, with all its values."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode()):
        found.setdefault(name, []).append(unescape(value))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def who(browser: Client) -> Person:
    """Whoever is signed in."""
    return Person.objects.get(pk=browser.session["_auth_user_id"])


def enrol(browser: Client) -> None:
    """Give whoever is signed in an authenticator app."""
    TOTP.activate(who(browser), generate_totp_secret())


def code(browser: Client) -> str:
    """What their app shows now. A code is good once, and a test is faster than the next one comes."""
    cache.clear()
    app = Authenticator.objects.get(user=who(browser), type=Authenticator.Type.TOTP)
    counter = next(iter(yield_hotp_counters_from_time()))
    shown: str = format_hotp_value(hotp_value(decrypt(app.data["secret"]), counter))
    return shown


def toast(answer: Any) -> dict[str, Any]:
    """What a toast says, and how to undo it."""
    found: dict[str, Any] = json.loads(answer["HX-Trigger"])["toast"]
    return found


def file(answer: Any) -> str:
    """A file that was sent in pieces."""
    return b"".join(answer.streaming_content).decode("utf-8-sig")
