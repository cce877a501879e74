"""Watching: what is new in the log is held against the rules; alerts are looked at and closed; networks brought in."""

from __future__ import annotations

import csv
import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from onhand.access.watching import memory as remembering
from onhand.access.watching.memory import Fix
from onhand.access.watching.reading import KINDS, Logged, address_of, sighting
from onhand.access.watching.rules import Minds, Policy, Sighting, Suspicion, World, look, parties
from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused

FOLLOWER = "watching"
PAGE = 2_000
MOST_PAGES = 20
MOST_EVIDENCE = 60
KEEP_MEMORY = timedelta(days=400)
LONGEST_NOTE = 2_000

_encoder = msgspec.json.Encoder()


class Watched(NamedTuple):
    """What came of a look at the log: events looked through, alerts raised anew, and whether all of it was read."""

    events: int
    raised: int
    done: bool


def watch(
    db: Connection,
    figures: Policy,
    now: datetime,
    world: World | None = None,
    position_of: Callable[[str], tuple[float, float] | None] = lambda _site: None,
) -> Watched:
    """Look at what has happened since last time; ``db`` must be in autocommit. Each page is a transaction.

    ``position_of`` says where a site lies, whose network the table of networks names.
    """
    looked, raised = 0, 0
    for _ in range(MOST_PAGES):
        with db.transaction():
            seqs = events.glance(db, FOLLOWER, most=PAGE)
            raised += _look_at(db, seqs, figures, now, world or World(), position_of)
            events.move_on(db, FOLLOWER, seqs[-1] if seqs else 0, full=len(seqs) >= PAGE)
        looked += len(seqs)
        if len(seqs) < PAGE:
            return Watched(looked, raised, done=True)
    return Watched(looked, raised, done=False)


def _look_at(
    db: Connection,
    seqs: Sequence[int],
    figures: Policy,
    now: datetime,
    world: World,
    position_of: Callable[[str], tuple[float, float] | None],
) -> int:
    if not seqs:
        return 0
    rows = db.execute(statement("access.watching", "watched_events"), (list(seqs), list(KINDS))).fetchall()
    logged = [Logged(*row) for row in rows]
    lying = places_of(db, {address_of(each.origin) for each in logged}, position_of)
    seen = [sighting(each, lying) for each in logged]
    minds = _minds(db, {who for each in seen for who in parties(each)})
    stale = now - timedelta(hours=figures.stale_hours)
    raised = 0
    for each in seen:
        found = look(minds, each, figures, world)
        if each.at >= stale:
            raised += sum(_raise(db, suspicion, now) for suspicion in found)
    _keep(db, minds, seen)
    return raised


def places_of(
    db: Connection, of: Iterable[str], position_of: Callable[[str], tuple[float, float] | None]
) -> dict[str, Fix]:
    """Where addresses lie, of those that are known to lie anywhere."""
    asked = [each for each in of if each]
    found = {}
    if asked:
        for address, latitude, longitude, site, name in db.execute(statement("access.watching", "places_of"), (asked,)):
            at = (latitude, longitude) if latitude is not None else position_of(site) if site else None
            if at:
                found[address] = Fix(at[0], at[1], name or site)
    return found


def _minds(db: Connection, whose: set[str]) -> Minds:
    rows = db.execute("SELECT who, memory FROM access_watching_memory WHERE who = ANY(%s)", (sorted(whose),))
    return Minds({who: remembering.read(memory) for who, memory in rows})


def _keep(db: Connection, minds: Minds, seen: Sequence[Sighting]) -> None:
    if seen:
        names = sorted(minds.known)
        texts = [remembering.written(minds.known[name]) for name in names]
        db.execute(statement("access.watching", "keep_memories"), (seen[-1].at, names, texts))


def _raise(db: Connection, found: Suspicion, now: datetime) -> int:
    evidence = sorted(found.evidence, key=lambda each: each.seq)
    facts = {
        "kind": found.kind,
        "who": found.who,
        "situation": found.situation,
        "severity": found.severity,
        "facts": _encoder.encode(dict(found.facts)).decode(),
        "evidence": _encoder.encode(evidence).decode(),
        "began_at": min(each.at for each in evidence),
        "last_at": max(each.at for each in evidence),
        "now": now,
        "most": MOST_EVIDENCE,
    }
    row = db.execute(statement("access.watching", "raise_alert"), facts).fetchone()
    if row is None or not row[1]:
        return 0
    told = {"alert": row[0], "kind": found.kind, "severity": found.severity}
    events.record(db, [events.fact("alert.raised", found.who, "system", told)], now)
    return 1


