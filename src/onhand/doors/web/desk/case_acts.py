"""What is done about a case: opened, taken, handed over, answered, set to wait, closed, opened again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.customers import queries as customers
from onhand.customers.queries import CustomerView
from onhand.customers.rules import language_of
from onhand.customers.service import queries
from onhand.customers.service.actions import Said
from onhand.customers.service.rules import Act as CaseAct
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform, said
from onhand.doors.web.desk.desk_acts import about_known, as_named, at_once, colleagues
from onhand.doors.web.desk.desk_words import PRIORITIES, first_way, ways
from onhand.doors.web.gates import may, reader
from onhand.doors.web.refusals import in_words
from onhand.flows import care
from onhand.flows.care import AnswerCase, OpenCase


class OpenForm(Asking):
    """What a customer asked, and how soon they are owed an answer."""

    subject = forms.CharField(max_length=200, label=gettext_lazy("What it is about"))
    question = forms.CharField(
        max_length=4000, label=gettext_lazy("What they asked"), widget=forms.Textarea({"rows": 5})
    )
    priority = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Priority"),
        choices=[
            ("", gettext_lazy("as the customer's")),
            *((name, words) for name, (words, _tone) in PRIORITIES.items()),
        ],
    )
    mine = forms.BooleanField(required=False, initial=True, label=gettext_lazy("I take it myself"))


@may("do.cases")
@require_http_methods(["GET", "POST"])
def open_one(request: HttpRequest, **about_whom: str) -> HttpResponse:
    """Open a case on a customer or an order; the page of the case follows."""
    about, person = about_known(about_whom), reader(request)
    act = Act(
        title=_("Open a case"),
        about=as_named(about),
        button=_("Open it"),
        command=lambda filled: OpenCase(
            customer=about.customer,
            channel=about.channel,
            number=about.number,
            subject=filled["subject"],
            question=filled["question"],
            priority=filled["priority"] or None,
            owner=person.username if filled["mine"] else None,
        ),
        done=lambda _filled: "",
        carry_out=at_once(
            lambda db, wanted, key, actor: care.open_case(db, wanted, key=key, actor=actor, now=utc_now())
        ),
        then=_to_its_page,
    )
    return perform(request, act, OpenForm)


def _to_its_page(opened: care.OpenedCase) -> HttpResponse:
    answer = HttpResponse()
    answer["HX-Redirect"] = reverse("cases.one", args=[opened.case.number])
    return answer


class SayForm(Asking):
    """What is said about a case, and who shall have it."""

    owner = forms.ChoiceField(label=gettext_lazy("To whom"))
    text = forms.CharField(max_length=4000, label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 6}))
    by = forms.ChoiceField(
        required=False,
        label=gettext_lazy("By"),
        choices=lambda: ways(("", gettext_lazy("word of mouth; nothing is sent"))),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, doing: str, people: list[tuple[str, str]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        words = _WORDS[doing]
        if not words.names_owner:
            del self.fields["owner"]
        else:
            field = self.fields["owner"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is declared above
            field.choices = people
        if doing != "answer":
            del self.fields["by"], self.fields["language"]
        self.fields["text"].required = words.needs_text
        self.fields["text"].label = str(words.text)


@dataclass(frozen=True, slots=True)
class _Words:
    """An act on a case as people know it."""

    title: Promise
    about: Promise
    text: Promise
    done: Promise
    needs_text: bool = True
    names_owner: bool = False


_WORDS: Mapping[str, _Words] = {
    "hand_over": _Words(
        gettext_lazy("Hand over"),
        gettext_lazy("Somebody else goes on with it."),
        gettext_lazy("What they should know"),
        gettext_lazy("The case is in other hands."),
        needs_text=False,
        names_owner=True,
    ),
    "answer": _Words(
        gettext_lazy("Answer"),
        gettext_lazy("What was told to the customer is kept with the case."),
        gettext_lazy("The answer"),
        gettext_lazy("The case is answered."),
    ),
    "wait": _Words(
        gettext_lazy("Let it wait"),
        gettext_lazy("It cannot go on until something happens."),
        gettext_lazy("For what it waits"),
        gettext_lazy("The case waits."),
    ),
    "note": _Words(
        gettext_lazy("Leave a note"),
        gettext_lazy("For colleagues only; the customer is not told."),
        gettext_lazy("Note"),
        gettext_lazy("The note was left."),
    ),
    "close": _Words(
        gettext_lazy("Close the case"),
        gettext_lazy("All is said and done. It can be opened again."),
        gettext_lazy("How it ended"),
        gettext_lazy("The case is closed."),
        needs_text=False,
    ),
    "reopen": _Words(
        gettext_lazy("Open it again"),
        gettext_lazy("It was not over after all."),
        gettext_lazy("Why"),
        gettext_lazy("The case is open again."),
        needs_text=False,
    ),
}


@may("do.cases")
@require_http_methods(["GET", "POST"])
def say(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Do something to a case that has words to it."""
    words = _WORDS.get(name)
    if words is None:
        raise Http404(name)
    with house.reading() as db:
        case = queries.case(db, number)
        if case is None:
            raise Http404(str(number))
        known = customers.customer(db, case.customer)
        people = _who_may_have(db, number) if words.names_owner else []
    act = Act(
        title=f"{words.title} · #{number}",
        about=str(words.about),
        button=str(words.title),
        command=_answer if name == "answer" else _said,
        done=lambda _filled: str(words.done),
        carry_out=at_once(lambda db, wanted, key, actor: _done(db, number, name, wanted, key, actor)),
    )
    return perform(request, act, SayForm, first=_first(known), doing=name, people=people)


def _who_may_have(db: Connection, number: int) -> list[tuple[str, str]]:
    """The colleagues a case can be handed to."""
    able = care.who_may_have(db, care.channel_of(db, number))
    return [each for each in colleagues(db) if each[0] in able]


def _first(known: CustomerView | None) -> dict[str, object]:
    """How an answer goes unless somebody chooses otherwise: in the customer's language, to where they are reached."""
    if known is None:
        return {"by": "", "language": "en"}
    return {
        "by": first_way(known.email, known.phone),
        "language": language_of(known.language, known.country),
    }


def _said(filled: dict[str, Any]) -> Said:
    return Said(filled["text"], filled.get("owner") or None)


def _answer(filled: dict[str, Any]) -> AnswerCase:
    return AnswerCase(text=filled["text"], by=filled["by"] or None, language=filled["language"])


def _done(db: Connection, number: int, name: str, wanted: Said | AnswerCase, key: str, actor: str) -> Any:
    if isinstance(wanted, AnswerCase):
        return care.answer_case(db, number, wanted, shop=shop_name(), key=key, actor=actor, now=utc_now())
    act: CaseAct = name  # type: ignore[assignment]  # an act by the table
    return care.act_on_case(db, number, act, wanted, key=key, actor=actor, now=utc_now())


@may("do.cases")
@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """Take a case into one's own hands."""
    person = reader(request)
    with house.changing() as db:
        held: Any | Refused = care.act_on_case(
            db, number, "take", Said(owner=person.username), key="", actor=person.actor, now=utc_now()
        )
    return said(in_words(held) if refused(held) else _("The case is yours."))
