"""Verbs that change places. Each takes a batch and answers every record, in order: what became of it, or a refusal.

Changes to places queue up behind one lock: they are rare, and so none can race another. A batch that names one place
twice is done in rounds, so it ends as if the records had come one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from zoneinfo import available_timezones

from onhand.core.batch import Answers, Diary, alone_with, columns, in_order, moment, rounds, take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused
from onhand.places import errors, queries, rules
from onhand.places.records import (
    HoursRecord,
    LocationRecord,
    SavedHours,
    SavedLocation,
    SavedSite,
    SiteRecord,
)


def save_sites(db: Connection, sites: Sequence[SiteRecord], *, actor: str = "system") -> list[SavedSite | Refused]:
    """Create or update sites by code. A new site gets its virtual locations and one of each ordinary kind.

    Refuses ``unknown_country``, ``unknown_time_zone`` and ``half_a_coordinate``.
    """
    take_turns(db, "places")
    diary = Diary(actor, moment(db, None))
    answers: Answers[SavedSite] = {at: fault for at, site in enumerate(sites) if (fault := _site_fault(site))}
    sound = [at for at in range(len(sites)) if at not in answers]
    for turn in rounds(sound, [site.code for site in sites]):
        answers |= _write_sites(db, {at: sites[at] for at in turn}, diary)
    diary.write(db)
    return in_order(answers)


def save_locations(
    db: Connection, locations: Sequence[LocationRecord], *, actor: str = "system"
) -> list[SavedLocation | Refused]:
    """Create or update locations by site and code.

    Refuses ``unknown_site``; ``virtual_location``; and ``saleability_fixed``, since whether goods may be promised
    changes by a move and not by renaming the shelf they lie on.
    """
    take_turns(db, "places")
    diary = Diary(actor, moment(db, None))
    sites = queries.sites_by_code(db, [record.site for record in locations])
    answers: Answers[SavedLocation] = {}
    for turn in rounds(range(len(locations)), [(record.site, record.code) for record in locations]):
        known = queries.locations(db, sites, codes={locations[at].code for at in turn})
        faults = {at: fault for at in turn if (fault := _location_fault(locations[at], sites, known))}
        answers |= faults
        answers |= _write_locations(db, {at: locations[at] for at in turn if at not in faults}, sites, diary)
    diary.write(db)
    return in_order(answers)


def set_hours(db: Connection, calendars: Sequence[HoursRecord], *, actor: str = "system") -> list[SavedHours | Refused]:
    """Replace whole calendars: weekly hours and closed days.

    Refuses ``unknown_site``, ``overlapping_hours`` and ``closed_twice``.
    """
    take_turns(db, "places")
    diary = Diary(actor, moment(db, None))
    sites = queries.sites_by_code(db, [record.site for record in calendars])
    answers: Answers[SavedHours] = {
        at: fault for at, record in enumerate(calendars) if (fault := _hours_fault(record, sites))
    }
    sound = [at for at in range(len(calendars)) if at not in answers]
    for turn in rounds(sound, [record.site for record in calendars]):
        changed = _write_hours(db, [(sites[calendars[at].site].id, calendars[at]) for at in turn])
        for at in turn:
            site = sites[calendars[at].site]
            answers[at] = saved = SavedHours(site.code, "changed" if site.id in changed else "unchanged")
            diary.note("site.hours_set", f"site/{site.code}", saved.change, calendars[at])
    diary.write(db)
    return in_order(answers)


# Asked about sites or locations (ids) that shall go; answers those something depends on.
DependedOn = Callable[[Connection, list[int]], set[int]]


def remove_sites(db: Connection, codes: Iterable[str], *, depended_on: DependedOn, actor: str = "system") -> set[str]:
    """Remove sites nothing depends on, with their locations and calendar; answers the codes of those that are gone.

    Whoever writes to the ledger has read the sites in the same transaction: the lock waits for them, and they for us.
    """
    take_turns(db, "places")
    alone_with(db, "places_site")
    known = {site.id: site.code for site in queries.sites_by_code(db, codes).values()}
    free = [site for site in known if site not in depended_on(db, list(known))]
    diary = Diary(actor, moment(db, None))
    gone = {code for (code,) in db.execute(statement("places", "remove_sites"), {"sites": free})}
    for code in sorted(gone):
        diary.note("site.removed", f"site/{code}", "removed", {"code": code})
    diary.write(db)
    return gone


def remove_locations(
    db: Connection, codes: Sequence[tuple[str, str]], *, depended_on: DependedOn, actor: str = "system"
) -> set[tuple[str, str]]:
    """Remove locations, by (site, code), where nothing has ever lain; answers those that are gone."""
    take_turns(db, "places")
    alone_with(db, "places_site")
    sites = queries.sites_by_code(db, {site for site, _ in codes})
    names = {site.id: site.code for site in sites.values()}
    found = queries.locations(db, sites, codes={code for _, code in codes}).values()
    wanted = {each.id: (names[each.site_id], each.code) for each in found if each.kind != "virtual"}
    wanted = {location: name for location, name in wanted.items() if name in set(codes)}
    free = [location for location in wanted if location not in depended_on(db, list(wanted))]
    db.execute("DELETE FROM places_location WHERE id = ANY (%s)", [free])
    diary = Diary(actor, moment(db, None))
    for location in free:
        site, code = wanted[location]
        diary.note("location.removed", f"site/{site}", "removed", {"site": site, "code": code})
    diary.write(db)
    return {wanted[location] for location in free}


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _site_fault(site: SiteRecord) -> Refused | None:
    if site.country not in rules.COUNTRY_CENTRES:
        return errors.unknown_country(site.country)
    if site.time_zone not in _time_zones():
        return errors.unknown_time_zone(site.time_zone)
    if (site.latitude is None) != (site.longitude is None):
        return errors.half_a_coordinate("latitude" if site.latitude is None else "longitude")
    return None


def _location_fault(
    record: LocationRecord, sites: dict[str, rules.Site], known: dict[tuple[int, str], rules.Location]
) -> Refused | None:
    if (site := sites.get(record.site)) is None:
        return errors.unknown_site(record.site)
    if (old := known.get((site.id, record.code))) is None:
        return None
    if old.kind == "virtual":
        return errors.virtual_location(record.code)
    if old.saleable != rules.saleable(record.kind):
        return errors.saleability_fixed(record.code, sold_from=old.saleable)
    return None


def _hours_fault(record: HoursRecord, sites: dict[str, rules.Site]) -> Refused | None:
    if record.site not in sites:
        return errors.unknown_site(record.site)
    if rules.overlap(rules.Opening(opening.weekday, opening.opens, opening.closes) for opening in record.hours):
        return errors.overlapping_hours()
    days = [closed.day for closed in record.closed]
    for at, day in enumerate(days):
        if day in days[:at]:
            return errors.closed_twice(day.isoformat(), f"closed[{at}].day")
    return None


def _write_sites(db: Connection, sites: dict[int, SiteRecord], diary: Diary) -> Answers[SavedSite]:
    wanted = columns([_fields(site) for site in sites.values()], *SiteRecord.__struct_fields__)
    rows = db.execute(statement("places", "save_sites"), wanted).fetchall()
    saved = {code: SavedSite(code, row_id, change) for code, row_id, change, _ in rows}
    befores = {code: before for code, _, _, before in rows}
    _give_first_locations(db, [site.id for site in saved.values() if site.change == "created"])
    for site in sites.values():
        diary.note("site.saved", f"site/{site.code}", saved[site.code].change, site, befores[site.code])
    return {at: saved[site.code] for at, site in sites.items()}


def _give_first_locations(db: Connection, site_ids: list[int]) -> None:
    if site_ids:
        codes, kinds = (list(column) for column in zip(*rules.FIRST_LOCATIONS, strict=True))
        db.execute(statement("places", "first_locations"), {"sites": site_ids, "codes": codes, "kinds": kinds})


def _write_locations(
    db: Connection, locations: dict[int, LocationRecord], sites: dict[str, rules.Site], diary: Diary
) -> Answers[SavedLocation]:
    wanted = columns([_fields(record) for record in locations.values()], *LocationRecord.__struct_fields__)
    wanted["site_id"] = [sites[record.site].id for record in locations.values()]
    rows = db.execute(statement("places", "save_locations"), wanted).fetchall()
    saved = {(site_id, code): rest for site_id, code, *rest in rows}
    answers: Answers[SavedLocation] = {}
    for at, record in locations.items():
        row_id, change, before = saved[sites[record.site].id, record.code]
        answers[at] = SavedLocation(record.site, record.code, row_id, change)
        diary.note("location.saved", f"site/{record.site}", change, record, before)
    return answers


def _write_hours(db: Connection, calendars: list[tuple[int, HoursRecord]]) -> set[int]:
    """Write calendars by site id; answers the sites where anything changed."""
    sites = [site_id for site_id, _ in calendars]
    hours = [(site_id, *_fields(opening)) for site_id, record in calendars for opening in record.hours]
    closed = [(site_id, *_fields(day)) for site_id, record in calendars for day in record.closed]
    changed = db.execute(
        statement("places", "save_hours"),
        {"sites": sites} | columns(hours, "site_id", "weekday", "opens", "closes"),
    ).fetchall()
    changed += db.execute(
        statement("places", "save_closed_days"), {"sites": sites} | columns(closed, "site_id", "day", "reason")
    ).fetchall()
    return {site_id for (site_id,) in changed}


def _fields(record: object) -> tuple[object, ...]:
    return tuple(getattr(record, field) for field in type(record).__struct_fields__)  # type: ignore[attr-defined]
