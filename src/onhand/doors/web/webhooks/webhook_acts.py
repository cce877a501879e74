"""What people do with webhooks: set one up, change, try and end it, renew its secret, send dead letters again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onhand.access.models import Person
from onhand.connect.webhooks import actions, queries
from onhand.connect.webhooks.queries import WebhookView
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.texts import CODE
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.gates import may
from onhand.doors.web.webhooks.webhooks import counted, families, known

T = TypeVar("T")

MOST_NAMED = 100
LONGEST_OVERLAP_HOURS = 168
_EXAMPLE = "https://shop.example/onhand"


class Several(forms.CharField):
    """Several words, one a line or between commas; each must look as ``each`` says, or it is named in ``fault``."""

    def __init__(self, *, each: str, longest: int, fault: Any, blanks: bool = False, **facts: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocapitalize": "off"}), **facts)
        self._each, self._longest, self._fault = re.compile(each), longest, fault
        # A code may have blanks within; a kind of event has none.
        self._between = re.compile(r"[,\n]+" if blanks else r"[,\s]+")

    def clean(self, value: Any) -> list[str]:
        """The words, each once."""
        words = list(dict.fromkeys(filter(None, map(str.strip, self._between.split(super().clean(value))))))
        if self.required and not words:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(words) > MOST_NAMED:
            raise ValidationError(_("Name %(most)s at most.") % {"most": MOST_NAMED})
        for word in words:
            if len(word) > self._longest or not self._each.match(word):
                raise ValidationError(self._fault, params={"word": word[: self._longest]})
        return words

    def prepare_value(self, value: Any) -> Any:
        """One a line."""
        return "\n".join(value) if isinstance(value, list) else value


def _codes(label: Any) -> Several:
    """Codes that an event must name one of."""
    return Several(
        each=CODE,
        longest=64,
        blanks=True,
        required=False,
        label=label,
        help_text=gettext_lazy(
            "Codes, one a line. Only events that name one of them are sent; leave it empty for all."
        ),
        fault=gettext_lazy("%(word)s is no code: take out what cannot be seen, and write 64 characters at most."),
    )


class WebhookForm(Asking):
    """An address, and what it wants to hear."""

    url = forms.CharField(
        max_length=2000,
        label=gettext_lazy("Address"),
        help_text=_EXAMPLE,
        widget=forms.TextInput({"inputmode": "url", "spellcheck": "false", "autocapitalize": "off"}),
    )
    kinds = Several(
        each=actions.KIND_WANTED,
        longest=100,
        label=gettext_lazy("Kinds of events"),
        fault=gettext_lazy("%(word)s is no kind of event; write one such as order.placed, order.* or *."),
    )
    sites = _codes(gettext_lazy("Sites"))
    channels = _codes(gettext_lazy("Channels"))
    description = forms.CharField(max_length=500, required=False, label=gettext_lazy("Description"))

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["kinds"].help_text = _(
            "One a line: order.placed for one kind, order.* for a family, * for all of the trade's."
            " Families: %(families)s."
        ) % {"families": ", ".join(families())}


class SecretForm(Asking):
    """For how long posts are signed with the old secret, too."""

    overlap_hours = forms.IntegerField(
        min_value=0,
        max_value=LONGEST_OVERLAP_HOURS,
        label=gettext_lazy("Hours for which the old one holds, too"),
        help_text=gettext_lazy("Posts carry a signature by each of them meanwhile, so the receiver can change over."),
    )


class PingForm(Asking):
    """What comes with a ping."""

    note = forms.CharField(max_length=500, required=False, label=gettext_lazy("Note"))


@may("do.webhooks")
@never_cache
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Have events sent to an address. Its secret is shown then, and never again."""
    act: Act[actions.NewWebhook] = Act(
        title=_("Send events to an address"),
        about=_("Events are posted there as they happen, from now on, each signed with a secret that is shown once."),
        button=_("Send them"),
        command=lambda filled: actions.NewWebhook(**_wanted(filled)),
        done=lambda _filled: "",
        carry_out=_in_house(
            lambda db, wanted, actor: actions.create(db, wanted, actor=actor, now=utc_now(), loopback=house.loopback())
        ),
        then=lambda made: _secret(request, made.webhook, made.secret),
    )
    return perform(request, act, WebhookForm)


@may("do.webhooks")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """Say anew where to post, and what."""
    found = _found(webhook)
    act: Act[actions.ChangeWebhook] = Act(
        title=_("Change the webhook"),
        about=_("It holds for events from now on; what waits already is posted to the new address."),
        button=_("Save it"),
        command=lambda filled: actions.ChangeWebhook(**_wanted(filled)),
        done=lambda _filled: _("The webhook is saved."),
        carry_out=_changing(webhook),
    )
    first = {name: getattr(found, name) for name in ("url", "kinds", "sites", "channels", "description")}
    return perform(request, act, WebhookForm, first=first)


