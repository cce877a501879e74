"""Roles: what each allows, who has it, and what an owner changes about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onhand.access import changing
from onhand.access.changing import RoleView, roles
from onhand.access.directory import people
from onhand.access.models import Person
from onhand.access.permissions import PERMISSIONS
from onhand.access.roles import OUTSIDE, Role, in_force, rights
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.approving.confirming import Change, Look
from onhand.doors.web.gates import may
from onhand.doors.web.people.people import where
from onhand.doors.web.people.permission_words import SENSITIVITIES, by_area, permission_words, role_title
from onhand.doors.web.wording import DASH

MOST_HOLDERS = 50
_FACTORS = {"": None, "yes": True, "no": False}


class RoleChange(msgspec.Struct, frozen=True):
    """What a role shall allow from now on; ``second_factor`` None: as what it allows suggests."""

    name: str
    permissions: list[str]
    title: str = ""
    second_factor: bool | None = None


class RoleEnd(msgspec.Struct, frozen=True):
    """A role is put back to what it was when it came, or given up."""

    name: str


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (area, [(name, f"{permission_words(name)} · {SENSITIVITIES[about.sensitivity][0]}") for name, about in held])
        for area, held in by_area()
    ]


class RoleForm(Asking):
    """What a role allows."""

    permissions = forms.MultipleChoiceField(
        choices=_choices, required=False, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("It allows")
    )
    second_factor = forms.ChoiceField(
        required=False,
        choices=[
            ("", gettext_lazy("where it allows what can do harm")),
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
        ],
        label=gettext_lazy("Second factor required"),
    )


class OwnRoleForm(RoleForm):
    """What a role allows that somebody made, and what it is called."""

    title = forms.CharField(max_length=changing.LONGEST_TITLE, label=gettext_lazy("Title"))
    field_order: Iterable[str] = ("title", "permissions", "second_factor")


class NewRoleForm(OwnRoleForm):
    """A new role."""

    name = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,39}$",
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Small letters, digits and _, such as night_shift. It stays as it is."),
    )
    field_order = ("title", "name", "permissions", "second_factor")


@may("see.people")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every permission by every role."""
    with house.reading() as db:
        known = roles(db)
    areas = [
        (area, [(permission_words(name), [_cell(each.role, name) for each in known]) for name, _about in held])
        for area, held in by_area()
    ]
    facts = {"shown": [(each, role_title(each.role), _changed(each.role)) for each in known], "areas": areas}
    facts |= {"here_now": request.get_full_path(), "columns": len(known) + 1}
    return render(request, "roles/rows.html" if request.headers.get("HX-Request") else "roles/page.html", facts)


@may("see.people")
@never_cache
@require_safe
def one(request: HttpRequest, name: str) -> HttpResponse:
    """A role: what it allows, what was changed about it, who has it."""
    with house.reading() as db:
        found = _known(db, name)
        holders = people(db, role=name, most=MOST_HOLDERS)
    areas = [
        (
            area,
            [
                (permission_words(each), *SENSITIVITIES[about.sensitivity], *_cell(found.role, each))
                for each, about in held
            ],
        )
        for area, held in by_area()
    ]
    facts: dict[str, Any] = {
        "shown": found,
        "title": role_title(found.role),
        "areas": areas,
        "changed": _changed(found.role),
        "outside": name in OUTSIDE,
        "holders": [
            (each, where(next((post.sites for post in each.posts if post.role == name), ()))) for each in holders.items
        ],
        "more": bool(holders.next),
        "here_now": request.get_full_path(),
    }
    return render(request, "roles/body.html" if request.headers.get("HX-Request") else "roles/one.html", facts)


@may("do.roles")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, name: str) -> HttpResponse:
    """Say anew what a role allows."""
    with house.reading() as db:
        found = _known(db, name)
    act = _changing(_("Change the role"), role_title(found.role), name)
    first: dict[str, object] = {"permissions": sorted(found.role.permissions), "title": found.role.title}
    usual = in_force(name, found.role.granted, found.role.withdrawn).second_factor
    first["second_factor"] = "" if found.role.second_factor == usual else "yes" if found.role.second_factor else "no"
    return perform(request, act, RoleForm if found.role.ours else OwnRoleForm, first=first)


@may("do.roles")
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make a role of one's own."""
    act = _changing(
        _("Make a role"), _("A set of permissions under a name of yours; people are given it like any other.")
    )
    return perform(request, act, NewRoleForm)


@may("do.roles")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, name: str) -> HttpResponse:
    """Put a role back to what it was when it came; give up one that somebody made."""
    with house.reading() as db:
        found = _known(db, name)
    title = role_title(found.role)
    after = rights(name)
    act: Act[RoleEnd] = Act(
        title=_("Put it back as it came") if found.role.ours else _("Give the role up"),
        about=title,
        button=_("Put it back") if found.role.ours else _("Give it up"),
        command=lambda _filled: RoleEnd(name),
        done=lambda _filled: (
            (_("%(role)s is as it came.") if found.role.ours else _("%(role)s is given up.")) % {"role": title}
        ),
        tone="outline-danger",
        carry_out=lambda wanted, person, _key: _end(wanted, person),
        look=lambda db, wanted: _look(db, RoleChange(wanted.name, sorted(after))),
    )
    return perform(request, act, Asking)


def _changing(title: str, about: str, name: str = "") -> Act[RoleChange]:
    return Act(
        title=title,
        about=about,
        button=_("Save it"),
        command=lambda filled: RoleChange(
            name or filled["name"],
            sorted(filled["permissions"]),
            filled.get("title", ""),
            _FACTORS[filled["second_factor"]],
        ),
        done=lambda _filled: _("The role is saved; it holds from now on."),
        carry_out=lambda wanted, person, _key: _change(wanted, person),
        look=_look,
    )


def _change(wanted: RoleChange, person: Person) -> Any:
    with house.changing() as db:
        return changing.change_role(
            db,
            wanted.name,
            wanted.permissions,
            title=wanted.title,
            second_factor=wanted.second_factor,
            actor=person.actor,
            now=utc_now(),
        )


def _end(wanted: RoleEnd, person: Person) -> Any:
    with house.changing() as db:
        return changing.end_role(db, wanted.name, actor=person.actor, now=utc_now())


def _look(db: Connection, wanted: RoleChange) -> Look:
    """What a role allows before and after, and for how many people that changes."""
    found = next((each for each in roles(db) if each.role.name == wanted.name), None)
    before = found.role.permissions if found else frozenset()
    people_now = found.people if found else 0
    after = frozenset(wanted.permissions)
    changes = [
        Change(permission_words(each), _allowed(each in before), _allowed(each in after))
        for each in PERMISSIONS
        if (each in before) != (each in after)
    ]
    for_whom = ngettext("It changes what %(n)s person may do.", "It changes what %(n)s people may do.", people_now) % {
        "n": people_now
    }
    return Look(changes, [sorted(before), people_now], figure=for_whom)


def _allowed(value: bool) -> str:  # noqa: FBT001 - it is the value said in words
    return _("allowed") if value else DASH


def _cell(role: Role, permission: str) -> tuple[bool, str]:
    """Whether a role allows something, and whether somebody changed that."""
    changed = "granted" if permission in role.granted else "withdrawn" if permission in role.withdrawn else ""
    return permission in role.permissions, changed if role.ours else ""


def _changed(role: Role) -> bool:
    return role.ours and bool(role.granted or role.withdrawn)


def _known(db: Connection, name: str) -> RoleView:
    found = next((each for each in roles(db) if each.role.name == name), None)
    if found is None:
        raise Http404(name)
    return found
