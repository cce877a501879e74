"""Browsers that show their owner's alerts: turned on and taken off by people, and forgotten when nothing reaches them.

What a browser gives (an address that only its push service knows whose it is, and keys) is kept as it was given, sealed
under its owner's key. A browser is one person's at a time: whoever turned it on last.

When the shop takes another key, nothing reaches the browsers that subscribed with the old one. They are **silent**
until each subscribes anew: still in the list, as their owner wished; where no other is left, e-mail takes their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from onhand.access.privacy import marks
from onhand.access.privacy.vault import enroll, unlock
from onhand.core import events
from onhand.core.batch import take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused
from onhand.messages.alerts import rounds

ADDRESS: Final = "messages_device.address"
MOST_DEVICES: Final = 20
MOST_NAME: Final = 60


class Given(NamedTuple):
    """What a browser gave: where to post, by which it is found again, and all that is needed to write to it."""

    endpoint: str
    address: str


class Device(NamedTuple):
    """A browser that shows its owner's alerts; ``silent``: not until it has subscribed anew."""

    id: int
    name: str
    address: str
    made_at: datetime
    silent: bool


def devices(db: Connection, person: str) -> list[Device]:
    """The devices of somebody, the latest first."""
    rows = db.execute(
        "SELECT id, name, address, made_at, silent_since IS NOT NULL FROM messages_device"
        " WHERE person = %s ORDER BY id DESC",
        (person,),
    ).fetchall()
    subject = f"person/{person}"
    vault = unlock(db, [subject]) if rows else None
    return [
        Device(number, name, vault.open(subject, ADDRESS, address), made_at, silent)
        for number, name, address, made_at, silent in rows
        if vault
    ]


def by_person(db: Connection) -> dict[str, list[int]]:
    """The devices that something reaches, by the name of their owner."""
    rows = db.execute(
        "SELECT person, array_agg(id ORDER BY id) FROM messages_device WHERE silent_since IS NULL GROUP BY person"
    )
    return dict(rows.fetchall())


def silent(db: Connection, person: str) -> bool:
    """Whether some device of somebody waits to be turned on again."""
    found = db.execute(
        "SELECT EXISTS (SELECT FROM messages_device WHERE person = %s AND silent_since IS NOT NULL)", (person,)
    ).fetchone()
    return bool(found and found[0])


def addresses(db: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Where what is for these devices goes; those that were taken off, or that nothing reaches, are not among them."""
    rows = db.execute(
        "SELECT id, person, address FROM messages_device WHERE id = ANY(%s) AND silent_since IS NULL",
        (sorted(set(ids)),),
    ).fetchall()
    vault = unlock(db, (f"person/{person}" for _, person, _ in rows))
    return {number: vault.open(f"person/{person}", ADDRESS, address) for number, person, address in rows}


def turn_on(
    db: Connection, person: str, name: str, given: Given, *, actor: str, now: datetime, instead: int = 0
) -> int | Refused:
    """Have a browser show somebody's alerts; one that does so already is written down anew. Answers its number.

    ``instead``: the silent device of theirs that this browser was before it subscribed anew.
    Refuses more devices than a person has (``too_many_own_devices``).
    """
    take_turns(db, "messages.devices")
    db.execute(
        "DELETE FROM messages_device WHERE id = %s AND person = %s AND silent_since IS NOT NULL", (instead, person)
    )
    mark = marks.marker(db).endpoint(given.endpoint)
    others = db.execute(
        "SELECT count(*) FROM messages_device WHERE person = %s AND mark <> %s", (person, mark)
    ).fetchone()
    if others and others[0] >= MOST_DEVICES:
        detail = f"{MOST_DEVICES} devices show your alerts already, which is the most; take one off first."
        return Refused("too_many_own_devices", detail, "subscription")
    subject = f"person/{person}"
    sealed = enroll(db, [subject], hold=True).seal(subject, ADDRESS, given.address)
    # Under a number of its own: what is on its way to whoever had it before is not shown to who has it now.
    db.execute("DELETE FROM messages_device WHERE mark = %s AND person <> %s", (mark, person))
    values = {"person": person, "name": name[:MOST_NAME], "mark": mark, "address": sealed, "now": now}
    row = db.execute(statement("messages", "turn_on_device"), values).fetchone()
    assert row is not None  # noqa: S101 - INSERT … RETURNING has one row
    _tell(db, "person.device_turned_on", [(person, row[0])], actor, now)
    return int(row[0])


def take_off(db: Connection, person: str, device: int, *, actor: str, now: datetime) -> bool:
    """Show nothing more on a device of somebody; whether it was theirs."""
    gone = db.execute(
        "DELETE FROM messages_device WHERE id = %s AND person = %s RETURNING person, id", (device, person)
    ).fetchall()
    _tell(db, "person.device_taken_off", gone, actor, now)
    return bool(gone)


def forget(db: Connection, ids: Sequence[int], now: datetime) -> None:
    """Forget devices of which their push service says that they are no more.

    Who has none left is told by e-mail, at once, of what they would have seen there.
    """
    gone = db.execute(
        "DELETE FROM messages_device WHERE id = ANY(%s) RETURNING person, id", (sorted(set(ids)),)
    ).fetchall()
    _tell(db, "person.device_taken_off", gone, "system", now)
    people = {person for person, _ in gone} - by_person(db).keys()
    rounds.schedule(db, {(person, "email"): now for person in people})


def silence(db: Connection, now: datetime) -> int:
    """Note that nothing reaches the devices there are until each subscribes anew; how many that is.

    Their owners are told by e-mail, at once, of what they would have seen there.
    """
    rows = db.execute(
        "UPDATE messages_device SET silent_since = %s WHERE silent_since IS NULL RETURNING person", (now,)
    ).fetchall()
    rounds.schedule(db, {(person, "email"): now for (person,) in rows})
    return len(rows)


def _tell(db: Connection, kind: str, changed: Sequence[tuple[Any, ...]], actor: str, now: datetime) -> None:
    if changed:
        facts = [events.fact(kind, f"person/{person}", actor, {"device": number}) for person, number in changed]
        events.record(db, facts, now)