@may("do.webhooks")
@require_http_methods(["GET", "POST"])
def disable(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """Send nothing more there."""
    found = _found(webhook)
    about = ngettext(
        "Nothing more is sent there. %(n)s delivery that waits becomes a dead letter, which can be sent again later.",
        "Nothing more is sent there. %(n)s deliveries that wait become dead letters, which can be sent again later.",
        found.waiting,
    ) % {"n": counted(found.waiting)}
    act: Act[actions.ChangeWebhook] = Act(
        title=_("Disable the webhook"),
        about=about,
        button=_("Disable it"),
        command=lambda _filled: actions.ChangeWebhook(state="disabled"),
        done=lambda _filled: _("The webhook is disabled."),
        tone="outline-danger",
        carry_out=_changing(webhook),
    )
    return perform(request, act, Asking)


@may("do.webhooks")
@require_http_methods(["GET", "POST"])
def enable(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """Send events there again."""
    _found(webhook)
    act: Act[actions.ChangeWebhook] = Act(
        title=_("Enable the webhook"),
        about=_("It hears what happens from now on. What happened meanwhile is not sent; dead letters can be."),
        button=_("Enable it"),
        command=lambda _filled: actions.ChangeWebhook(state="enabled"),
        done=lambda _filled: _("The webhook is enabled."),
        carry_out=_changing(webhook),
    )
    return perform(request, act, Asking)


@may("do.webhooks")
@never_cache
@require_http_methods(["GET", "POST"])
def secret(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """A new secret, shown now and never again."""
    found = _found(webhook)
    act: Act[actions.RotateSecret] = Act(
        title=_("New secret"),
        about=_("It is shown once. Give it to the receiver before the old one ends."),
        button=_("Make it"),
        command=lambda filled: actions.RotateSecret(filled["overlap_hours"]),
        done=lambda _filled: "",
        carry_out=_in_house(
            lambda db, wanted, actor: actions.rotate_secret(db, webhook, wanted, actor=actor, now=utc_now())
        ),
        then=lambda made: _secret(request, found, made.secret, made.old_until),
    )
    return perform(request, act, SecretForm, first={"overlap_hours": actions.RotateSecret().overlap_hours})


@may("do.webhooks")
@require_http_methods(["GET", "POST"])
def ping(request: HttpRequest, webhook: UUID) -> HttpResponse:
    """Post something of no consequence."""
    _found(webhook)
    act: Act[actions.PingWebhook] = Act(
        title=_("Send a ping"),
        about=_("A post of no consequence, to see whether it arrives. It is listed among the deliveries."),
        button=_("Send it"),
        command=lambda filled: actions.PingWebhook(filled["note"]),
        done=lambda _filled: _("A ping is on its way."),
        carry_out=_in_house(lambda db, wanted, actor: actions.ping(db, webhook, wanted, actor=actor, now=utc_now())),
    )
    return perform(request, act, PingForm)


@may("do.webhooks")
@require_http_methods(["GET", "POST"])
def replay(request: HttpRequest, webhook: UUID, number: int | None = None) -> HttpResponse:
    """Send a dead letter again, or all of them."""
    found = _found(webhook)
    wanted = actions.ReplayDeliveries([] if number is None else [number])
    act: Act[actions.ReplayDeliveries] = Act(
        title=_("Send dead letters again") if number is None else _("Send it again"),
        about=_again(found, number),
        button=_("Send them again") if number is None else _("Send it again"),
        command=lambda _filled: wanted,
        done=lambda _filled: _("What was dead waits to be sent again."),
        carry_out=_in_house(lambda db, wanted, _actor: actions.replay(db, webhook, wanted, now=utc_now())),
    )
    return perform(request, act, Asking)


def _again(found: WebhookView, number: int | None) -> str:
    if number is not None:
        return _("It keeps its name, so a receiver who has it already knows it.")
    return ngettext(
        "%(n)s is sent again under the name it had, so a receiver who has it already knows it.",
        "%(n)s are sent again under the names they had, so a receiver who has them already knows them.",
        found.dead,
    ) % {"n": counted(found.dead)}


def _found(webhook: UUID) -> WebhookView:
    with house.reading() as db:
        return known(queries.webhook(db, webhook))


def _wanted(filled: dict[str, Any]) -> dict[str, Any]:
    return {name: filled[name] for name in ("url", "kinds", "sites", "channels", "description")}


def _in_house(verb: Callable[[Connection, T, str], Any]) -> Callable[[T, Person, str], Any]:
    """Carry a verb out in a transaction of its own; a webhook that nobody made is not found."""

    def carried_out(wanted: T, person: Person, _key: str) -> Any:
        with house.changing(house.SECONDS_FOR_MANY) as db:
            answer = verb(db, wanted, person.actor)
        if answer is None:
            raise Http404("webhook")
        return answer

    return carried_out


def _changing(webhook: UUID) -> Callable[[actions.ChangeWebhook, Person, str], Any]:
    def verb(db: Connection, wanted: actions.ChangeWebhook, actor: str) -> Any:
        return actions.change(db, webhook, wanted, actor=actor, now=utc_now(), loopback=house.loopback())

    return _in_house(verb)


def _secret(request: HttpRequest, webhook: WebhookView, text: str, old_until: Any = None) -> HttpResponse:
    """The secret, in the drawer; it is in no other answer."""
    answer = render(request, "webhooks/secret.html", {"webhook": webhook, "secret": text, "old_until": old_until})
    answer["HX-Trigger"] = "changed"
    return answer
