"""How people want to hear of alerts: asked, and said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from onhand.access.privacy.vault import enroll, unlock
from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.messages.alerts.rules import Preference

PHONE = "messages_phone.number"
Wishes = Mapping[str, Preference]


def wishes(db: Connection, people: Iterable[str] | None = None) -> dict[str, dict[str, Preference]]:
    """What these people, or (None) all, said: by person and site, under no site what holds for all others."""
    named = None if people is None else sorted(set(people))
    found: dict[str, dict[str, Preference]] = {}
    for person, site, channels, *rest in db.execute(statement("messages", "preferences"), {"people": named}):
        found.setdefault(person, {})[site] = Preference(tuple(channels), *rest)
    return found


def wish(db: Connection, person: str, site: str, preference: Preference | None, *, actor: str, now: datetime) -> None:
    """Say how somebody wants to hear of a site's alerts (or all others'); None: as those who said nothing."""
    before = wishes(db, [person]).get(person, {}).get(site)
    if before == preference:
        return
    if preference is None:
        db.execute("DELETE FROM messages_preference WHERE person = %s AND site = %s", (person, site))
    else:
        values = {"person": person, "site": site, **msgspec.structs.asdict(preference)}
        db.execute(statement("messages", "save_preference"), values | {"channels": list(preference.channels)})
    data = {"site": site, "before": before, "after": preference}
    events.record(db, [events.fact("person.alerts_wished", f"person/{person}", actor, data)], now)


class EscalationView(NamedTuple):
    """Who is told when nobody acts for so long."""

    site: str
    after_minutes: int
    to: str


def escalations(db: Connection) -> list[EscalationView]:
    """What was said for each site, and under no site for all others."""
    rows = db.execute('SELECT site, after_minutes, "to" FROM messages_escalation ORDER BY site')
    return [EscalationView(*row) for row in rows]


def phones(db: Connection, people: Iterable[str]) -> dict[str, str]:
    """The numbers these people are texted at; who has said none is not among them."""
    rows = db.execute(
        "SELECT person, number FROM messages_phone WHERE person = ANY(%s)", (sorted(set(people)),)
    ).fetchall()
    vault = unlock(db, (f"person/{person}" for person, _ in rows))
    opened = {person: vault.open(f"person/{person}", PHONE, number) for person, number in rows}
    return {person: number for person, number in opened.items() if number}


def set_phone(db: Connection, person: str, number: str) -> None:
    """Say at which number somebody is texted; empty: at none any more."""
    if not number:
        db.execute("DELETE FROM messages_phone WHERE person = %s", (person,))
        return
    subject = f"person/{person}"
    sealed = enroll(db, [subject], hold=True).seal(subject, PHONE, number)
    db.execute(
        "INSERT INTO messages_phone (person, number) VALUES (%s, %s)"
        " ON CONFLICT (person) DO UPDATE SET number = EXCLUDED.number",
        (person, sealed),
    )
