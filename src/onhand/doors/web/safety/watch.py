"""Watching for misuse: the alerts there are, one of them with its evidence, and what can be done about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.access import keys
from onhand.access.watching import actions, queries
from onhand.access.watching.queries import AlertView
from onhand.core.database import Connection
from onhand.core.pages import BadCursor
from onhand.doors.web import house
from onhand.doors.web.gates import may, reader
from onhand.doors.web.wording import quantity
from onhand.doors.web.words import words

T = TypeVar("T")
PAGE = 50

KINDS: dict[str, Promise] = {
    "new_place": gettext_lazy("Signed in from a new place, by a new browser"),
    "impossible_travel": gettext_lazy("In two places at once"),
    "adjustments": gettext_lazy("Corrections of stock out of the ordinary"),
    "returns": gettext_lazy("Returns out of the ordinary"),
    "mass_export": gettext_lazy("Very much was taken out"),
    "odd_hours": gettext_lazy("At work at an odd hour"),
    "own_rights": gettext_lazy("Rights for oneself"),
    "many_refusals": gettext_lazy("Refused again and again"),
    "guessing": gettext_lazy("A password is guessed at"),
    "spraying": gettext_lazy("Many names are tried"),
    "key_elsewhere": gettext_lazy("A key is used from elsewhere"),
}
_MEASURES: dict[str, Promise] = {
    "adjustments": gettext_lazy("corrections"),
    "counts": gettext_lazy("counts"),
    "lost": gettext_lazy("pieces taken off"),
    "returns": gettext_lazy("returns"),
    "rows": gettext_lazy("rows"),
    "people": gettext_lazy("rows about customers"),
}
STATES: dict[str, tuple[Promise, str]] = {
    "open": (gettext_lazy("open"), "bad"),
    "looked_at": (gettext_lazy("looked at"), "warn"),
    "closed": (gettext_lazy("closed"), "calm"),
}
SEVERITIES: dict[str, tuple[Promise, str]] = {
    "high": (gettext_lazy("high"), "bad"),
    "medium": (gettext_lazy("medium"), "warn"),
    "low": (gettext_lazy("low"), "calm"),
}
VIEWS: dict[str, Promise] = {
    "unclosed": gettext_lazy("To do"),
    "closed": gettext_lazy("Closed"),
    "all": gettext_lazy("All"),
}


class Shown(NamedTuple):
    """An alert in words. ``address``: what is known of whoever it is about, elsewhere."""

    alert: AlertView
    title: Promise
    sentence: str
    state: Promise
    state_tone: str
    severity: Promise
    severity_tone: str

    @property
    def person(self) -> str:
        """The name of the person it is about; empty where it is about none."""
        kind, _sep, name = self.alert.who.partition("/")
        return name if kind == "person" else ""

    @property
    def key(self) -> str:
        """The name of the key it is about; empty where it is about none."""
        kind, _sep, name = self.alert.who.partition("/")
        return name if kind == "key" else ""


class Entry(NamedTuple):
    """A line of the timeline."""

    at: datetime
    words: str
    by: str = ""
    about: str = ""


@may("see.watch")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The alerts there are, or what changes of them."""
    view, cursor = request.GET.get("view", "unclosed"), request.GET.get("cursor")
    if view not in VIEWS:
        raise Http404(view)
    with house.reading() as db:
        try:
            page = queries.alerts(db, state=None if view == "all" else view, after=cursor, most=PAGE)
        except BadCursor as fault:
            raise Http404("cursor") from fault
        networks = actions.networks(db)
    facts = {
        "shown": [shown(each) for each in page.items],
        "views": VIEWS,
        "view": view,
        "cursor": cursor,
        "further": f"{reverse('watch')}?{urlencode({'view': view, 'cursor': page.next})}" if page.next else "",
        "here_now": request.get_full_path(),
        "networks": networks,
    }
    return _part_or_page(request, "watch/rows.html", "watch/page.html", facts)


@may("see.watch")
@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """An alert: what is unlike whom, the events that show it, what became of it."""
    with house.reading() as db:
        found = known(queries.alert(db, number))
        others = [each for each in queries.alerts(db, who=found.who, most=11).items if each.id != number]
        active = _is_active(db, found.who)
    facts = {
        "each": shown(found),
        "timeline": _timeline(found),
        "others": [shown(each) for each in others],
        "active": active,
        "here_now": request.get_full_path(),
    }
    return _part_or_page(request, "watch/body.html", "watch/one.html", facts)


def shown(alert: AlertView) -> Shown:
    """An alert in words."""
    title = KINDS.get(alert.kind, alert.kind)
    return Shown(alert, title, _sentence(alert), *STATES[alert.state], *SEVERITIES[alert.severity])  # type: ignore[arg-type]


def _sentence(alert: AlertView) -> str:
    """What is unlike them, with its figures."""
    said = {
        name: quantity(value) if isinstance(value, (int, float)) else str(value) for name, value in alert.facts.items()
    }
    facts = {"site": "", "place": "", "address": "", **said}
    place = facts["place"] or facts["address"]
    if alert.kind == "impossible_travel":
        return _("%(from)s, and %(minutes)s minutes later %(to)s: %(km)s km.") % facts
    if alert.kind in {"adjustments", "returns", "mass_export"}:
        what = _MEASURES.get(str(alert.facts.get("what")), "")
        at = f" ({facts['site']})" if facts["site"] else ""
        return _("%(today)s %(what)s on one day, where %(usual)s would be much.") % {**facts, "what": what} + at
    if alert.kind == "odd_hours":
        return _("At %(hour)s UTC, when they are never here and the site is closed.") % facts
    if alert.kind == "own_rights":
        return _("%(to)s, with help of %(with)s.") % facts if "with" in facts else facts.get("to", "")
    if alert.kind == "many_refusals":
        return _("%(times)s times in ten minutes.") % facts
    if alert.kind == "guessing":
        return (
            _("%(times)s times in an hour, and then with success.") % facts
            if "then" in facts
            else _("%(times)s times in an hour.") % facts
        )
    if alert.kind == "spraying":
        return _("%(names)s names in ten minutes, from %(address)s.") % facts
    return place


def _timeline(alert: AlertView) -> list[Entry]:
    """What shows it, and what was done about it, latest first."""
    entries = [
        Entry(
            each.at, words(each.kind, each.subject, {"site": each.subject.partition("/")[2]}), each.subject, each.said
        )
        for each in alert.evidence
    ]
    if alert.looked_at:
        entries.append(Entry(alert.looked_at, _("Taken in hand"), alert.looked_by))
    if alert.closed_at:
        entries.append(Entry(alert.closed_at, _("Closed"), alert.closed_by, alert.note))
    return sorted([*entries, Entry(alert.raised_at, _("Noticed"))], key=lambda each: each.at, reverse=True)


def _is_active(db: Connection, who: str) -> bool:
    kind, _sep, name = who.partition("/")
    if kind == "key":
        return any(each.name == name and each.revoked_at is None for each in keys.listed(db))
    row = db.execute("SELECT is_active FROM access_person WHERE username = %s", (name,)).fetchone()
    return bool(row and row[0])


def known(found: AlertView | None) -> AlertView:
    """The alert that was asked for; nothing is at the address of one that was not raised."""
    if found is None:
        raise Http404("alert")
    return found


def _part_or_page(request: HttpRequest, part: str, page: str, facts: dict[str, Any]) -> HttpResponse:
    person = reader(request)
    facts["acts"] = {name: person.may(f"do.{name}") for name in ("watch", "people", "keys")}
    return render(request, part if request.headers.get("HX-Request") else page, facts)
