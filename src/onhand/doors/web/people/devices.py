"""Shared devices, who signs in on them with what, and who is locked out just now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from onhand.access.models import Person
from onhand.access.permissions import Sites
from onhand.access.signin import devices, guessing
from onhand.access.signin.devices import SetBadge
from onhand.access.signin.rules import LEAST_PIN
from onhand.core.clock import utc_now
from onhand.core.refusals import Refused
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.gates import may, reader
from onhand.doors.web.settings import SESSION_COOKIE_SECURE
from onhand.doors.web.signin.lifetimes import DEVICE_COOKIE
from onhand.doors.web.signin.signing_in import not_on_shared
from onhand.places import queries as places

SECONDS_REGISTERED = 5 * 365 * 86_400
KINDS = {"password": gettext_lazy("password"), "code": gettext_lazy("code"), "pin": gettext_lazy("PIN")}


class RegisterForm(Asking):
    """What the device is called, and where it stands."""

    name = forms.CharField(
        max_length=60, label=gettext_lazy("Name"), help_text=gettext_lazy("As in: Counter 2, or Handheld 14.")
    )
    site = forms.ChoiceField(label=gettext_lazy("Site"))

    def __init__(self, *args: Any, sites: list[str], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["site"].choices = [(each, each) for each in sites]  # type: ignore[attr-defined]


class SetUpForm(Asking):
    """A badge, a short code, and a PIN that its holder chooses."""

    code = forms.CharField(
        max_length=8, label=gettext_lazy("Short code"), widget=forms.TextInput({"inputmode": "numeric"})
    )
    badge = forms.CharField(
        max_length=128,
        required=False,
        label=gettext_lazy("Badge"),
        help_text=gettext_lazy("Scan it here. Left empty, it stays as it is."),
        widget=forms.TextInput({"autocomplete": "off", "data-then": "id_pin"}),
    )
    pin = forms.CharField(
        max_length=12,
        required=False,
        label=gettext_lazy("PIN"),
        widget=forms.PasswordInput({"autocomplete": "new-password", "inputmode": "numeric"}),
    )
    again = forms.CharField(
        max_length=12,
        required=False,
        label=gettext_lazy("PIN again"),
        widget=forms.PasswordInput({"autocomplete": "new-password", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["pin"].help_text = _(
            "At least %(least)s digits. Let its holder type it, and look away. Left empty, it stays as it is."
        ) % {"least": LEAST_PIN}

    def clean_again(self) -> str:
        """The same twice."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("pin", ""):
            raise forms.ValidationError(_("The two PINs differ; type it twice."))
        return again


@may("do.devices", "do.people")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The page, or what changes of it."""
    person = reader(request)
    words, sites = request.GET.get("q", "").replace("\x00", "")[:80], _sites(person)
    with house.reading() as db:
        facts = {
            "devices": devices.listed(db, sites),
            "holders": devices.holders(db, sites, words),
            "locks": [each for each in guessing.locks(db, utc_now()) if _may_lift(person, each.kind)],
            "kinds": KINDS,
            "words": words,
            "here_now": request.get_full_path(),
        }
    part = request.headers.get("HX-Request")
    return render(request, "devices/rows.html" if part else "devices/page.html", facts)


@may("do.devices")
@not_on_shared
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register the device at hand."""
    person = reader(request)
    sites = _sites(person)
    with house.reading() as db:
        known = [code for code in sorted(places.all_sites(db)) if sites is None or code in sites]
    act: Act[tuple[str, str]] = Act(
        title=_("Register this device"),
        about=_(
            "People of the floor sign in on it with a badge or short code and a PIN. It locks when nobody touches it."
        ),
        button=_("Register it"),
        command=lambda filled: (filled["name"], filled["site"]),
        done=lambda _filled: "",
        carry_out=lambda wanted, who, _key: _registered(wanted, who),
        then=lambda token: _with_token(request, token),
    )
    return perform(request, act, RegisterForm, sites=known)