def look_at(db: Connection, number: int, *, actor: str, now: datetime) -> Refused | None:
    """Somebody has an alert in hand."""
    changed = db.execute(
        "UPDATE access_watching_alert SET state = 'looked_at', looked_at = %s, looked_by = %s"
        " WHERE id = %s AND state = 'open' RETURNING who",
        (now, str(actor), number),
    ).fetchone()
    if changed is None:
        return _gone(db, number, "It is looked at already, or closed.")
    _tell(db, "alert.looked_at", changed[0], number, actor, now)
    return None


def close(db: Connection, number: int, note: str, *, actor: str, now: datetime) -> Refused | None:
    """An alert is dealt with; the note says what it was."""
    if not note.strip() or len(note) > LONGEST_NOTE:
        return Refused("bad_note", f"Say in a few words what it was, in {LONGEST_NOTE} characters at most.", "note")
    changed = db.execute(
        "UPDATE access_watching_alert SET state = 'closed', closed_at = %s, closed_by = %s, note = %s"
        " WHERE id = %s AND state <> 'closed' RETURNING who",
        (now, str(actor), note.strip(), number),
    ).fetchone()
    if changed is None:
        return _gone(db, number, "It is closed already.")
    _tell(db, "alert.closed", changed[0], number, actor, now)
    return None


def _gone(db: Connection, number: int, detail: str) -> Refused:
    if db.execute("SELECT FROM access_watching_alert WHERE id = %s", (number,)).fetchone() is None:
        return Refused("unknown_alert", f"There is no alert {number}.", "alert")
    return Refused("alert_not_open", detail, "alert")


def _tell(db: Connection, kind: str, who: str, number: int, actor: str, now: datetime) -> None:
    # What the note says stays with the alert: it may name people.
    events.record(db, [events.fact(kind, who, actor, {"alert": number})], now)


def forget(db: Connection, now: datetime) -> int:
    """Forget whoever has not been seen for long."""
    return db.execute("DELETE FROM access_watching_memory WHERE last_at < %s", (now - KEEP_MEMORY,)).rowcount


# Networks


class BadTable(ValueError):
    """A table of networks that cannot be taken in; the text says which line and why."""


def bring_networks(db: Connection, lines: Iterable[str], *, actor: str, now: datetime) -> int:
    """Put a table of networks in place of the one there is; how many it has. Raises ``BadTable``.

    A sheet (CSV) with the columns network, latitude, longitude, name, site. A site's own network names the site; a
    network with neither coordinates nor site is known to lie nowhere, as the exit of a VPN.
    """
    rows, number = _networks(lines), 0
    with db.transaction():
        db.execute("DELETE FROM access_watching_network")
        while page := list(islice(rows, 5_000)):
            with db.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO access_watching_network (network, latitude, longitude, name, site)"
                    " VALUES (%s::cidr, %s, %s, %s, %s)",
                    page,
                )
            number += len(page)
        events.record(db, [events.fact("networks.brought", "watching", actor, {"networks": number})], now)
    return number


def _networks(lines: Iterable[str]) -> Iterator[tuple[str, float | None, float | None, str, str]]:
    reader = csv.DictReader(lines)
    for each in reader:
        try:
            yield _network(each)
        except (ValueError, KeyError, AttributeError) as fault:
            raise BadTable(
                f"Line {reader.line_num}: {fault}. It takes network, latitude, longitude, name, site."
            ) from None


def _network(row: Mapping[str, Any]) -> tuple[str, float | None, float | None, str, str]:
    network = ipaddress.ip_network(str(row["network"]).strip(), strict=False)
    latitude, longitude = (
        float(row[name]) if (row.get(name) or "").strip() else None for name in ("latitude", "longitude")
    )
    if (latitude is None) != (longitude is None):
        raise ValueError("latitude and longitude go together")
    if latitude is not None and longitude is not None and not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("latitude goes from -90 to 90, longitude from -180 to 180")
    return (
        str(network),
        latitude,
        longitude,
        (row.get("name") or "").strip()[:200],
        (row.get("site") or "").strip()[:64],
    )


def networks(db: Connection) -> int:
    """How many networks are known to lie somewhere."""
    row = db.execute("SELECT count(*) FROM access_watching_network").fetchone()
    return int(row[0]) if row else 0
