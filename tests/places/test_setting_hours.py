"""Set a site's calendar."""

from __future__ import annotations

from datetime import date, time

from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.places.actions import save_sites, set_hours
from onhand.places.queries import calendars, site_detail, sites_by_code
from onhand.places.records import ClosedDayRecord, HoursRecord, OpeningRecord, SavedHours, SiteRecord
from onhand.places.rules import Opening

NINE, SIX, EIGHT = time(9), time(18), time(20)
CHRISTMAS = ClosedDayRecord(date(2025, 12, 25), "Christmas")
WEEK = HoursRecord("LDN", [OpeningRecord(0, NINE, SIX), OpeningRecord(4, NINE, EIGHT)], [CHRISTMAS])


def given_london(db: Connection) -> int:
    save_sites(db, [SiteRecord("LDN", "London", "store", "GB", "Europe/London", "GBP")])
    return sites_by_code(db, ["LDN"])["LDN"].id


def test_a_calendar_is_kept(db: Connection) -> None:
    london = given_london(db)

    assert set_hours(db, [WEEK]) == [SavedHours("LDN", "changed")]

    calendar = calendars(db, [london])[london]
    assert calendar.hours == (Opening(0, NINE, SIX), Opening(4, NINE, EIGHT))
    assert (calendar.time_zone, calendar.closed) == ("Europe/London", frozenset({date(2025, 12, 25)}))


def test_the_same_calendar_again_changes_nothing(db: Connection) -> None:
    given_london(db)
    set_hours(db, [WEEK])

    assert set_hours(db, [WEEK]) == [SavedHours("LDN", "unchanged")]


def test_a_calendar_replaces_the_one_before(db: Connection) -> None:
    given_london(db)
    set_hours(db, [WEEK])

    assert set_hours(db, [HoursRecord("LDN", [OpeningRecord(0, NINE, EIGHT)])]) == [SavedHours("LDN", "changed")]

    detail = site_detail(db, "LDN")
    assert detail is not None
    assert [(opening.weekday, opening.closes) for opening in detail.hours] == [(0, EIGHT)]
    assert detail.closed == []


def test_an_impossible_calendar_is_refused(db: Connection) -> None:
    given_london(db)
    overlapping = HoursRecord("LDN", [OpeningRecord(0, NINE, SIX), OpeningRecord(0, time(17), EIGHT)])

    answers = set_hours(
        db, [HoursRecord("nowhere"), overlapping, HoursRecord("LDN", closed=[CHRISTMAS, CHRISTMAS]), WEEK]
    )

    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refusals] == ["unknown_site", "overlapping_hours", "closed_twice"]
    assert refusals[2].field == "closed[1].day"
    assert answers[3] == SavedHours("LDN", "changed")