@may("do.devices")
@not_on_shared
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Take a device off."""
    with house.reading() as db:
        found = next((each for each in devices.listed(db, _sites(reader(request))) if each.id == number), None)
    if found is None:
        raise Http404("device")
    act: Act[int] = Act(
        title=_("Take the device off"),
        about=_("%(name)s opens nothing any more, and whoever is signed in on it is out at once.")
        % {"name": found.name},
        button=_("Take it off"),
        command=lambda _filled: number,
        done=lambda _filled: _("The device is taken off."),
        tone="outline-danger",
        carry_out=lambda device, who, _key: _in_house(
            lambda db: devices.end(db, device, actor=who.actor, now=utc_now())
        ),
    )
    return perform(request, act, Asking)


@may("do.devices")
@not_on_shared
@never_cache
@sensitive_post_parameters("pin", "again", "badge")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest, name: str) -> HttpResponse:
    """Give somebody a badge, and let them choose a PIN."""
    with house.reading() as db:
        found = devices.holder(db, name, _sites(reader(request)))
        code = (found.code if found else None) or devices.free_code(db)
    if found is None:
        raise Http404("person")
    act: Act[SetBadge] = Act(
        title=_("Badge and PIN of %(name)s") % {"name": found.full_name or found.name},
        about="",
        button=_("Save it"),
        command=lambda filled: SetBadge(name, filled["code"].strip(), filled["badge"].strip(), filled["pin"]),
        done=lambda _filled: _("Saved. They can sign in on any shared device now."),
        carry_out=lambda wanted, who, _key: _in_house(
            lambda db: devices.set_badge(db, wanted, actor=who.actor, now=utc_now())
        ),
    )
    return perform(request, act, SetUpForm, first={"code": code})


@may("do.devices")
@not_on_shared
@require_http_methods(["GET", "POST"])
def take_away(request: HttpRequest, name: str) -> HttpResponse:
    """Take badge and PIN from somebody."""
    with house.reading() as db:
        found = devices.holder(db, name, _sites(reader(request)))
    if found is None:
        raise Http404("person")
    act: Act[str] = Act(
        title=_("Take badge and PIN away"),
        about=_("%(name)s signs in on no shared device any more.") % {"name": found.full_name or found.name},
        button=_("Take them away"),
        command=lambda _filled: name,
        done=lambda _filled: _("Badge and PIN are taken away."),
        tone="outline-danger",
        carry_out=lambda whose, who, _key: _in_house(
            lambda db: devices.remove_badge(db, whose, actor=who.actor, now=utc_now())
        ),
    )
    return perform(request, act, Asking)


@may("do.devices", "do.people")
@not_on_shared
@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, name: str) -> HttpResponse:
    """Let somebody try again."""
    person = reader(request)
    with house.reading() as db:
        held = {each.kind for each in guessing.locks(db, utc_now()) if each.name == name}
    if any(not _may_lift(person, kind) for kind in held):
        raise PermissionDenied("do.people")
    act: Act[str] = Act(
        title=_("Let them try again"),
        about=_("%(name)s may try again at once. If it was not they who tried, tell them.") % {"name": name},
        button=_("Let them"),
        command=lambda _filled: name,
        done=lambda _filled: _("They may try again."),
        carry_out=lambda whose, who, _key: _in_house(lambda db: guessing.lift(db, whose, who.actor, utc_now())),
    )
    return perform(request, act, Asking)


def _may_lift(person: Person, kind: str) -> bool:
    return person.may("do.people") or (kind == "pin" and person.may("do.devices"))


def _sites(person: Person) -> Sites:
    """Whose devices and badges somebody looks after: of all sites (None), or of theirs."""
    return None if person.may("do.people") else person.standing.sites("do.devices")


def _registered(wanted: tuple[str, str], who: Person) -> str | Refused:
    name, site = wanted
    if not who.may("do.devices", site):
        raise PermissionDenied("do.devices")
    with house.changing() as db:
        return devices.register(db, name, site, actor=who.actor, now=utc_now())


def _with_token(request: HttpRequest, token: str) -> HttpResponse:
    answer = render(request, "devices/registered.html")
    answer.set_cookie(
        DEVICE_COOKIE, token, max_age=SECONDS_REGISTERED, secure=SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    answer["HX-Trigger"] = "changed"
    return answer


def _in_house(verb: Any) -> Any:
    with house.changing() as db:
        return verb(db)
