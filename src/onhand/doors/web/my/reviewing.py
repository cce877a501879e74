"""What a customer thinks of an order: a page behind a link nobody can guess, for who need not sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onhand.core.asks import Actor
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.customers.reviews import actions, asking, queries
from onhand.customers.reviews.actions import LONGEST, NewReview, NewScore
from onhand.customers.reviews.asking import Delivered
from onhand.customers.reviews.queries import Review, Score
from onhand.customers.reviews.rules import SCORES, STARS, may_change
from onhand.doors.shop_name import shop_name
from onhand.doors.web import house
from onhand.doors.web.gates import public
from onhand.doors.web.my.gate import Visitor, own
from onhand.doors.web.refusals import in_words
from onhand.insight.own_orders import Reviewable, own_order, reviewable


@dataclass(frozen=True, slots=True)
class Part:
    """A line as it is asked about: its fields, unless its time is over, and what was written of it."""

    line: Reviewable
    stars: forms.BoundField | None
    text: forms.BoundField | None
    written: Review | None

    @property
    def open(self) -> bool:
        """Whether anything can be said of it still."""
        return self.stars is not None


class ReviewForm(forms.Form):
    """Stars and words for each line, and whether one would recommend the shop."""

    score = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(str(each), str(each)) for each in SCORES],
        label=gettext_lazy("How likely are you to recommend us to a friend?"),
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        required=False,
        max_length=LONGEST,
        label=gettext_lazy("Why?"),
        widget=forms.Textarea({"rows": 2, "class": "words"}),
    )

    def __init__(self, *args: Any, lines: list[Reviewable], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self._lines = lines
        for each in lines:
            self.fields[f"stars_{each.line}"] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                empty_value=None,
                choices=[(str(stars), str(stars)) for stars in STARS],
                label=each.name,
                widget=forms.RadioSelect,
            )
            self.fields[f"text_{each.line}"] = forms.CharField(
                required=False,
                max_length=LONGEST,
                label=_("What you think of it"),
                widget=forms.Textarea({"rows": 3, "class": "words"}),
            )

    def clean(self) -> dict[str, Any]:
        """Words about a product come with stars; and something must be said."""
        filled: dict[str, Any] = super().clean() or self.cleaned_data
        for each in self._lines:
            if filled.get(f"text_{each.line}") and not filled.get(f"stars_{each.line}"):
                self.add_error(f"stars_{each.line}", _("Say how many stars it deserves."))
        if not self.errors and not self.reviews() and filled.get("score") is None:
            raise forms.ValidationError(_("Choose stars for what you know, or tell us whether you would recommend us."))
        return filled

    def reviews(self) -> list[NewReview]:
        """What was said of the lines that have stars."""
        starred = [(each, self.cleaned_data.get(f"stars_{each.line}")) for each in self._lines]
        return [NewReview(each.line, each.sku, stars, self._words(each)) for each, stars in starred if stars]

    def _words(self, line: Reviewable) -> str:
        return str(self.cleaned_data.get(f"text_{line.line}") or "").strip()

    def said(self) -> NewScore | None:
        """Whether they would recommend the shop."""
        score = self.cleaned_data.get("score")
        return None if score is None else NewScore(score, self.cleaned_data.get("why", "").strip())


@public
@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whoever has the link, and write down what is said."""
    with house.reading() as db:
        order = asking.find(db, token)
    if order is None:
        raise Http404("review")
    return _asked(request, order, {})


@own
@require_http_methods(["GET", "POST"])
def of_order(request: HttpRequest, visitor: Visitor, channel: str, number: str) -> HttpResponse:
    """Ask a customer who is signed in about an order of theirs that has been delivered."""
    with house.reading() as db:
        found = own_order(db, visitor.customers, channel, number)
    if found is None or found.order.delivered_at is None or found.order.customer is None:
        raise Http404(number)
    order = Delivered(found.order.id, f"order/{channel}/{number}", found.order.customer)
    return _asked(request, order, {"visitor": visitor})


def _asked(request: HttpRequest, order: Delivered, frame: dict[str, Any]) -> HttpResponse:
    """The page; what was said before can be changed for thirty days."""
    with house.reading() as db:
        lines = reviewable(db, order.order)
        written = {each.line: each for each in queries.of_order(db, order.order)}
        score = queries.score_of(db, order.order)
    # A line whose time is over is shown, and asked about no more.
    open_lines = [each for each in lines if _open(written.get(each.line))]
    form = ReviewForm(request.POST or None, lines=open_lines, initial=_initial(written, score))
    if request.method == "POST" and form.is_valid() and _written(order, form):
        return redirect(f"{request.path}?said=thanks")
    facts = {
        **frame,
        "form": form,
        "number": order.about.rpartition("/")[2],
        "shop": shop_name(),
        "parts": [_part(form, each, written.get(each.line)) for each in lines],
        "thanks": request.GET.get("said") == "thanks",
    }
    return render(request, "my/review.html", facts, status=422 if request.method == "POST" else 200)


def _open(written: Review | None) -> bool:
    return written is None or may_change(written.written_at, utc_now())


def _initial(written: dict[int, Review], score: Score | None) -> dict[str, Any]:
    found: dict[str, Any] = {f"stars_{line}": each.stars for line, each in written.items()}
    found |= {f"text_{line}": each.text for line, each in written.items()}
    return found | ({"score": score.score, "why": score.why} if score else {})


def _part(form: ReviewForm, line: Reviewable, written: Review | None) -> Part:
    name = f"stars_{line.line}"
    if name not in form.fields:
        return Part(line, None, None, written)
    return Part(line, form[name], form[f"text_{line.line}"], written)


def _written(order: Delivered, form: ReviewForm) -> bool:
    actor = Actor(f"customer/{order.customer}", "my review")
    with house.changing() as db:
        answer = actions.write(db, order, form.reviews(), form.said(), actor=actor, now=utc_now())
    if refused(answer):
        form.add_error(None, in_words(answer))
        return False
    return True
