"""What was changed about places is told, with who did it and how it was before."""

from __future__ import annotations

from datetime import time

from msgspec.structs import replace as but

from onhand.core.database import Connection
from onhand.places.actions import save_locations, save_sites, set_hours
from onhand.places.records import HoursRecord, LocationRecord, OpeningRecord, SiteRecord

LONDON = SiteRecord("LDN", "London", "store", "GB", "Europe/London", "GBP")


def told(db: Connection) -> list[tuple[str, str, str, str | None]]:
    return [
        (kind, subject, actor, before)
        for kind, subject, actor, before in db.execute(
            "SELECT kind, subject, actor, data -> 'before' ->> 'name' FROM core_event ORDER BY seq"
        )
    ]


def test_a_site_is_told_when_it_is_made_and_when_it_changes_and_not_in_between(db: Connection) -> None:
    for site in (LONDON, LONDON, but(LONDON, name="London, Strand")):
        save_sites(db, [site], actor="planner")

    assert told(db) == [
        ("site.saved", "site/LDN", "planner", None),
        ("site.saved", "site/LDN", "planner", "London"),
    ]


def test_locations_and_hours_are_told_of_their_site(db: Connection) -> None:
    save_sites(db, [LONDON])
    for _ in range(2):
        save_locations(db, [LocationRecord("LDN", "A-1", "pick", aisle="A")])
        set_hours(db, [HoursRecord("LDN", [OpeningRecord(0, time(9), time(17))])])

    kinds = [(kind, subject) for kind, subject, _, _ in told(db)]
    assert kinds[1:] == [("location.saved", "site/LDN"), ("site.hours_set", "site/LDN")]
