"""People: who has an account, which roles they have where, and what each may do, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.access.changing import RoleView, roles
from onhand.access.directory import PersonView, people, person
from onhand.access.permissions import PERMISSIONS
from onhand.access.posts import Answer, Reason, posts_of, why
from onhand.core.database import Connection
from onhand.core.pages import BadCursor
from onhand.doors.web import house
from onhand.doors.web.gates import may, reader
from onhand.doors.web.people.permission_words import SENSITIVITIES, by_area, permission_words, role_title
from onhand.doors.web.wording import moment_words

PAGE = 50
LONGEST_WORDS = 80


class May(NamedTuple):
    """What somebody may do with one permission, in words: where, and why; else what would let them."""

    words: str
    sensitivity: str
    tone: str
    allowed: bool
    where: str
    why: Sequence[str]
    name: str


@may("see.people")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, or what changes of it."""
    words, role, cursor = (request.GET.get(name, "").strip() for name in ("q", "role", "cursor"))
    if "\x00" in words + role:
        raise Http404("words")
    with house.reading() as db:
        try:
            page = people(db, words=words[:LONGEST_WORDS], role=role, after=cursor or None, most=PAGE)
        except BadCursor as fault:
            raise Http404("cursor") from fault
        known = roles(db)
    titles = {each.role.name: role_title(each.role) for each in known}
    query = {name: value for name, value in {"q": words, "role": role, "cursor": page.next}.items() if value}
    facts = {
        "shown": [(each, _held(each, titles)) for each in page.items],
        "roles": titles,
        "role": role,
        "words": words,
        "cursor": cursor,
        "further": f"{reverse('people')}?{urlencode(query)}" if page.next else "",
        "here_now": request.get_full_path(),
    }
    return render(request, "people/rows.html" if request.headers.get("HX-Request") else "people/page.html", facts)


@may("see.people")
@never_cache
@require_safe
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Somebody: their roles, and what they may do, and why."""
    with house.reading() as db:
        found = known(db, name)
        known_roles = roles(db)
        posts, answers = posts_of(db, found.id), why(db, found.id)
    titles = {each.role.name: role_title(each.role) for each in known_roles}
    allowed = {each.name: _may(each, titles, known_roles) for each in answers}
    facts: dict[str, Any] = {
        "shown": found,
        "posts": [(each, titles.get(each.role, each.role), _given_by(each.given_by)) for each in posts],
        "areas": [(area, [allowed[each] for each, _about in permissions]) for area, permissions in by_area()],
        "count": sum(each.allowed for each in allowed.values()),
        "of": len(PERMISSIONS),
        "yourself": reader(request).username == name,
        "here_now": request.get_full_path(),
    }
    return render(request, "people/body.html" if request.headers.get("HX-Request") else "people/one.html", facts)


def known(db: Connection, name: str) -> PersonView:
    """Whoever was asked for; nothing is at the address of nobody."""
    found = None if "\x00" in name else person(db, name)
    if found is None:
        raise Http404(name)
    return found


def where(sites: Iterable[str]) -> str:
    """At which sites, in words."""
    named = ", ".join(sites)
    return named or _("everywhere")


def _held(person: PersonView, titles: dict[str, str]) -> list[tuple[str, str]]:
    return [(titles.get(each.role, each.role), where(each.sites) if each.sites else "") for each in person.posts]


def _may(answer: Answer, titles: dict[str, str], known_roles: Sequence[RoleView]) -> May:
    words, tone = SENSITIVITIES[answer.permission.sensitivity]
    if answer.allowed:
        told = [_because(each, titles) for each in answer.reasons]
        at = where(answer.sites) if answer.permission.sited else ""
    else:
        told, at = [*_withdrawn(answer, titles, known_roles), _would(answer.name, known_roles)], ""
    return May(permission_words(answer.name), str(words), tone, answer.allowed, at, told, answer.name)


def _because(reason: Reason, titles: dict[str, str]) -> str:
    facts = {
        "role": titles.get(reason.role, reason.role),
        "where": where(reason.sites),
        "since": moment_words(reason.since),
        "who": _given_by(reason.given_by),
        "by": _given_by(reason.by),
    }
    if reason.how == "granted":
        return _("As %(role)s, %(where)s, since %(since)s, by %(who)s; %(by)s added it to the role.") % facts
    return _("As %(role)s, %(where)s, since %(since)s, by %(who)s.") % facts


def _withdrawn(answer: Answer, titles: dict[str, str], known_roles: Sequence[RoleView]) -> list[str]:
    by = {each.role.name: each.role.changed_by for each in known_roles}
    return [
        _("%(role)s would allow it; %(by)s took it away from the role.")
        % {"role": titles.get(each, each), "by": _given_by(by.get(each, ""))}
        for each in answer.withdrawn
    ]


def _would(permission: str, known_roles: Sequence[RoleView]) -> str:
    able = [role_title(each.role) for each in known_roles if permission in each.role.permissions]
    return _("These roles would: %(roles)s.") % {"roles": ", ".join(able)} if able else _("No role allows it.")


def _given_by(actor: str) -> str:
    """Who did something to a role, in words."""
    if actor.startswith("person/"):
        return actor.partition("/")[2]
    return _("the system") if actor in {"", "system"} else actor
