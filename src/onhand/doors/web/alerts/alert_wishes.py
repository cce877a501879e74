"""How somebody hears of alerts, said by themselves; and to whom alerts are handed up when nobody acts."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from onhand.access.models import Person
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.doors.web import house
from onhand.doors.web.acts import Act, Asking, perform
from onhand.doors.web.alerts import alert_devices
from onhand.doors.web.approving.confirming import Change, Look
from onhand.doors.web.gates import may, reader, signed_in
from onhand.doors.web.people.permission_words import ROLES, role_words
from onhand.flows import care
from onhand.messages.alerts import actions, preferences
from onhand.messages.alerts.preferences import EscalationView
from onhand.messages.alerts.rules import Channel, Preference
from onhand.places import queries as places

EVERYWHERE: Final = "all"
WAYS: dict[str, Promise] = {
    "email": gettext_lazy("by e-mail"),
    "sms": gettext_lazy("by text message"),
    "push": gettext_lazy("on my devices"),
    "email_push": gettext_lazy("by e-mail and on my devices"),
    "sms_push": gettext_lazy("by text message and on my devices"),
    "page": gettext_lazy("on the page only"),
    "none": gettext_lazy("not at all"),
}
_CHANNELS: dict[str, tuple[Channel, ...]] = {
    "email": ("email",),
    "sms": ("sms",),
    "push": ("push",),
    "email_push": ("email", "push"),
    "sms_push": ("sms", "push"),
}
PACES: dict[str, Promise] = {
    "at_once": gettext_lazy("at once"),
    "digest": gettext_lazy("once a day"),
}


class WishForm(Asking):
    """How to hear."""

    way = forms.ChoiceField(choices=list(WAYS.items()), label=gettext_lazy("How"))
    phone = forms.RegexField(
        r"^\+[1-9][\d\s().\-/]{6,24}$",
        required=False,
        label=gettext_lazy("Telephone number to text to"),
        help_text=gettext_lazy("With its country, as in +34 600 123 456; one number for all sites."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    pace = forms.ChoiceField(
        choices=list(PACES.items()),
        label=gettext_lazy("When"),
        help_text=gettext_lazy("What comes soon after a letter is gathered into the next one, in any case."),
    )
    digest_at = forms.TimeField(
        label=gettext_lazy("Once a day at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_from = forms.TimeField(
        required=False, label=gettext_lazy("Nothing from"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        required=False,
        label=gettext_lazy("until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy(
            "By the clock of the site. What happens meanwhile is told afterwards, if it is still so."
        ),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        missing = {"sms": not settings.TEXTS, "push": not settings.PUSHES}
        closed = {channel for channel, closed in missing.items() if closed}
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            each for each in WAYS.items() if not closed & set(_CHANNELS.get(each[0], ()))
        ]
        if not settings.TEXTS:
            del self.fields["phone"]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and an end, and a text needs a number to go to."""
        filled = super().clean() or {}
        if "sms" in _CHANNELS.get(filled.get("way", ""), ()) and not filled.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Say the number to text to."))
        if (filled.get("quiet_from") is None) != (filled.get("quiet_until") is None):
            raise ValidationError(_("Say both from when and until when nothing shall come, or neither."))
        return filled


