"""What is done about an alert: it is taken in hand and closed, sessions ended, people shut out, keys revoked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onhand.access import keys, people
from onhand.access.models import Person
from onhand.access.signin import sessions
from onhand.access.watching import actions, queries
from onhand.access.watching.queries import AlertView
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.gates import may
from onhand.doors.web.safety.watch import known, shown

T = TypeVar("T")


class NoteForm(Asking):
    """What it was."""

    note = forms.CharField(
        max_length=actions.LONGEST_NOTE,
        label=gettext_lazy("What it was"),
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Whoever looks back reads it. Do not write down more about people than is needed."),
    )


@may("do.watch")
@never_cache
@require_http_methods(["GET", "POST"])
def look_at(request: HttpRequest, number: int) -> HttpResponse:
    """Take it in hand."""
    return _act(
        request,
        number,
        title=_("Take it in hand"),
        about=_("Others see that somebody looks into it."),
        button=_("I look into it"),
        done=_("It is yours."),
        verb=lambda db, _alert, actor: actions.look_at(db, number, actor=actor, now=utc_now()),
    )


@may("do.watch")
@never_cache
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Close it with a note."""
    _find(number)
    act: Act[str] = Act(
        title=_("Close the alert"),
        about=_("The same situation is not told of again; another one is."),
        button=_("Close it"),
        command=lambda filled: str(filled["note"]),
        done=lambda _filled: _("The alert is closed."),
        carry_out=_in_house(lambda db, note, actor: actions.close(db, number, note, actor=actor, now=utc_now())),
    )
    return perform(request, act, NoteForm)


@may("do.watch")
@never_cache
@require_http_methods(["GET", "POST"])
def end_sessions(request: HttpRequest, number: int) -> HttpResponse:
    """End the sessions of the person it is about."""
    name = _person(number)
    return _act(
        request,
        number,
        title=_("End the sessions"),
        about=_("%(name)s is out at once, everywhere, and has to sign in again.") % {"name": name},
        button=_("End them"),
        tone="danger",
        done=_("The sessions have ended."),
        verb=lambda db, alert, actor: sessions.end_all(
            db, alert.who.partition("/")[2], actor=actor, reason="out of the ordinary", now=utc_now()
        ),
    )


@may("do.people")
@never_cache
@require_http_methods(["GET", "POST"])
def disable(request: HttpRequest, number: int) -> HttpResponse:
    """Let the person it is about in no longer."""
    name = _person(number)

    def verb(db: Connection, _alert: AlertView, actor: str) -> Any:
        refusal = people.let_in(db, name, allowed=False, actor=actor, now=utc_now())
        return refusal or sessions.end_all(db, name, actor=actor, reason="shut out", now=utc_now())

    return _act(
        request,
        number,
        title=_("Let them in no longer"),
        about=_("%(name)s is out at once and cannot sign in until somebody lets them in again.") % {"name": name},
        button=_("Shut them out"),
        tone="danger",
        done=_("They cannot sign in any more."),
        verb=verb,
    )


@may("do.keys")
@never_cache
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Let the key it is about open nothing any more."""
    name = shown(_find(number)).key
    if not name:
        raise Http404("key")
    return _act(
        request,
        number,
        title=_("Revoke the key"),
        about=_("%(name)s opens nothing after five seconds. This cannot be taken back: make another.") % {"name": name},
        button=_("Revoke it"),
        tone="danger",
        done=_("The key opens nothing any more."),
        verb=lambda db, _alert, actor: keys.revoke(db, name, actor=actor),
    )


def _find(number: int) -> AlertView:
    with house.reading() as db:
        return known(queries.alert(db, number))


def _person(number: int) -> str:
    name = shown(_find(number)).person
    if not name:
        raise Http404("person")
    return name


def _act(
    request: HttpRequest,
    number: int,
    *,
    title: str,
    about: str,
    button: str,
    done: str,
    verb: Callable[[Connection, AlertView, str], Any],
    tone: str = "primary",
) -> HttpResponse:
    found = _find(number)
    act: Act[AlertView] = Act(
        title=title,
        about=about,
        button=button,
        command=lambda _filled: found,
        done=lambda _filled: done,
        carry_out=_in_house(verb),
        tone=tone,
    )
    return perform(request, act, Asking)


def _in_house(verb: Callable[[Connection, T, str], Any]) -> Callable[[T, Person, str], Any]:
    """Carry a verb out in a transaction of its own."""

    def carried_out(wanted: T, person: Person, _key: str) -> Any:
        with house.changing() as db:
            return verb(db, wanted, person.actor)

    return carried_out
