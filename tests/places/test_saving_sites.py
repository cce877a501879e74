"""Create and change sites and their locations."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused
from onhand.places.actions import save_locations, save_sites
from onhand.places.queries import all_sites, list_locations, list_sites, locations, site_detail, sites_by_code
from onhand.places.records import LocationRecord, SavedLocation, SavedSite, SiteRecord
from onhand.places.rules import FIRST_LOCATIONS


def a_site(code: str = "LDN", **changes: Any) -> SiteRecord:
    london = SiteRecord(
        code, "London", "store", "GB", "Europe/London", "GBP", region="UK", latitude=51.5, longitude=-0.1
    )
    return msgspec.structs.replace(london, **changes)


def saved(answer: SavedSite | SavedLocation | Refused) -> SavedSite | SavedLocation:
    assert not isinstance(answer, Refused), answer
    return answer


def refusal(answer: object) -> Refused:
    assert refused(answer), answer
    return answer


def test_a_new_site_is_found_by_its_code(db: Connection) -> None:
    (answer,) = save_sites(db, [a_site()])

    assert saved(answer).change == "created"
    assert sites_by_code(db, ["LDN", "nowhere"]).keys() == {"LDN"}
    site = sites_by_code(db, ["LDN"])["LDN"]
    assert (site.id, site.time_zone, site.coordinates, site.active) == (
        saved(answer).id,
        "Europe/London",
        (51.5, -0.1),
        True,
    )


def test_a_new_site_has_its_first_locations(db: Connection) -> None:
    (answer,) = save_sites(db, [a_site()])

    found = locations(db, ["LDN"])
    assert {(code, location.kind) for (_, code), location in found.items()} == set(FIRST_LOCATIONS)
    assert {site_id for site_id, _ in found} == {saved(answer).id}
    assert found[saved(answer).id, "pick"].saleable
    assert not found[saved(answer).id, "supplier"].saleable


def test_locations_can_be_narrowed_to_some_codes(db: Connection) -> None:
    save_sites(db, [a_site(), a_site("YRK")])

    assert len(locations(db, ["LDN", "YRK"], codes=["pick", "transit"])) == 4


def test_saving_the_same_again_changes_nothing(db: Connection) -> None:
    first = save_sites(db, [a_site(), a_site("YRK", latitude=None, longitude=None)])
    again = save_sites(db, [a_site("YRK", latitude=None, longitude=None), a_site()])

    assert [saved(answer).change for answer in again] == ["unchanged", "unchanged"]
    assert [saved(answer).id for answer in again] == [saved(answer).id for answer in reversed(first)]


def test_a_site_can_change_and_be_closed_down(db: Connection) -> None:
    save_sites(db, [a_site()])

    (answer,) = save_sites(db, [a_site(name="London, Soho", active=False)])

    assert saved(answer).change == "changed"
    assert (all_sites(db)["LDN"].name, all_sites(db)["LDN"].active) == ("London, Soho", False)
    assert len(locations(db, ["LDN"])) == len(FIRST_LOCATIONS)


def test_a_site_named_twice_in_a_batch_ends_as_the_last_says(db: Connection) -> None:
    answers = save_sites(db, [a_site(name="First"), a_site("YRK"), a_site(name="Second"), a_site(name="Second")])

    assert [saved(answer).change for answer in answers] == ["created", "created", "changed", "unchanged"]
    assert all_sites(db)["LDN"].name == "Second"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"country": "XX"}, "unknown_country", "country"),
        ({"time_zone": "Mars/Phobos"}, "unknown_time_zone", "time_zone"),
        ({"latitude": None}, "half_a_coordinate", "latitude"),
        ({"longitude": None}, "half_a_coordinate", "longitude"),
    ],
)
def test_an_impossible_site_is_refused_and_its_neighbour_saved(
    db: Connection, changes: dict[str, Any], code: str, field: str
) -> None:
    answers = save_sites(db, [a_site("BAD", **changes), a_site()])

    assert (refusal(answers[0]).code, refusal(answers[0]).field) == (code, field)
    assert all_sites(db).keys() == {"LDN"}


def test_an_empty_batch_is_answered_with_nothing(db: Connection) -> None:
    assert save_sites(db, []) == []
    assert save_locations(db, []) == []


def test_the_api_refuses_what_the_table_could_not_hold() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(a_site()), "latitude": 91.0}, SiteRecord)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(a_site()), "colour": "red"}, SiteRecord)


def test_a_location_is_created_changed_and_left_alone(db: Connection) -> None:
    save_sites(db, [a_site()])
    shelf = LocationRecord("LDN", "A-01-1", "pick", zone="A", aisle="01", level="1")

    created = save_locations(db, [shelf])
    changed = save_locations(db, [msgspec.structs.replace(shelf, kind="reserve")])
    again = save_locations(db, [msgspec.structs.replace(shelf, kind="reserve")])

    assert [saved(answer).change for answer in (*created, *changed, *again)] == ["created", "changed", "unchanged"]
    assert len({saved(answer).id for answer in (*created, *changed, *again)}) == 1


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (LocationRecord("nowhere", "A", "pick"), "unknown_site"),
        (LocationRecord("LDN", "transit", "pick"), "virtual_location"),
        (LocationRecord("LDN", "pick", "damaged"), "saleability_fixed"),
        (LocationRecord("LDN", "damaged", "reserve"), "saleability_fixed"),
    ],
)
def test_a_location_that_would_upset_the_ledger_is_refused(db: Connection, record: LocationRecord, code: str) -> None:
    save_sites(db, [a_site()])

    refused_one, other = save_locations(db, [record, LocationRecord("LDN", "B", "quarantine")])

    assert refusal(refused_one).code == code
    assert saved(other).change == "created"


def test_a_location_cannot_become_saleable_within_one_batch_either(db: Connection) -> None:
    save_sites(db, [a_site()])

    first, second = save_locations(db, [LocationRecord("LDN", "B", "pick"), LocationRecord("LDN", "B", "damaged")])

    assert saved(first).change == "created"
    assert refusal(second).code == "saleability_fixed"


def test_sites_are_listed_page_by_page(db: Connection) -> None:
    save_sites(db, [a_site(code) for code in ("C", "A", "B")])

    first = list_sites(db, most=2)
    second = list_sites(db, most=2, after=first.next or "")

    assert ([site.code for site in first.items], first.next) == (["A", "B"], "B")
    assert ([site.code for site in second.items], second.next) == (["C"], None)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "warehouse"}, ["HAM"]),
        ({"country": "GB"}, ["LDN"]),
        ({"region": "EU"}, ["HAM"]),
        ({"active": False}, ["HAM"]),
        ({"search": "hambu"}, ["HAM"]),
        ({"search": "dn"}, ["LDN"]),
        ({"search": "%"}, []),
        ({}, ["HAM", "LDN"]),
    ],
)
def test_sites_can_be_filtered(db: Connection, filters: dict[str, Any], expected: list[str]) -> None:
    hamburg = a_site("HAM", name="Hamburg", kind="warehouse", country="DE", region="EU", active=False)
    save_sites(db, [a_site(), hamburg])

    assert [site.code for site in list_sites(db, **filters).items] == expected


def test_locations_are_listed_page_by_page(db: Connection) -> None:
    save_sites(db, [a_site()])

    first = list_locations(db, "LDN", kind="virtual", most=3)
    second = list_locations(db, "LDN", kind="virtual", most=3, after=first.next or "")

    assert [location.code for location in first.items] == ["customer", "loss", "supplier"]
    assert ([location.code for location in second.items], second.next) == (["transit", "workshop"], None)
    assert [location.code for location in list_locations(db, "LDN", search="PA").items] == ["packing"]


def test_a_site_in_detail(db: Connection) -> None:
    save_sites(db, [a_site()])

    detail = site_detail(db, "LDN")

    assert detail is not None
    assert (detail.site.name, detail.location_count, detail.hours) == ("London", len(FIRST_LOCATIONS), [])
    assert site_detail(db, "nowhere") is None
