"""What is done about people: they are let in, given roles and relieved of them, shut out, given another password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onhand.access import people as accounts
from onhand.access.changing import roles
from onhand.access.models import Person
from onhand.access.posts import posts_of
from onhand.access.roles import OUTSIDE
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.approving.confirming import Change, Look
from onhand.doors.web.gates import may, reader
from onhand.doors.web.people.people import known, where
from onhand.doors.web.people.permission_words import role_title, role_words
from onhand.doors.web.wording import DASH
from onhand.flows import appoint
from onhand.places.queries import all_sites


class Admission(msgspec.Struct, frozen=True):
    """Somebody is let in, with a first role."""

    name: str
    role: str
    full_name: str = ""
    email: str = ""
    sites: list[str] = []


class Appointment(msgspec.Struct, frozen=True):
    """Somebody gets a role, at sites or (none named) everywhere."""

    name: str
    role: str
    sites: list[str] = []


class Relief(msgspec.Struct, frozen=True):
    """A role is taken from somebody."""

    name: str
    role: str


class LettingIn(msgspec.Struct, frozen=True):
    """Somebody may sign in, or no longer."""

    name: str
    allowed: bool


class NewPassword(msgspec.Struct, frozen=True):
    """Somebody gets another password, made up."""

    name: str


def site_choices(db: Connection) -> list[tuple[str, str]]:
    """The sites that are open, as a form offers them."""
    return [(each.code, f"{each.name} ({each.code})") for each in all_sites(db).values() if each.active]


class PostForm(Asking):
    """A role, and where it is held."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    sites = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Sites"),
        help_text=gettext_lazy("Tick none, and it is held everywhere. What is not tied to a site holds everywhere."),
    )

    def __init__(self, *args: Any, roles: list[tuple[str, str]], sites: list[tuple[str, str]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        for name, choices in (("role", roles), ("sites", sites)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - they are declared above
            field.choices = choices


class AdmitForm(PostForm):
    """Who is let in."""

    name = forms.RegexField(
        r"^[\w.@+-]+$",
        max_length=150,
        label=gettext_lazy("Name to sign in with"),
        help_text=gettext_lazy("Letters, digits and . _ - @ +"),
    )
    full_name = forms.CharField(max_length=150, required=False, label=gettext_lazy("Full name"))
    email = forms.EmailField(max_length=254, required=False, label=gettext_lazy("E-mail"))
    field_order = ("name", "full_name", "email", "role", "sites")


@may("do.people")
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Let somebody in. Their first password is shown then, and never again."""
    act: Act[Admission] = Act(
        title=_("Let somebody in"),
        about=_("They sign in with a password that is made up now and shown once."),
        button=_("Let them in"),
        command=lambda filled: Admission(
            filled["name"], filled["role"], filled["full_name"], filled["email"], filled["sites"]
        ),
        done=lambda _filled: "",
        carry_out=_done(
            lambda db, wanted, actor: appoint.admit(
                db,
                wanted.name,
                wanted.role,
                full_name=wanted.full_name,
                email=wanted.email,
                sites=wanted.sites,
                actor=actor,
                now=utc_now(),
            )
        ),
        look=lambda _db, wanted: Look([_posted(wanted.name, wanted.role, wanted.sites)], None),
        then=lambda password: _password(request, request.POST.get("name", ""), password),
    )
    return perform(request, act, AdmitForm, **_offered())


@may("do.people")
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, name: str) -> HttpResponse:
    """Give somebody a role, or say anew where they have it."""
    with house.reading() as db:
        found = known(db, name)
    act: Act[Appointment] = Act(
        title=_("Give a role"),
        about=found.full_name or name,
        button=_("Give it"),
        command=lambda filled: Appointment(name, filled["role"], filled["sites"]),
        done=lambda filled: _("%(name)s is %(role)s.") % {"name": name, "role": role_words(filled["role"])},
        carry_out=_done(
            lambda db, wanted, actor: appoint.give_post(
                db, wanted.name, wanted.role, wanted.sites, actor=actor, now=utc_now()
            )
        ),
        look=lambda db, wanted: _look_at_post(db, found.id, wanted.role, where(wanted.sites)),
    )
    return perform(request, act, PostForm, first={"role": request.GET.get("role", "")}, **_offered())


@may("do.people")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, name: str, role: str) -> HttpResponse:
    """Take a role from somebody."""
    with house.reading() as db:
        found = known(db, name)
    act: Act[Relief] = Act(
        title=_("End a role"),
        about=_("%(name)s will no longer be %(role)s.") % {"name": name, "role": role_words(role)},
        button=_("End it"),
        command=lambda _filled: Relief(name, role),
        done=lambda _filled: _("%(name)s is no longer %(role)s.") % {"name": name, "role": role_words(role)},
        tone="outline-danger",
        carry_out=_done(
            lambda db, wanted, actor: accounts.end_post(db, wanted.name, wanted.role, actor=actor, now=utc_now())
        ),
        look=lambda db, wanted: _look_at_post(db, found.id, wanted.role, DASH),
    )
    return perform(request, act, Asking)


@may("do.people")
@require_http_methods(["GET", "POST"])
def let_in(request: HttpRequest, name: str, word: str) -> HttpResponse:
    """Shut somebody out, or let them in again."""
    if word not in {"disable", "enable"}:
        raise Http404(word)
    with house.reading() as db:
        found = known(db, name)
    allowed = word == "enable"
    act: Act[LettingIn] = Act(
        title=_("Let them in again") if allowed else _("Shut them out"),
        about=_("%(name)s may sign in again.") % {"name": name}
        if allowed
        else _("%(name)s is signed out everywhere at once, and cannot sign in. What they did stays.") % {"name": name},
        button=_("Let them in again") if allowed else _("Shut them out"),
        command=lambda _filled: LettingIn(name, allowed),
        done=lambda _filled: (
            _("%(name)s may sign in again.") % {"name": name}
            if allowed
            else _("%(name)s can no longer sign in.") % {"name": name}
        ),
        tone="primary" if allowed else "outline-danger",
        carry_out=_done(
            lambda db, wanted, actor: accounts.let_in(
                db, wanted.name, allowed=wanted.allowed, actor=actor, now=utc_now()
            )
        ),
        look=lambda _db, _wanted: Look(
            [Change(name, _yes(found.active), _yes(allowed))], found.active, figure=_("Active")
        ),
    )
    return perform(request, act, Asking)


@may("do.people")
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest, name: str) -> HttpResponse:
    """Another password for somebody, shown now and never again."""
    with house.reading() as db:
        known(db, name)
    act: Act[NewPassword] = Act(
        title=_("New password"),
        about=_("%(name)s gets a password that is made up now and shown once. They are signed out.") % {"name": name},
        button=_("Make it"),
        command=lambda _filled: NewPassword(name),
        done=lambda _filled: "",
        carry_out=_done(lambda db, wanted, actor: accounts.set_password(db, wanted.name, actor=actor)),
        then=lambda made: _password(request, name, made),
    )
    return perform(request, act, Asking)


def _done(work: Callable[[Connection, Any, str], Any]) -> Callable[[Any, Person, str], Any]:
    """An act carried out in one transaction, on record as this person's."""

    def carry_out(wanted: Any, person: Person, _key: str) -> Any:
        with house.changing() as db:
            return work(db, wanted, person.actor)

    return carry_out


def _offered() -> dict[str, Any]:
    with house.reading() as db:
        named = [(each.role.name, role_title(each.role)) for each in roles(db) if each.role.name not in OUTSIDE]
        return {"roles": named, "sites": site_choices(db)}


def _look_at_post(db: Connection, person: int, role: str, after: str) -> Look:
    held = {each.role: where(each.sites) for each in posts_of(db, person)}
    change = Change(role_words(role), held.get(role, DASH), after)
    return Look([change], [(each.role, each.sites) for each in posts_of(db, person)], figure=_("Role"))


def _posted(name: str, role: str, sites: list[str]) -> Change:
    return Change(name, DASH, f"{role_words(role)}: {where(sites)}")


def _yes(value: bool) -> str:  # noqa: FBT001 - it is the value said in words
    return _("yes") if value else _("no")


def _password(request: HttpRequest, name: str, made: str) -> HttpResponse:
    """The password in the drawer, this once."""
    with house.reading() as db:
        shown = known(db, name)
    answer = render(request, "people/password.html", {"shown": shown, "password": made, "yourself": reader(request)})
    answer["HX-Trigger"] = "changed"
    return answer
