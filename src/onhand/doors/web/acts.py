"""Acts of people: a form in the drawer, a command to the writer, a toast that says what was done and can undo it.

Undoing is another act: the command that takes the first one back, prepared with it and signed, so that nobody else can
make one up. What can do harm is confirmed before it is done (``onhand.doors.web.approving.confirming``); that
confirmation covers its undo, for ten minutes and for the same person, since undoing leads back to what there was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

import msgspec
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from onhand.access.models import Person
from onhand.access.permissions import Sensitivity
from onhand.core.asks import Command
from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.refusals import Refused, refused
from onhand.core.writer import InDoubt, Overloaded
from onhand.doors.web import house
from onhand.doors.web.approving.confirming import Look, Step, confirmed
from onhand.doors.web.approving.requesting import Asked, ask_another
from onhand.doors.web.faults import IN_DOUBT
from onhand.doors.web.gates import reader, signed_in
from onhand.doors.web.refusals import in_words
from onhand.flows import commands as c
from onhand.flows.permits import permission_of, sensitivity_of

C = TypeVar("C")

SECONDS_TO_UNDO = 600
_SALT = "onhand.undo/2"
# What an undo may be made of; whether somebody may have it done is asked as of every command.
UNDOABLE: dict[str, type[Command]] = {
    kind.__name__: kind for kind in (c.Adjust, c.MoveStock, c.SetThreshold, c.AdvanceOrder, c.AmendSupply)
}


def by_the_writer(command: Any, person: Person, key: str, was: Decimal | None = None) -> Any:
    """Have a command carried out as all commands are."""
    return house.do(command, person, key=key, was=was)


@dataclass(frozen=True, slots=True)
class Act(Generic[C]):
    """What a person may do: the form's title and sentence, its button, and what becomes of the filled form.

    ``command`` makes the command, or the record to be saved; ``carry_out`` sees it done; ``done`` says what was done;
    ``undo`` makes the command that takes it back, or None; ``then`` shows in the drawer what came of it, in place of
    closing it. ``look`` says what would change, of acts that are no commands, where these must be confirmed;
    ``permission``: what such an act takes beyond its page, whose sensitivity counts as well.
    """

    title: str
    about: str
    button: str
    command: Callable[[dict[str, Any]], C]
    done: Callable[[dict[str, Any]], str]
    undo: Callable[[dict[str, Any]], Command | None] | None = None
    tone: str = "primary"
    carry_out: Callable[[C, Person, str], Any] = by_the_writer
    then: Callable[[Any], HttpResponse] | None = None
    look: Callable[[Connection, C], Look] | None = None
    permission: str = ""


def perform(
    request: HttpRequest,
    act: Act[Any],
    form_class: type[forms.Form],
    *,
    first: Mapping[str, object] | None = None,
    **facts: Any,
) -> HttpResponse:
    """Show the form, at first with what is known; once it is filled in well, have it done. ``facts`` go to the form."""
    if request.method != "POST":
        return _show(request, act, form_class(initial={**(first or {}), "asking": str(new_id())}, **facts))
    form = form_class(request.POST, **facts)
    if not form.is_valid():
        return _show(request, act, form, status=422)
    command, key = act.command(form.cleaned_data), form.cleaned_data["asking"]
    try:
        step = confirmed(request, act, command, key)
        if isinstance(step, HttpResponse):
            return step
        answer = step if refused(step) else _carried_out(request, act, command, key, step)
    except InDoubt:
        form.add_error(None, IN_DOUBT)
        return _show(request, act, form, status=503)
    except Overloaded:
        form.add_error(None, _("Very much is going on just now. Nothing was done; try again in a moment."))
        return _show(request, act, form, status=503)
    if refused(answer):
        return _show(request, act, _marked(form, answer), status=422)
    if isinstance(answer, Asked):
        return said(_("It waits for somebody else to approve it: request %(number)s.") % {"number": answer.number})
    if act.then:
        return act.then(answer)
    undo = act.undo(form.cleaned_data) if act.undo else None
    return said(act.done(form.cleaned_data), undo, reader(request).actor)


def _carried_out(request: HttpRequest, act: Act[Any], command: Any, key: str, step: Step) -> Any:
    """What becomes of an act that may go on: it is done, or asked of a second person."""
    if step.second and isinstance(command, Command):
        return ask_another(command, reader(request), key, step)
    if act.carry_out is by_the_writer:
        return by_the_writer(command, reader(request), key, step.look.was)
    return act.carry_out(command, reader(request), key)


class NumberField(forms.DecimalField):
    """A number as the reader writes it, its thousands in groups of three if in any.

    Django passes over separators of thousands wherever they stand: to an English reader 12,50 would be 1250.
    """

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as Django's own does
        """The number, exactly."""
        if isinstance(value, str) and self.localize and not _well_grouped(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number: Decimal | None = super().to_python(value)
        return number


def _well_grouped(text: str) -> bool:
    between, point = (get_format(name) for name in ("THOUSAND_SEPARATOR", "DECIMAL_SEPARATOR"))
    whole, _point, rest = text.partition(point)
    if between not in text or (between == "." and not _point and re.fullmatch(r"[-+]?\d+\.(\d{1,2}|\d{4,})", text)):
        return True  # a single point that cannot be one of thousands is the decimal point of somebody else
    return (
        between not in rest and re.fullmatch(rf"[-+]?[1-9]\d{{0,2}}({re.escape(between)}\d{{3}})+", whole) is not None
    )


def number(plain: str) -> Decimal | None:
    """A number of an address; the form then writes it the reader's way, as it will read what comes back."""
    try:
        found = Decimal(plain) if plain else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def quantity_field(**facts: Any) -> NumberField:
    """So many of some goods, as the ledger holds quantities."""
    options: dict[str, Any] = {
        "max_digits": 14,
        "decimal_places": 3,
        "label": gettext_lazy("Quantity"),
        "localize": True,
    }
    return NumberField(**{**options, **facts})


