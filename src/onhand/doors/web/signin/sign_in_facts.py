"""Sign-ins that failed, on record. (That somebody came in is put on record where their session begins.)

A receiver of a signal, and nothing but the record: whatever decides anything about signing in stands elsewhere. A name
that was typed is kept only as a digest, for people type passwords into the wrong field; whose it is, is kept where it
is somebody's.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from onhand.access.models import Person
from onhand.core.asks import Actor
from onhand.core.clock import utc_now
from onhand.core.events import fact, record
from onhand.doors.web import house

STRANGER = "stranger"


def address_of(request: HttpRequest) -> str:
    """From where a request came, as the server found out."""
    return str(request.META.get("REMOTE_ADDR", ""))


def device_of(request: HttpRequest) -> str:
    """A browser as far as it tells itself apart without numbers, which change with every version of it."""
    said = re.sub(r"[\d._]+", "", request.headers.get("User-Agent", ""))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Somebody tried to, in vain."""
    if request is None:
        return
    typed = str(credentials.get("username") or credentials.get("email") or "").strip().casefold()
    known = Person.objects.filter(username__iexact=typed).first() or (
        Person.objects.filter(email__iexact=typed).first() if "@" in typed else None
    )
    subject = known.actor if known else STRANGER
    digest = hashlib.sha256(f"{settings.SECRET_KEY}{typed}".encode()).hexdigest()[:16]
    actor = Actor(STRANGER, f"web {address_of(request)}")
    with house.changing() as db:
        record(db, [fact("person.sign_in_failed", subject, actor, {"name": digest})], utc_now())
