"""The house's health: uptime against what is promised, errors, how long answers take, what waits, incidents."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onhand.core import events
from onhand.core import settings as configuration
from onhand.core.backup import records
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.health import queries
from onhand.core.health.queries import IncidentView, Server, Step, Up
from onhand.core.health.rules import UPTIME_PROMISED, Traffic, percentile, summed
from onhand.doors.jobs.caretaker import certificate_days, free_disk
from onhand.doors.web import house
from onhand.doors.web.charts import Chart, bars, line
from onhand.doors.web.gates import may, reader
from onhand.doors.web.wording import DASH, quantity

# Longer than a page usually may, and shorter than a browser waits (see base.html).
SECONDS_TO_COUNT = 12
MOST_INCIDENTS = 20
DAY = timedelta(days=1)


class Span(NamedTuple):
    """How far back is looked, and in which steps charts are drawn."""

    words: Promise
    back: timedelta
    step: timedelta


SPANS: dict[str, Span] = {
    "24h": Span(gettext_lazy("24 hours"), DAY, timedelta(minutes=30)),
    "30d": Span(gettext_lazy("30 days"), 30 * DAY, DAY),
    "90d": Span(gettext_lazy("90 days"), 90 * DAY, 3 * DAY),
}
DOORS: dict[str, Promise] = {
    "pages": gettext_lazy("Pages"),
    "api": gettext_lazy("API"),
    "live": gettext_lazy("Live stream"),
}
KINDS: dict[str, Promise] = {
    "down": gettext_lazy("Nobody served"),
    "errors": gettext_lazy("Requests fail"),
    "slow": gettext_lazy("Answers take long"),
    "behind": gettext_lazy("A follower is behind"),
    "queue": gettext_lazy("The writer's queue is long"),
    "disk": gettext_lazy("The disk is nearly full"),
    "connections": gettext_lazy("The database has few connections left"),
    "transaction": gettext_lazy("A transaction does not end"),
    "certificate": gettext_lazy("The certificate ends soon"),
    "backup": gettext_lazy("The last backup is old"),
    "drill": gettext_lazy("No restore was drilled lately, or the last one failed"),
}
SEVERITIES: dict[str, tuple[Promise, str]] = {
    "critical": (gettext_lazy("critical"), "bad"),
    "major": (gettext_lazy("major"), "warn"),
    "minor": (gettext_lazy("minor"), "calm"),
}


class Uptime(NamedTuple):
    """Uptime over a span, in words, and whether the promise is kept."""

    span: Promise
    words: str
    tone: str
    down: str


class Door(NamedTuple):
    """A door's requests in words."""

    name: Promise | str
    requests: str
    errors: str
    tone: str
    half: str
    most: str
    nearly_all: str


class Shown(NamedTuple):
    """An incident in words."""

    incident: IncidentView
    title: Promise | str
    facts: str
    severity: Promise
    tone: str
    acknowledged_after: str
    resolved_after: str


class Care(NamedTuple):
    """Something that has to be looked after, and whether it was."""

    name: str
    words: str
    tone: str = ""
    at: datetime | None = None