class Asking(forms.Form):
    """A form of an act. ``asking`` names this filling-in of it: sent twice it is done once."""

    asking = forms.UUIDField(widget=forms.HiddenInput)

    def clean_asking(self) -> str:
        """As text, which is what the writer's keys are."""
        return f"form/{self.cleaned_data['asking']}"


def said(words: str, undo: Command | None = None, actor: str = "") -> HttpResponse:
    """An empty answer that closes the drawer, tells the page to look again, and shows a toast."""
    toast: dict[str, Any] = {"words": words}
    if undo is not None:
        toast["undo"] = {"words": _("Undo"), "address": reverse("undo"), "token": _token(undo, actor)}
    answer = HttpResponse(status=200)
    answer["HX-Reswap"] = "none"
    answer["HX-Trigger"] = json.dumps({"drawer-close": True, "changed": True, "toast": toast})
    return answer


@signed_in
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take an act back, within ten minutes of it."""
    token = request.POST.get("token", "")
    try:
        kind, body, actor = signing.loads(token, salt=_SALT, max_age=SECONDS_TO_UNDO)
    except signing.BadSignature:
        return said(_("This is too long ago to be undone from here."))
    person = reader(request)
    try:
        command = msgspec.convert(body, UNDOABLE[kind], strict=False)
    except msgspec.ValidationError:  # somebody typed what no command may hold, and it was done nevertheless
        return said(_("This cannot be taken back from here."))
    if sensitivity_of(command) is Sensitivity.HIGH and actor != person.actor and person.may(permission_of(command)):
        return said(_("Only who did this can take it back from here."))
    try:
        answer = house.do(command, person, key=f"undo/{signing.Signer(salt=_SALT).signature(token)}")
    except InDoubt:
        return said(str(IN_DOUBT))
    except Overloaded:
        return said(_("Very much is going on just now. Nothing was done; try again in a moment."))
    return said(in_words(answer) if refused(answer) else _("It was undone."))


def _token(command: Command, actor: str) -> str:
    return signing.dumps((type(command).__name__, msgspec.to_builtins(command), actor), salt=_SALT)


def _marked(form: forms.Form, refusal: Refused) -> forms.Form:
    """A refusal beside the field it is about, or above all of them. What is listed in one field has a place there."""
    name = refusal.field.rpartition(".")[2].partition("[")[0]
    form.add_error(name if name in form.fields else None, in_words(refusal))
    return form


def _show(request: HttpRequest, act: Act[Any], form: forms.Form, status: int = 200) -> HttpResponse:
    return render(request, "parts/act.html", {"act": act, "form": form, "address": request.path}, status=status)