class SiteWishForm(WishForm):
    """How to hear of one site."""

    site = forms.ChoiceField(label=gettext_lazy("Site"))
    field_order = ("site",)

    def __init__(self, *given: Any, sites: dict[str, str], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["site"].choices = list(sites.items())  # type: ignore[attr-defined]


class Wished(NamedTuple):
    """What somebody said for a site, in words."""

    site: str
    name: str
    way: str
    when: str
    quiet: str
    said: bool


@signed_in
@never_cache
@require_safe
def wishes(request: HttpRequest) -> HttpResponse:
    """How the reader hears of alerts."""
    person = reader(request)
    with house.reading() as db:
        said = preferences.wishes(db, [person.username]).get(person.username, {})
        sites = _sites(db)
    shown = [_shown("", _("Everywhere else") if len(said) > 1 or ("" not in said and said) else _("Everywhere"), said)]
    shown += [_shown(site, sites.get(site, site), said) for site in sorted(said) if site]
    facts = {
        "wished": shown,
        "decides": person.may("do.thresholds"),
        "email": person.email,
        "devices": alert_devices.shown(request, wished=any("push" in each.channels for each in said.values())),
        "here_now": request.get_full_path(),
    }
    return render(request, "you/alerts_rows.html" if request.headers.get("HX-Request") else "you/alerts.html", facts)


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def wish(request: HttpRequest, site: str = "") -> HttpResponse:
    """Say it for a site, or for all others."""
    person = reader(request)
    with house.reading() as db:
        said = preferences.wishes(db, [person.username]).get(person.username, {})
        phone = preferences.phones(db, [person.username]).get(person.username, "")
        if site and site not in _sites(db):
            raise Http404(site)
    act: Act[Any] = Act(
        title=_("How you hear of alerts"),
        about=site,
        button=_("Save it"),
        command=lambda filled: (site, _preference(filled), filled.get("phone")),
        done=lambda _filled: _("It is saved, and holds from now on."),
        carry_out=_say,
    )
    return perform(request, act, WishForm, first=_first(said.get(site, said.get("", Preference())), phone))


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def wish_for_site(request: HttpRequest) -> HttpResponse:
    """Say it for one more site."""
    person = reader(request)
    with house.reading() as db:
        said = preferences.wishes(db, [person.username]).get(person.username, {})
        phone = preferences.phones(db, [person.username]).get(person.username, "")
        sites = {code: name for code, name in _sites(db).items() if code not in said}
    act: Act[Any] = Act(
        title=_("A site of its own"),
        about="",
        button=_("Save it"),
        command=lambda filled: (filled["site"], _preference(filled), filled.get("phone")),
        done=lambda _filled: _("It is saved, and holds from now on."),
        carry_out=_say,
    )
    return perform(request, act, SiteWishForm, first=_first(said.get("", Preference()), phone), sites=sites)


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def unwish(request: HttpRequest, site: str) -> HttpResponse:
    """Take back what was said for a site."""
    act: Act[Any] = Act(
        title=_("As everywhere else"),
        about=site,
        button=_("Take it away"),
        command=lambda _filled: (site, None, None),
        done=lambda _filled: _("It is as everywhere else."),
        carry_out=_say,
    )
    return perform(request, act, Asking)


def _say(wanted: tuple[str, Preference | None, str | None], person: Person, _key: str) -> None:
    site, preference, phone = wanted
    with house.changing() as db:
        if phone is not None:
            preferences.set_phone(db, person.username, phone)
        preferences.wish(db, person.username, site, preference, actor=person.actor, now=utc_now())


def _preference(filled: dict[str, Any]) -> Preference:
    return Preference(
        _CHANNELS.get(filled["way"], ()),
        filled["way"] == "none",
        filled["pace"],
        filled["digest_at"],
        filled["quiet_from"],
        filled["quiet_until"],
    )


def _way(wish: Preference) -> str:
    if wish.muted:
        return "none"
    return next((way for way, channels in _CHANNELS.items() if channels == wish.channels), "page")


def _first(wish: Preference, phone: str) -> dict[str, object]:
    return {
        "phone": phone,
        "way": _way(wish),
        "pace": wish.pace,
        "digest_at": wish.digest_at,
        "quiet_from": wish.quiet_from,
        "quiet_until": wish.quiet_until,
    }


def _shown(site: str, name: str, said: dict[str, Preference]) -> Wished:
    wish = said.get(site, Preference())
    when = str(PACES[wish.pace]) + (f", {wish.digest_at:%H:%M}" if wish.pace == "digest" else "")
    quiet = f"{wish.quiet_from:%H:%M}–{wish.quiet_until:%H:%M}" if wish.quiet_from and wish.quiet_until else ""
    return Wished(
        site, name, str(WAYS[_way(wish)]), when if wish.channels and not wish.muted else "", quiet, site in said
    )


def _sites(db: Connection) -> dict[str, str]:
    return {code: site.name for code, site in places.all_sites(db).items()}


class EscalationForm(Asking):
    """To whom, after how long."""

    after_minutes = forms.IntegerField(
        min_value=1, max_value=20_160, label=gettext_lazy("After so many minutes"), required=True
    )
    role = forms.ChoiceField(label=gettext_lazy("To everybody who is"), required=False)
    person = forms.CharField(
        max_length=150,
        required=False,
        label=gettext_lazy("or to one person"),
        help_text=gettext_lazy("By the name they sign in with."),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        choices = [("", "–"), *((name, role_words(name)) for name in ROLES if name not in {"customer", "supplier"})]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        filled = super().clean() or {}
        if bool(filled.get("role")) == bool(filled.get("person")):
            raise ValidationError(_("Choose a role, or name a person."))
        return filled


class Handed(NamedTuple):
    """To whom a site's alerts are handed up, in words."""

    site: str
    name: str
    after: str
    to: str


@may("do.thresholds")
@never_cache
@require_safe
def escalations(request: HttpRequest) -> HttpResponse:
    """To whom alerts are handed up."""
    person = reader(request)
    with house.reading() as db:
        found = {each.site: each for each in preferences.escalations(db)}
        sites = _sites(db)
    mine = [("", _("All others")), *sites.items()]
    facts = {
        "handed": [_handed(site, name, found.get(site)) for site, name in mine if _may(person, site)],
        "here_now": request.get_full_path(),
    }
    part = "alerts/escalation_rows.html" if request.headers.get("HX-Request") else "alerts/escalation.html"
    return render(request, part, facts)


@may("do.thresholds")
@never_cache
@require_http_methods(["GET", "POST"])
def escalate(request: HttpRequest, site: str) -> HttpResponse:
    """Say it for a site, or for all others."""
    code = "" if site == EVERYWHERE else site
    with house.reading() as db:
        _known(db, request, code)
        was = next((each for each in preferences.escalations(db) if each.site == code), None)
    act: Act[Any] = Act(
        title=_("When nobody acts"),
        about=code or _("All others"),
        button=_("Save it"),
        command=lambda filled: (
            code,
            filled["after_minutes"],
            f"role/{filled['role']}" if filled["role"] else f"person/{filled['person']}",
        ),
        done=lambda _filled: _("It is saved, and holds from now on."),
        carry_out=_set_escalation,
        look=lambda _db, wanted: Look([_change(code, was, EscalationView(*wanted))], was),
        permission="do.thresholds",
    )
    return perform(request, act, EscalationForm, first=_first_escalation(was))


@may("do.thresholds")
@never_cache
@require_http_methods(["GET", "POST"])
def end_escalation(request: HttpRequest, site: str) -> HttpResponse:
    """Hand them up to nobody any more."""
    code = "" if site == EVERYWHERE else site
    with house.reading() as db:
        _known(db, request, code)
        was = next((each for each in preferences.escalations(db) if each.site == code), None)
    act: Act[Any] = Act(
        title=_("Hand up to nobody"),
        about=code or _("All others"),
        button=_("Hand up to nobody"),
        command=lambda _filled: (code, None, ""),
        done=lambda _filled: _("It is saved, and holds from now on."),
        carry_out=_set_escalation,
        look=lambda _db, _wanted: Look([_change(code, was, None)], was),
        permission="do.thresholds",
        tone="danger",
    )
    return perform(request, act, Asking)


def _set_escalation(wanted: tuple[str, int | None, str], person: Person, _key: str) -> Any:
    site, after, to = wanted
    kind, _sep, name = to.partition("/")
    with house.changing() as db:
        if kind == "person" and (nobody := care.no_such_owner(db, name)):
            return Refused("unknown_person", nobody.detail, "person")
        actions.set_escalation(db, site, after_minutes=after, to=to, actor=person.actor, now=utc_now())
        return None


def _known(db: Connection, request: HttpRequest, site: str) -> None:
    if site and site not in _sites(db):
        raise Http404(site)
    if not _may(reader(request), site):
        raise PermissionDenied("do.thresholds")


def _may(person: Person, site: str) -> bool:
    """Whether somebody may decide it for a site; for all others only who may decide everywhere."""
    if site:
        return person.may("do.thresholds", site)
    return person.standing.sites("do.thresholds") is None


def _first_escalation(was: EscalationView | None) -> dict[str, object]:
    if was is None:
        return {"after_minutes": 60}
    kind, _sep, name = was.to.partition("/")
    return {"after_minutes": was.after_minutes, kind: name}


def _handed(site: str, name: str, found: EscalationView | None) -> Handed:
    return Handed(site or EVERYWHERE, name, *(_in_words(found) if found else ("", "")))


def _in_words(found: EscalationView) -> tuple[str, str]:
    kind, _sep, name = found.to.partition("/")
    after = _("after %(minutes)s minutes") % {"minutes": found.after_minutes}
    return after, role_words(name) if kind == "role" else name


def _change(site: str, was: EscalationView | None, then: EscalationView | None) -> Change:
    before, after = (", ".join(_in_words(each)) if each else _("nobody") for each in (was, then))
    return Change(site or _("All others"), before, after)