@may("see.health")
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The page, or what changes of it."""
    name = request.GET.get("span", "24h")
    if name not in SPANS:
        raise Http404(name)
    now, span = utc_now(), SPANS[name]
    with house.reading(SECONDS_TO_COUNT) as db:
        facts = {
            "span": name,
            "spans": {each: found.words for each, found in SPANS.items()},
            "uptimes": _uptimes(db, now),
            "promised": _percent(UPTIME_PROMISED, 2),
            **_traffic(db, span, now),
            "server": _server(queries.server(db)),
            "behind": events.behind(db),
            "cares": _cares(db, now),
            "queued": quantity(queries.queued(db, now)),
            "incidents": [shown(each) for each in queries.incidents(db, most=MOST_INCIDENTS).items],
            "response": _response(db, now),
            "here_now": request.get_full_path(),
            "may_act": reader(request).may("do.health"),
        }
    return render(request, "health/body.html" if request.headers.get("HX-Request") else "health/page.html", facts)


def shown(incident: IncidentView) -> Shown:
    """An incident in words."""
    by_hand = incident.kind not in KINDS
    title: Promise | str = incident.about if by_hand else KINDS[incident.kind]
    known = {str(key): str(value) for key, value in DOORS.items()}
    about = "" if by_hand else known.get(incident.about, incident.about)
    figures = [_figure(name, value) for name, value in incident.facts.items()]
    words, tone = SEVERITIES[incident.severity]
    return Shown(
        incident,
        title,
        " · ".join(filter(None, [about, *figures, incident.note])),
        words,
        "calm" if incident.resolved_at else tone,
        _lasted(incident.opened_at, incident.acknowledged_at),
        _lasted(incident.opened_at, incident.resolved_at),
    )


def _figure(name: str, value: Any) -> str:
    if name == "seconds":
        return _("%(n)s seconds") % {"n": quantity(value)}
    if name == "hours":
        return _("%(n)s hours") % {"n": quantity(value)}
    if name == "days":
        return _("%(n)s days") % {"n": quantity(value)}
    return f"{quantity(value)} %"


def _lasted(begin: datetime, end: datetime | None) -> str:
    return _duration((end - begin).total_seconds()) if end else DASH


def _duration(seconds: float | None) -> str:
    """A length of time, as people say it."""
    if seconds is None:
        return DASH
    if seconds < 90:
        return ngettext("%(n)s second", "%(n)s seconds", round(seconds)) % {"n": quantity(round(seconds))}
    if seconds < 5400:
        minutes = round(seconds / 60)
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": quantity(minutes)}
    hours = round(seconds / 3600, 1)
    return _("%(n)s hours") % {"n": number_format(hours, 1)}


def _percent(part: float | None, decimals: int) -> str:
    return DASH if part is None else f"{number_format(100 * part, decimals)} %"


def _uptimes(db: Connection, now: datetime) -> list[Uptime]:
    found = []
    for span in SPANS.values():
        steps = queries.up(db, now - span.back, now, step=span.step)
        part = queries.uptime(steps)
        down = sum(each.seconds - each.up for each in steps)
        tone = "bad" if part is not None and part < UPTIME_PROMISED else ""
        # Rounded down: what was not reached is never shown as if it were.
        shown_part = None if part is None else int(part * 100_000) / 100_000
        found.append(Uptime(span.words, _percent(shown_part, 3), tone, _duration(down) if down else ""))
    return found


def _traffic(db: Connection, span: Span, now: datetime) -> dict[str, Any]:
    since = now - span.back
    steps, ups = queries.traffic(db, since, now, step=span.step), queries.up(db, since, now, step=span.step)
    doors = queries.by_door(steps)
    whole = summed(doors.values())
    return {
        "doors": [_door(name, doors[name]) for name in DOORS if name in doors],
        "error_rate": _percent(whole.error_rate if whole.requests else None, 2),
        "error_tone": "bad" if whole.error_rate > 0.01 else "",
        "charts": _charts(span, steps, ups),
    }


def _door(name: str, traffic: Traffic) -> Door:
    half, most, nearly = (_seconds(percentile(traffic.slower, part)) for part in (0.5, 0.95, 0.99))
    tone = "bad" if traffic.error_rate > 0.01 else ""
    errors = _percent(traffic.error_rate, 2)
    return Door(DOORS.get(name, name), quantity(traffic.requests), errors, tone, half, most, nearly)


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return DASH
    return f"{number_format(1000 * seconds, 0)} ms" if seconds < 1 else f"{number_format(seconds, 1)} s"


def _charts(span: Span, steps: Sequence[Step], ups: Sequence[Up]) -> list[Chart]:
    times = sorted({each.at for each in ups} | {each.at for each in steps})
    served = {each.at: each for each in ups}
    taken = {at: summed(each.traffic for each in steps if each.at == at) for at in times}
    return [
        bars(_("Seconds in which nobody served"), [(_label(span, at), _down(served.get(at))) for at in times]),
        line(_("Answers within (95 of 100), ms"), [(_label(span, at), _slow(taken[at])) for at in times]),
        bars(_("Requests"), [(_label(span, at), taken[at].requests) for at in times]),
        bars(_("Requests that failed"), [(_label(span, at), taken[at].errors) for at in times]),
    ]


def _down(found: Up | None) -> int:
    return max(0, found.seconds - found.up) if found else 0


def _slow(traffic: Traffic) -> int:
    return round(1000 * (percentile(traffic.slower, 0.95) or 0))


def _label(span: Span, at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i" if span.step < DAY else "j. n.")


def _server(server: Server) -> list[Care]:
    return [
        Care(_("Connections"), f"{quantity(server.connections)} / {quantity(server.most_connections)}"),
        Care(_("Size"), f"{number_format(server.bytes / 1e6, 0)} MB"),
        Care(_("Oldest transaction"), _duration(server.transaction_seconds)),
        Care(
            _("Standbys"),
            f"{quantity(server.standbys)}"
            + (f" · {_duration(server.standby_seconds)}" if server.standby_seconds is not None else ""),
        ),
        Care(_("PostgreSQL"), server.version),
    ]


def _cares(db: Connection, now: datetime) -> list[Care]:
    settings = configuration.read()
    free, days = free_disk(settings.data), certificate_days(settings, now)
    certificate = (
        Care(_("Certificate"), _("%(n)s days left") % {"n": quantity(int(days))}, "bad" if days < 14 else "")
        if days is not None
        else Care(_("Certificate"), _("the proxy's"))
    )
    backup, drill = records.last_backup(db), records.last_drill(db)
    failed = drill is not None and not drill.passed
    return [
        _kept(_("Last backup"), backup.at if backup else None, now, hours=26),
        _kept(_("Last restore drilled"), drill.at if drill else None, now, hours=100 * 24, failed=failed),
        certificate,
        Care(_("Disk that is free"), _percent(free, 0), "bad" if free < 0.1 else ""),
        Care("Onhand", version("onhand")),
        Care("Python", platform.python_version()),
    ]


def _kept(name: str, at: datetime | None, now: datetime, *, hours: float, failed: bool = False) -> Care:
    if at is None:
        return Care(name, _("never"), "warn")
    old = now - at > timedelta(hours=hours)
    return Care(name, _("failed") if failed else "", "bad" if failed or old else "", at)


def _response(db: Connection, now: datetime) -> list[tuple[str, str]]:
    found = queries.response(db, now - 90 * DAY)
    return [
        (_("Incidents in 90 days"), quantity(found.incidents)),
        (_("Until somebody came"), _duration(found.acknowledged_after)),
        (_("Until it was over"), _duration(found.resolved_after)),
    ]
