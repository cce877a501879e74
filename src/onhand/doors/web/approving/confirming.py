"""The drawer's second step: what is about to be done is shown, and who does it proves that it is them.

Every act comes here by what its permission says of it (``Sensitivity``) and by the limits of its kind; none is named.
What was shown comes back sealed, and holds for that very act: another amount, another thing, another person, another
moment, or the same once more are shown anew, never done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onhand.access import factors
from onhand.access.confirming import rules
from onhand.access.confirming.deeds import confirm, deed
from onhand.access.confirming.rules import Deed, Need, Weight
from onhand.access.models import Person
from onhand.access.permissions import PERMISSIONS, Sensitivity
from onhand.core.asks import Command
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.doors.web import house
from onhand.doors.web.gates import reader
from onhand.doors.web.refusals import in_words
from onhand.doors.web.signin import proving
from onhand.doors.web.wording import DASH, money, quantity
from onhand.flows.permits import PERMITS, sensitivity_of
from onhand.flows.weighing import evidence, needs

# Fields of the second step, which are none of the form's.
OURS = ("confirmation", *proving.FIELDS)
SHOWN = 12

# What the figures are that a kind of command changes.
FIGURES: dict[str, Promise] = {
    "Adjust": _("On record there"),
    "SetThreshold": _("Tell us below"),
    "SetCategoryThreshold": _("Tell us below"),
    "Transfer": _("On hand"),
    "TakeBack": _("Came back"),
}


class Change(NamedTuple):
    """One thing that becomes another, in words."""

    what: str
    before: str
    after: str


class Look(NamedTuple):
    """What an act is about to change: in words, as facts to compare with later, and how much it is."""

    changes: Sequence[Change]
    before: Any
    weight: Weight | None = None
    figure: str = ""
    was: Decimal | None = None
    refusal: Refused | None = None


class Step(NamedTuple):
    """An act that may go on: what was confirmed (None: it needed none), what was seen, if another must approve it."""

    confirmed: Deed | None
    look: Look
    second: bool


Evidence = Callable[[Connection, Any], Look]


def confirmed(request: HttpRequest, act: Any, command: Any, key: str) -> Step | Refused | HttpResponse:
    """Whether an act may go on; a refusal where it could not be done anyway; else the step to be taken first."""
    person = reader(request)
    usual = _usual(request, act, command)
    if usual is not Sensitivity.HIGH and not _is_asked_of_the_writer(command):
        return Step(None, Look((), None), second=False)
    need = _need(command, usual)
    if need.sensitivity is not Sensitivity.HIGH:
        return Step(None, Look((), None), second=False)
    if factors.most_sensitive(request) != "high":
        return Refused("forbidden", "This is not done on a shared device; sign in on one of your own.")
    look = _look(command, person, act.look)
    if look.refusal:
        return look.refusal
    name, facts = _name(request, command), {"at": request.path, "asks": _facts(command)}
    shown = deed(person.actor, name, facts, look.before, key=key, now=utc_now())
    if "confirmation" not in request.POST:
        return _ask(request, act, shown, look, need)
    known = _known(request, shown)
    if refused(known):
        return _ask(request, act, shown, look, need, known, status=409)
    by = proving.ways(person)
    factor = proving.proved(request, person, by, known, request.POST)
    if refused(factor):
        return _ask(request, act, shown, look, need, factor, status=422)
    with house.changing() as db:
        used = confirm(db, known, factor=factor, now=utc_now())
    return _ask(request, act, shown, look, need, used, status=409) if used else Step(known, look, need.second)


def _known(request: HttpRequest, shown: Deed) -> Deed | Refused:
    """What was confirmed, if it is what would be done now and nothing has moved meanwhile."""
    known = rules.unseal(request.POST["confirmation"], settings.SECRET_KEY, utc_now())
    if refused(known):
        return known
    other = rules.same(known, actor=shown.actor, act=shown.act, facts=shown.facts, key=shown.key)
    if other:
        return other
    if known.before != shown.before:
        return Refused("changed_meanwhile", "It changed while you looked at it; this is how it stands now.")
    return known


def _is_asked_of_the_writer(command: Any) -> bool:
    """Whether the table of permits knows it; records are saved without the writer."""
    return type(command) in PERMITS


def _usual(request: HttpRequest, act: Any, command: Any) -> Sensitivity:
    """How much harm an act can do by its permission: the command's own, or the page's and what it takes beyond."""
    if _is_asked_of_the_writer(command):
        return sensitivity_of(command)
    found = request.resolver_match.func if request.resolver_match else None
    takes = {*(getattr(found, "takes", None) or ()), *([act.permission] if act.permission else ())}
    return max((PERMISSIONS[each].sensitivity for each in takes), default=Sensitivity.LOW)


def _need(command: Any, usual: Sensitivity) -> Need:
    if not _is_asked_of_the_writer(command):
        return Need(usual, second=False)
    with house.reading() as db:
        return needs(db, [command], usual, utc_now())[0]


def _look(command: Any, person: Person, look_at: Evidence | None) -> Look:
    if _is_asked_of_the_writer(command):
        return _look_at_command(command, person)
    if look_at is None:
        return Look((), None)
    with house.reading() as db:
        return look_at(db, command)


def _look_at_command(command: Command, person: Person) -> Look:
    """What the command would change, and whether it could be done at all: it is done, and taken back."""
    name = type(command).__name__
    answer = house.would(command, person)
    if refused(answer):
        return Look((), None, refusal=answer)
    with house.reading() as db:
        (found,) = evidence(db, [command], utc_now())
    changes = [Change(each.sku, figure_words(each.before), figure_words(each.after)) for each in found.changes]
    was = found.changes[0].before if name == "Adjust" and found.changes else None
    return Look(changes, found.before, found.weight, str(FIGURES.get(name, "")), was)


def figure_words(value: Decimal | None) -> str:
    """A figure, or that there is none."""
    return DASH if value is None else quantity(value)


def _name(request: HttpRequest, command: Any) -> str:
    """What a deed is called: by its command, or, where that has no name of its own, by its page."""
    if isinstance(command, msgspec.Struct):
        return type(command).__name__.lstrip("_")
    return str(request.resolver_match.url_name if request.resolver_match else "")


def _facts(command: Any) -> Any:
    return msgspec.to_builtins(command) if isinstance(command, msgspec.Struct) else command


def _ask(
    request: HttpRequest, act: Any, shown: Deed, look: Look, need: Need, fault: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The step itself."""
    person = reader(request)
    by = proving.ways(person)
    filled = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    facts = {
        "act": act,
        "address": request.path,
        "filled": [each for each in filled if each[0] != "csrfmiddlewaretoken"],
        "confirmation": rules.seal(shown, settings.SECRET_KEY),
        "look": look,
        "changes": look.changes[:SHOWN],
        "rest": max(0, len(look.changes) - SHOWN),
        "quantity": quantity(look.weight.quantity) if look.weight else "",
        "value": value_words(look.weight),
        "reason": request.POST.get("reason", ""),
        "ways": by,
        "passkeys": proving.challenge(person, shown) if by.passkey else "",
        "second": need.second,
        "fault": in_words(fault) if fault else "",
        "wrong": fault.field if fault else "",
    }
    return render(request, "parts/confirm.html", facts, status=status)


def value_words(weight: Weight | None) -> str:
    """What it is worth, where that is known."""
    return money(weight.value, weight.currency) if weight and weight.value is not None else ""
