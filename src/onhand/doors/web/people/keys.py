"""Keys of machines: which there are, what each may do, and until when; made, shown once, and revoked."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import msgspec
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onhand.access import keys
from onhand.access.keys import NOT_FOR_MACHINES, KeyView
from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.texts import CODE
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.approving.confirming import Change, Look
from onhand.doors.web.gates import may
from onhand.doors.web.people.people import where
from onhand.doors.web.people.people_acts import site_choices
from onhand.doors.web.people.permission_words import SCOPES, SENSITIVITIES, by_area, permission_words
from onhand.doors.web.webhooks.webhook_acts import Several
from onhand.doors.web.wording import DASH, moment_words
from onhand.flows.appoint import NewKey, make_key

MOST_PER_SECOND = 100_000


class KeyEnd(msgspec.Struct, frozen=True):
    """A key shall open nothing any more."""

    prefix: str


def _scopes() -> list[tuple[str, Any]]:
    bundles = [(name, str(words)) for name, words in SCOPES.items()]
    single = [
        (area, [(name, f"{permission_words(name)} · {SENSITIVITIES[about.sensitivity][0]}") for name, about in held])
        for area, held in _for_machines()
    ]
    return [(_("Bundles"), bundles), *single]


def _for_machines() -> list[tuple[str, list[Any]]]:
    found = [(area, [each for each in held if each[0] not in NOT_FOR_MACHINES]) for area, held in by_area()]
    return [(area, held) for area, held in found if held]


class KeyForm(Asking):
    """A key somebody wants made."""

    name = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        label=gettext_lazy("Name"),
        help_text=gettext_lazy(
            "Which machine it is for, such as web-shop. What the machine does is on record under it."
        ),
    )
    scopes = forms.MultipleChoiceField(
        choices=_scopes, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("It may")
    )
    sites = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Sites"),
        help_text=gettext_lazy("Tick none for all of them."),
    )
    channels = Several(
        each=CODE,
        longest=64,
        blanks=True,
        required=False,
        label=gettext_lazy("Channels"),
        help_text=gettext_lazy("Codes, one a line: whose orders it may touch. Leave it empty for all."),
        fault=gettext_lazy("%(word)s is no code: take out what cannot be seen, and write 64 characters at most."),
    )
    per_second = forms.IntegerField(
        min_value=0,
        max_value=MOST_PER_SECOND,
        initial=0,
        label=gettext_lazy("Requests a second"),
        help_text=gettext_lazy("0 for as many as it likes."),
    )
    expires_on = forms.DateField(
        required=False,
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty, and it holds until it is revoked."),
    )

    def __init__(self, *args: Any, sites: list[tuple[str, str]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        field = self.fields["sites"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
        field.choices = sites


@may("do.keys")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every key there has been, latest first."""
    with house.reading() as db:
        found = keys.listed(db)
    facts = {"shown": [(each, *_state(each), _may(each)) for each in found], "here_now": request.get_full_path()}
    return render(request, "keys/rows.html" if request.headers.get("HX-Request") else "keys/page.html", facts)


@may("do.keys")
@never_cache
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make a key. It is shown then, and never again."""
    with house.reading() as db:
        sites = site_choices(db)
    act: Act[NewKey] = Act(
        title=_("Make a key"),
        about=_("A machine signs in with it. It is shown once."),
        button=_("Make it"),
        command=_wanted,
        done=lambda _filled: "",
        carry_out=lambda wanted, person, _key: _make(wanted, person),
        look=lambda _db, wanted: Look([Change(*each) for each in _look(wanted)], None),
        then=lambda text: _shown_once(request, text),
    )
    return perform(request, act, KeyForm, sites=sites)


@may("do.keys")
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Let a key open nothing any more."""
    with house.reading() as db:
        found = next((each for each in keys.listed(db) if each.prefix == prefix), None)
    if found is None:
        raise Http404(prefix)
    act: Act[KeyEnd] = Act(
        title=_("Revoke the key"),
        about=_("The machine that uses %(name)s is turned away within seconds. This cannot be undone.")
        % {"name": found.name},
        button=_("Revoke it"),
        command=lambda _filled: KeyEnd(prefix),
        done=lambda _filled: _("The key %(name)s opens nothing any more.") % {"name": found.name},
        tone="outline-danger",
        carry_out=lambda wanted, person, _key: _revoke(wanted, person),
        look=lambda _db, _wanted: Look([Change(found.name, _("in use"), _("revoked"))], found.prefix),
    )
    return perform(request, act, Asking)


def _wanted(filled: dict[str, Any]) -> NewKey:
    last = filled["expires_on"]
    until = timezone.make_aware(datetime.combine(last, time.max)) if last else None
    return NewKey(
        filled["name"], filled["scopes"], filled["sites"], filled["channels"], filled["per_second"] or 0, until
    )


def _look(wanted: NewKey) -> list[tuple[str, str, str]]:
    return [
        (_("It may"), DASH, ", ".join(_scope_words(each) for each in wanted.scopes)),
        (_("Sites"), DASH, where(wanted.sites)),
        (_("Channels"), DASH, ", ".join(wanted.channels) or _("all")),
        (_("Until"), DASH, moment_words(wanted.expires_at) if wanted.expires_at else _("it is revoked")),
    ]


def _make(wanted: NewKey, person: Person) -> Any:
    with house.changing() as db:
        return make_key(db, wanted, actor=person.actor, now=utc_now())


def _revoke(wanted: KeyEnd, person: Person) -> Any:
    with house.changing() as db:
        return keys.revoke(db, wanted.prefix, actor=person.actor)


def _state(key: KeyView) -> tuple[Promise | str, str]:
    if key.revoked_at:
        return _("revoked"), "bad"
    if key.expires_at and key.expires_at <= utc_now():
        return _("expired"), "warn"
    return _("in use"), "good"


def _may(key: KeyView) -> str:
    return ", ".join(_scope_words(each) for each in key.scopes)


def _scope_words(scope: str) -> str:
    return str(SCOPES[scope]) if scope in SCOPES else permission_words(scope)


def _shown_once(request: HttpRequest, text: str) -> HttpResponse:
    answer = render(request, "keys/secret.html", {"secret": text})
    answer["HX-Trigger"] = "changed"
    return answer
