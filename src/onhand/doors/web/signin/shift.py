"""Signing in on a device that a shift shares: scan a badge or type a short code, then a PIN; lock, hand over."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from onhand.access import factors
from onhand.access.models import Person
from onhand.access.signin import devices, guessing
from onhand.access.signin.devices import Device
from onhand.access.signin.guessing import Source
from onhand.core.clock import utc_now
from onhand.doors.web import house
from onhand.doors.web.gates import public
from onhand.doors.web.signin import lifetimes
from onhand.doors.web.signin.lifetimes import DEVICE_COOKIE


class BadgeForm(forms.Form):
    """What is scanned or typed. A scanner ends a badge with Enter, which leads to the PIN."""

    code = forms.CharField(
        max_length=128,
        label=gettext_lazy("Badge or short code"),
        widget=forms.TextInput(
            {
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
                "data-then": "id_pin",
            }
        ),
    )
    pin = forms.CharField(
        max_length=32,
        label=gettext_lazy("PIN"),
        widget=forms.PasswordInput({"autocomplete": "off", "inputmode": "numeric"}),
    )


@public
@never_cache
@require_http_methods(["GET", "POST"])
def shift(request: HttpRequest) -> HttpResponse:
    """Sign in on this device, if it is one that a shift shares."""
    device = _device(request)
    if device is None:
        return render(request, "shift/unknown.html", status=403)
    form = BadgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _recognised(device, form.cleaned_data["code"].strip(), form.cleaned_data["pin"])
        if isinstance(person, Person):
            _begin(request, device, person)
            return redirect("home")
        form.add_error(None, person)
    status = 200 if request.method == "GET" or form.is_valid() else 422
    return render(request, "shift/page.html", {"form": form, "device": device}, status=status)


@public
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock the device: the session ends here and on the server. Only sessions of a shift are ended so."""
    if isinstance(request.user, Person) and factors.SHIFT in request.session:
        lifetimes.end(request, "locked")
    return redirect("shift")


def _device(request: HttpRequest) -> Device | None:
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    if not token:
        return None
    with house.changing() as db:
        return devices.find(db, token, utc_now())


def _recognised(device: Device, typed: str, pin: str) -> Person | str:
    """Who it is, or what to say instead: of a wrong badge, a wrong PIN and somebody not of the floor, the same."""
    anyone, one = Source("device", str(device.id)), Source("")
    with house.changing() as db:
        found = devices.shown(db, typed)
        free = guessing.take(db, "pin", f"device:{device.id}", [anyone], utc_now())
        free = free and guessing.take(db, "pin", found.account, [one], utc_now())
    if not free:
        return _("Too many wrong tries. Ask your manager to let you try again.")
    right = devices.is_pin(found, pin)
    person = Person.objects.filter(pk=found.person or 0, is_active=True).first() if right else None
    if person is None or not factors.on_the_floor(person):
        return _("That badge and PIN do not belong together.")
    with house.changing() as db:
        guessing.give_back(db, "pin", f"device:{device.id}", [anyone])
        guessing.forget(db, "pin", found.account, one)
    return person


def _begin(request: HttpRequest, device: Device, person: Person) -> None:
    """Begin a session of a shift, under a new key; whoever was signed in before him is out."""
    adapter: Any = get_adapter()
    with transaction.atomic():
        if isinstance(request.user, Person):
            lifetimes.end(request, "handed over")
        record_authentication(request, person, "pin")
        adapter.login(request, person)
        request.session[factors.SHIFT] = {"device": device.id, "site": device.site}
        request.session.set_expiry(settings.SHIFT_LOCK_SECONDS + int(lifetimes.SECONDS_BETWEEN))
        UserSession.objects.create_from_request(request)
        UserSession.objects.filter(session_key=request.session.session_key).update(data={"device": device.id})
