"""The first page of who signed in: what needs doing now, dearest first, each with its act beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg.errors
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.core.clock import utc_now
from onhand.doors.web.gates import reader, signed_in
from onhand.doors.web.house import reading
from onhand.doors.web.navigation import places
from onhand.doors.web.orders.order_acts import STEPS
from onhand.doors.web.parts import moment, plain
from onhand.doors.web.people.limits import ACTS
from onhand.doors.web.safety import health, watch
from onhand.doors.web.wording import day_words, money, quantity
from onhand.insight.home.rules import Ranked, Task
from onhand.insight.home.tasks import MOST_SHOWN, Home, Reader, has_tasks, home


class Kind(NamedTuple):
    """A kind of task as people know it: in a row, on its button, above its count; where it leads and what is done.

    ``page`` and ``act`` make addresses of a task; ``drawer``: the act opens beside the page, and is done there.
    """

    title: Promise
    button: Promise
    group: Promise
    icon: str
    page: Callable[[Task], str]
    act: Callable[[Task], str]
    drawer: bool = True
    tone: str = "calm"


def _order(task: Task) -> str:
    return reverse("orders.one", args=task.where)


def _step(name: str) -> Callable[[Task], str]:
    return lambda task: reverse("orders.step", args=[*task.where, name])


def _goods(task: Task) -> str:
    return reverse("goods", args=task.where[:1])


def _receive(task: Task) -> str:
    sku, site, reference = task.where
    known = {"reference": reference, "quantity": plain(task.pieces or 0)}
    return f"{reverse('stock.receive', args=[sku, site])}?{urlencode(known)}"


def _bring(task: Task) -> str:
    """From whoever can spare some; where nobody can, its page says what is to come and what may be had instead."""
    if len(task.where) == 2:
        return _goods(task)
    sku, site, donor, spare = task.where
    return f"{reverse('stock.transfer', args=[sku, donor])}?{urlencode({'target': site, 'quantity': spare})}"


def _one(route: str) -> Callable[[Task], str]:
    return lambda task: reverse(route, args=task.where)


def _for_step(name: str, title: Promise, group: Promise) -> Kind:
    words = STEPS[name]
    return Kind(title, words.button, group, words.icon, _order, _step(name))


_ALERT = Kind(
    gettext_lazy("Alert: %(name)s"),
    gettext_lazy("Look at it"),
    gettext_lazy("Alerts"),
    "shield",
    _one("watch.one"),
    _one("watch.one"),
    drawer=False,
    tone="bad",
)
_INCIDENT = Kind(
    gettext_lazy("Incident: %(name)s"),
    gettext_lazy("Come to it"),
    gettext_lazy("Incidents"),
    "triangle-alert",
    lambda _task: reverse("health"),
    _one("health.come_to"),
    tone="bad",
)
KINDS: Mapping[str, Kind] = {
    "answer": Kind(
        gettext_lazy("%(pieces)s × %(name)s for order %(number)s have no day"),
        gettext_lazy("Open the order"),
        gettext_lazy("Waiting without a day"),
        "clock",
        _order,
        _order,
        drawer=False,
        tone="warn",
    ),
    "gone": Kind(
        gettext_lazy("%(name)s is gone at %(site)s"),
        gettext_lazy("Bring some"),
        gettext_lazy("Gone"),
        "triangle-alert",
        _goods,
        _bring,
        tone="bad",
    ),
    "low": Kind(
        gettext_lazy("%(name)s runs low at %(site)s: %(pieces)s left"),
        gettext_lazy("Bring some"),
        gettext_lazy("Running low"),
        "boxes",
        _goods,
        _bring,
        tone="warn",
    ),
    "soon": Kind(
        gettext_lazy("%(name)s will run out at %(site)s: %(pieces)s left"),
        gettext_lazy("Bring some"),
        gettext_lazy("Soon out"),
        "clock",
        _goods,
        _bring,
        tone="warn",
    ),
    "late": Kind(
        gettext_lazy("%(pieces)s × %(name)s should have come to %(site)s"),
        gettext_lazy("Take them in"),
        gettext_lazy("Late"),
        "truck",
        _goods,
        _receive,
        tone="warn",
    ),
    "receive": Kind(
        gettext_lazy("%(pieces)s × %(name)s come to %(site)s"),
        gettext_lazy("Take them in"),
        gettext_lazy("Coming today"),
        "truck",
        _goods,
        _receive,
    ),
    "approve": Kind(
        gettext_lazy("To approve: %(name)s"),
        gettext_lazy("Decide"),
        gettext_lazy("To approve"),
        "check",
        _one("approvals.one"),
        _one("approvals.one"),
        drawer=False,
        tone="warn",
    ),
    "confirm": _for_step("confirm", gettext_lazy("Confirm order %(number)s"), gettext_lazy("To confirm")),
    "pick": _for_step("pick", gettext_lazy("Pick order %(number)s"), gettext_lazy("To pick")),
    "pack": _for_step("pack", gettext_lazy("Pack order %(number)s"), gettext_lazy("To pack")),
    "ship": _for_step("ship", gettext_lazy("Ship order %(number)s"), gettext_lazy("To ship")),
    "deliver": _for_step("deliver", gettext_lazy("Deliver order %(number)s"), gettext_lazy("To deliver")),
    "resume": _for_step("resume", gettext_lazy("Order %(number)s is held"), gettext_lazy("On hold")),
    **dict.fromkeys(("alert_low", "alert_medium", "alert_high"), _ALERT),
    **dict.fromkeys(("incident_minor", "incident_major", "incident_critical"), _INCIDENT),
}


class Shown(NamedTuple):
    """A task in words, with its two addresses; ``drawer``: its act opens beside the page."""

    task: Task
    kind: Kind
    title: str
    button: str
    page: str
    act: str
    drawer: bool
    facts: list[str]


class Group(NamedTuple):
    """How many tasks there are of a kind, and whether there may be more."""

    words: str
    tasks: int
    more: bool
    tone: str
    kinds: str
    chosen: bool


@signed_in
@never_cache
@require_safe
def home_page(request: HttpRequest) -> HttpResponse:
    """What needs doing, for who does such things; others are sent to the first page of theirs."""
    person = reader(request)
    if not has_tasks(person.standing):
        first = next((place for place in places(person) if place.right), None)
        return redirect(first.route if first else "status")
    chosen = request.GET.get("kinds", "")
    try:
        with reading() as db:
            found = home(db, Reader(person.actor, person.standing), utc_now(), chosen.split() if chosen else None)
    except psycopg.errors.QueryCanceled:
        return render(request, "home/late.html" if request.headers.get("HX-Request") else "home/late_page.html")
    facts = {
        "groups": _groups(found, chosen),
        "shown": [_shown(each) for each in found.tasks],
        "chosen": chosen,
        "cut": len(found.tasks) == MOST_SHOWN,
        "here_now": request.get_full_path(),
    }
    return render(request, "home/tasks.html" if request.headers.get("HX-Request") else "home/page.html", facts)


def _groups(found: Home, chosen: str) -> list[Group]:
    """The kinds by their common words, in the order in which kinds are listed above."""
    gathered: dict[str, list[str]] = {}
    for name, kind in KINDS.items():
        if found.counts.get(name):
            gathered.setdefault(str(kind.group), []).append(name)
    return [
        Group(
            words,
            sum(found.counts[name] for name in names),
            any(name in found.more for name in names),
            KINDS[names[0]].tone if KINDS[names[0]].tone != "calm" else "",
            " ".join(names),
            " ".join(names) == chosen,
        )
        for words, names in gathered.items()
    ]


def _shown(ranked: Ranked) -> Shown:
    task = ranked.task
    kind = KINDS[task.kind]
    said = {
        "name": _named(task),
        "number": task.where[-1],
        "site": task.sites[0] if task.sites else "",
        "pieces": quantity(task.pieces) if task.pieces is not None else "",
    }
    page, act = kind.page(task), kind.act(task)
    drawer = kind.drawer and act != page
    button = str(kind.button) if drawer or not kind.drawer else _("Look at it")
    return Shown(task, kind, str(kind.title) % said, button, page, act, drawer, list(_facts(task)))


def _facts(task: Task) -> Iterator[str]:
    """What is at stake, until or since when it waits, and where."""
    if task.worth:
        yield money(task.worth.amount, task.worth.currency)
    if task.kind in {"receive", "late"}:
        yield format_html(_("due {at}"), at=moment(task.due))
        yield task.where[-1]
        return
    if task.kind == "soon" and task.due:
        yield _("runs out on %(day)s") % {"day": day_words(task.due.date())}
    elif task.due:
        yield format_html(_("more comes {at}"), at=moment(task.due))
    else:
        yield _("for %(span)s") % {"span": timesince(task.since)}
    yield from task.sites


def _named(task: Task) -> str:
    """What a task is called by: goods by their name, the rest by the words of its page."""
    if task.kind == "approve":
        return str(ACTS.get(task.name, task.name))
    if task.kind.startswith("alert_"):
        return str(watch.KINDS.get(task.name, task.name))
    if task.kind.startswith("incident_"):
        return str(health.KINDS.get(task.name, _("an incident")))
    return task.name
