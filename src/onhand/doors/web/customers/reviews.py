"""Reviews as the house sees them: one, with what can be done about it; and how many would recommend the shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.pages import BadCursor
from onhand.customers.reviews import actions, queries
from onhand.customers.reviews.actions import LONGEST, Decision
from onhand.customers.reviews.queries import Month, Review
from onhand.customers.reviews.rules import Promotion, kind_of
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.charts import Chart, balanced
from onhand.doors.web.gates import may
from onhand.doors.web.wording import STATES

MONTHS: Final = 12
MOST_SAID: Final = 20
TONES: Final = {"promoter": "good", "passive": "calm", "detractor": "bad"}


class ReasonForm(Asking):
    """Why a review is not shown."""

    reason = forms.CharField(
        max_length=500,
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stays on record. Do not write down more about people than is needed."),
    )


class AnswerForm(Asking):
    """What the shop answers, for everybody to read."""

    answer = forms.CharField(
        max_length=LONGEST, label=gettext_lazy("The shop's answer"), widget=forms.Textarea({"rows": 4})
    )


@may("do.reviews")
@never_cache
@require_safe
def one(request: HttpRequest, number: UUID) -> HttpResponse:
    """A review, with what can be done about it."""
    found = _found(number)
    state, tone = STATES[found.state]
    facts = {
        "review": found,
        "state": state,
        "tone": tone,
        "order": found.about.split("/", 2)[1:],
        "drawn": "★" * found.stars + "☆" * (5 - found.stars),
        "here_now": request.path,
    }
    template = "reviews/body.html" if request.headers.get("HX-Request") else "reviews/one.html"
    return render(request, template, facts)


def _found(number: UUID) -> Review:
    with house.reading() as db:
        found = queries.review(db, number)
    if found is None:
        raise Http404(str(number))
    return found


@may("do.reviews")
@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, number: UUID) -> HttpResponse:
    """Let everybody read it."""
    _found(number)
    act: Act[Decision] = Act(
        title=_("Publish the review"),
        about=_("Everybody can read it, and its stars count. Whose it is is never shown."),
        button=_("Publish"),
        command=lambda _filled: Decision(number, "publish"),
        done=lambda _filled: _("The review is published."),
        carry_out=_decided,
    )
    return perform(request, act, Asking)


@may("do.reviews")
@never_cache
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, number: UUID) -> HttpResponse:
    """Let nobody read it."""
    _found(number)
    act: Act[Decision] = Act(
        title=_("Reject the review"),
        about=_("Nobody can read it, and its stars do not count. That it is not liked is no reason."),
        button=_("Reject"),
        command=lambda filled: Decision(number, "reject", reason=filled["reason"]),
        done=lambda _filled: _("The review is rejected."),
        tone="outline-danger",
        carry_out=_decided,
    )
    return perform(request, act, ReasonForm)


@may("do.reviews")
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, number: UUID) -> HttpResponse:
    """Answer it, for everybody to read."""
    found = _found(number)
    act: Act[Decision] = Act(
        title=_("Answer the review"),
        about=_("It stands below the review wherever that is shown."),
        button=_("Answer it"),
        command=lambda filled: Decision(number, "answer", answer=filled["answer"]),
        done=lambda _filled: _("The review is answered."),
        carry_out=_decided,
    )
    return perform(request, act, AnswerForm, first={"answer": found.answer})


def _decided(decision: Decision, person: Person, _key: str) -> Any:
    with house.changing() as db:
        return actions.decide(db, [decision], actor=person.actor, now=utc_now())[0]


@may("do.reviews")
@never_cache
@require_safe
def score(request: HttpRequest) -> HttpResponse:
    """Whether customers would recommend the shop: month by month, and why."""
    today = timezone.localdate()
    with house.reading() as db:
        months = queries.by_month(db, _months_ago(today, MONTHS - 1), timezone.get_current_timezone_name())
        try:
            said = queries.scores(db, after=request.GET.get("after") or None, most=MOST_SAID)
        except BadCursor as fault:
            raise Http404(str(fault)) from fault
    facts = {
        "chart": _chart(months),
        "months": [(_month_words(each.month), each.promotion) for each in reversed(months)],
        "all": _together(months),
        "said": [(each, TONES[kind_of(each.score)]) for each in said.items],
        "next": said.next,
    }
    return render(request, "reviews/score.html", facts)


def _months_ago(day: date, months: int) -> date:
    """The first day of the month so many months before a day's own."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _together(months: Sequence[Month]) -> Promotion:
    told = [each.promotion for each in months]
    return Promotion(
        sum(each.promoters for each in told), sum(each.passives for each in told), sum(each.detractors for each in told)
    )


def _chart(months: Sequence[Month]) -> Chart:
    """The score of each month in which anybody said anything."""
    points = [(_month_words(each.month), net) for each in months if (net := each.promotion.net) is not None]
    return balanced(_("Net promoter score, by month"), points)


def _month_words(month: date) -> str:
    return date_format(month, "M Y")
