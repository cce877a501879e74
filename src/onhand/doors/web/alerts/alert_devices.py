"""Devices that show their owner's alerts: turned on where one sits, listed, taken off; the worker that shows them."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec.structs import replace

from onhand.access import factors
from onhand.access.models import Person
from onhand.connect.push import subscriptions, vapid
from onhand.connect.push.subscriptions import Subscription
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform, said
from onhand.doors.web.gates import public, reader, signed_in
from onhand.doors.web.people.you import named
from onhand.doors.web.refusals import in_words
from onhand.doors.web.signin.signing_in import not_on_shared
from onhand.messages.alerts import devices, preferences
from onhand.messages.alerts.devices import Device, Given
from onhand.messages.alerts.rules import Preference

_WORKER = Path(__file__).parents[1] / "static/onhand/worker.js"
# Longer than anything a browser gives, and short enough to be read.
MOST_GIVEN = 4000
_NUMBER = re.compile(r"[0-9]{1,18}")


class Listed(NamedTuple):
    """A device in its owner's list. ``digest``: by which the browser that looks at the list finds itself in it."""

    id: int
    name: str
    made_at: datetime
    digest: str
    silent: bool


class Shown(NamedTuple):
    """What a page says of its reader's devices. ``key``: what browsers subscribe with; ``lacking``: none is left."""

    listed: list[Listed]
    key: str
    shared: bool
    lacking: bool

    @property
    def silent(self) -> bool:
        """Whether some of them show nothing until they have subscribed anew."""
        return any(each.silent for each in self.listed)


def shown(request: HttpRequest, *, wished: bool) -> Shown | None:
    """The devices of the reader; None where none can be turned on. ``wished``: they wish to hear there."""
    if not settings.PUSHES:
        return None
    shared = factors.SHIFT in request.session
    with house.changing() as db:
        found = [_listed(each) for each in devices.devices(db, reader(request).username)]
        key = "" if shared else vapid.public_key(db, utc_now())
    return Shown(found, key, shared, lacking=wished and all(each.silent for each in found))


@signed_in
@not_on_shared
@never_cache
@require_POST
def turn_on(request: HttpRequest) -> HttpResponse:
    """Have the browser that asks show the reader's alerts, by the subscription it gives."""
    if not settings.PUSHES:
        raise Http404("push")
    given = subscriptions.read(request.POST.get("subscription", "")[:MOST_GIVEN], loopback=house.loopback())
    answer = given if refused(given) else _turned_on(request, given)
    if refused(answer):
        words = said(in_words(answer))
        words.status_code = 422
        return words
    return said(_("Alerts are shown on this device from now on."))


@signed_in
@not_on_shared
@never_cache
@require_http_methods(["GET", "POST"])
def take_off(request: HttpRequest, number: int) -> HttpResponse:
    """Show nothing more on one of the reader's devices."""
    person = reader(request)
    with house.reading() as db:
        found = next((each for each in devices.devices(db, person.username) if each.id == number), None)
    if found is None:
        raise Http404("device")
    act: Act[Any] = Act(
        title=_("Take the device off"),
        about=_("%(name)s shows no alerts any more.") % {"name": found.name},
        button=_("Take it off"),
        command=lambda _filled: number,
        done=lambda _filled: _("The device is taken off."),
        tone="outline-danger",
        carry_out=_taken_off,
    )
    return perform(request, act, Asking)


@public
@never_cache
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The script browsers keep, which shows what comes while no page is open."""
    return HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


def silent(person: Person) -> bool:
    """Whether some device of theirs shows nothing until it has subscribed anew."""
    if not settings.PUSHES:
        return False
    with house.reading() as db:
        return devices.silent(db, person.username)


def _turned_on(request: HttpRequest, given: Subscription) -> int | Refused:
    person, instead = reader(request), request.POST.get("instead", "")
    name, kept = named(request.headers.get("User-Agent", "")), Given(given.endpoint, subscriptions.kept(given))
    with house.changing() as db:
        # Nothing would ever reach a browser that subscribed with a key which was changed meanwhile.
        # A script that a browser keeps from before this was asked says none: it took the key of this very page.
        key = request.POST.get("key")
        if key is not None and not vapid.holds(db, key):
            return Refused("bad_subscription", "The shop's key has changed; load the page again.", "key")
        number = int(instead) if _NUMBER.fullmatch(instead) else 0
        answer = devices.turn_on(db, person.username, name, kept, actor=person.actor, now=utc_now(), instead=number)
        if not refused(answer):
            _hear_there(db, person)
        return answer


def _hear_there(db: Connection, person: Person) -> None:
    """Who turns on a first device hears there, too, of all they hear of; who heard of nothing hears there."""
    said = preferences.wishes(db, [person.username]).get(person.username, {})
    if any("push" in each.channels for each in said.values()):
        return
    said.setdefault("", Preference() if person.may("do.thresholds") else Preference(channels=()))
    for site, wish in said.items():
        if not wish.muted:
            there = replace(wish, channels=(*wish.channels, "push"))
            preferences.wish(db, person.username, site, there, actor=person.actor, now=utc_now())


def _taken_off(number: int, person: Person, _key: str) -> None:
    with house.changing() as db:
        devices.take_off(db, person.username, number, actor=person.actor, now=utc_now())


def _listed(device: Device) -> Listed:
    endpoint = subscriptions.opened(device.address).endpoint if device.address else ""
    return Listed(device.id, device.name, device.made_at, hashlib.sha256(endpoint.encode()).hexdigest(), device.silent)
