"""What letters say: every template, its texts in three languages as the shop wants them, with an example beside."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform, said
from onhand.doors.web.gates import may, reader
from onhand.doors.web.refusals import in_words
from onhand.messages import templates, wording
from onhand.messages.templates import LANGUAGES, Template, Texts
from onhand.messages.wording import WriteTemplate

TEMPLATES: dict[str, Promise] = {
    "customer.message": gettext_lazy("A message to a customer"),
    "customer.code": gettext_lazy("A code to sign in with"),
    "customer.case": gettext_lazy("News of a customer's request"),
    "order.placed": gettext_lazy("An order was placed"),
    "order.state": gettext_lazy("News of an order"),
    "stock.wished": gettext_lazy("Goods are asked after"),
    "stock.back": gettext_lazy("Goods are back"),
    "review.ask": gettext_lazy("A review is asked for"),
    "alert.below_threshold": gettext_lazy("Alert: below the threshold"),
    "alert.will_run_out": gettext_lazy("Alert: will run out"),
    "alert.supply_late": gettext_lazy("Alert: a delivery is late"),
    "alert.digest": gettext_lazy("Several alerts in one letter"),
}


class TextsForm(forms.Form):
    """A template's texts."""

    subject = forms.CharField(max_length=200, label=gettext_lazy("Subject"))
    text = forms.CharField(max_length=10_000, label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 12}))
    short = forms.CharField(
        max_length=600,
        required=False,
        label=gettext_lazy("In short, as a text message"),
        widget=forms.Textarea({"rows": 3}),
    )


class Listed(NamedTuple):
    """A template in the list, and in which languages the shop has words of its own."""

    name: str
    title: Promise | str
    languages: list[tuple[str, str, bool]]


@may("do.templates")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every template."""
    names = dict(settings.LANGUAGES)
    with house.reading() as db:
        own = _own(db)
    listed = [
        Listed(
            name,
            TEMPLATES.get(name, name),
            [(language, names.get(language, language), (name, language) in own) for language in LANGUAGES],
        )
        for name in templates.built_in()
    ]
    return render(request, "messages/templates.html", {"listed": listed})


@may("do.templates")
@never_cache
@require_safe
def one(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """A template in a language: its texts to be changed, and what a letter would say."""
    template = _known(name, language)
    with house.reading() as db:
        texts = templates.in_force(db, [name])[name, language]
        own = (name, language) in _own(db)
    form = TextsForm(initial={"subject": texts.subject, "text": texts.text, "short": texts.short})
    part = "messages/template_form.html" if request.headers.get("HX-Request") else "messages/template.html"
    return render(request, part, {**_facts(template, language, texts), "form": form, "own": own})


@may("do.templates")
@never_cache
@require_POST
def preview(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """What a letter would say with the texts as they are typed, or what is wrong with them."""
    template = _known(name, language)
    texts = Texts(*(request.POST.get(each, "")[:10_000] for each in ("subject", "text", "short")))
    fault = wording.fault_in(WriteTemplate(name, language, texts.subject, texts.text, texts.short))  # type: ignore[arg-type]
    facts = {**_facts(template, language, texts), "fault": in_words(fault) if fault else ""}
    return render(request, "messages/preview.html", facts)


@may("do.templates")
@never_cache
@require_POST
def change(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """Keep the texts."""
    template = _known(name, language)
    form = TextsForm(request.POST)
    if form.is_valid():
        filled = form.cleaned_data
        wanted = WriteTemplate(name, language, filled["subject"], filled["text"], filled["short"])  # type: ignore[arg-type]
        with house.changing() as db:
            answer = wording.write(db, wanted, actor=reader(request).actor, now=utc_now())
        if not refused(answer):
            return said(_("It is saved; letters say so from now on."))
        form.add_error(answer.field if answer.field in form.fields else None, in_words(answer))
    texts = Texts(*(request.POST.get(each, "")[:10_000] for each in ("subject", "text", "short")))
    with house.reading() as db:
        own = (name, language) in _own(db)
    facts = {**_facts(template, language, texts), "form": form, "own": own}
    return render(request, "messages/template_form.html", facts, status=422)


@may("do.templates")
@never_cache
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, name: str, language: str) -> HttpResponse:
    """Let it say what it came with."""
    _known(name, language)

    def back(_wanted: object, person: Person, _key: str) -> Any:
        with house.changing() as db:
            return wording.take_back(db, name, language, actor=person.actor, now=utc_now())

    act: Act[Any] = Act(
        title=_("Back to the words it came with"),
        about=str(TEMPLATES.get(name, name)),
        button=_("Take ours away"),
        command=lambda _filled: (name, language),
        done=lambda _filled: _("It says again what it came with."),
        carry_out=back,
        tone="danger",
    )
    return perform(request, act, Asking)


def _known(name: str, language: str) -> Template:
    found = templates.built_in().get(name)
    if found is None or language not in LANGUAGES:
        raise Http404(name)
    return found


def _own(db: Connection) -> set[tuple[str, str]]:
    return templates.rewritten(db)


def _facts(template: Template, language: str, texts: Texts) -> dict[str, Any]:
    example = template.example(language)
    return {
        "name": template.name,
        "title": TEMPLATES.get(template.name, template.name),
        "language": language,
        "language_name": dict(settings.LANGUAGES).get(language, language),
        "languages": [(each, dict(settings.LANGUAGES).get(each, each)) for each in LANGUAGES],
        "variables": [(f"{{{name}}}", value, name in template.needs) for name, value in example.items()],
        "shown": templates.rendered(texts, example),
    }
