"""Distances, and the middles of countries."""

from __future__ import annotations

from importlib import resources

import pytest

from onhand.places.rules import COUNTRY_CENTRES, Site, distance_km

LONDON = (51.5074, -0.1278)
PARIS = (48.8566, 2.3522)
SYDNEY = (-33.8688, 151.2093)


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [(LONDON, PARIS, 343.6), (LONDON, SYDNEY, 16993.9), (LONDON, LONDON, 0.0), ((0.0, 179.5), (0.0, -179.5), 111.2)],
)
def test_a_distance_follows_the_great_circle(
    here: tuple[float, float], there: tuple[float, float], expected: float
) -> None:
    assert distance_km(here, there) == pytest.approx(expected, abs=1)
    assert distance_km(here, there) == pytest.approx(distance_km(there, here))


def test_antipodes_are_half_a_girdle_apart() -> None:
    assert distance_km((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20015.1, abs=0.1)


def test_every_country_of_the_standard_has_a_middle() -> None:
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    countries = {line.split("\t")[0] for line in table.splitlines() if not line.startswith("#")}

    assert countries == COUNTRY_CENTRES.keys()


def test_every_middle_is_on_the_globe() -> None:
    assert all(-90 <= north <= 90 and -180 <= east <= 180 for north, east in COUNTRY_CENTRES.values())


def test_a_site_without_coordinates_lies_in_the_middle_of_its_country() -> None:
    site = Site(1, "LDN", "London", "store", "GB", "UK", "Europe/London", "GBP", None, None, active=True)

    assert site.coordinates == COUNTRY_CENTRES["GB"]
