"""What this room refuses, by name."""

from __future__ import annotations

from onhand.core.refusals import Refused


def unknown_site(code: str) -> Refused:
    """The record names a site nobody has made."""
    return Refused("unknown_site", f"There is no site {code!r}; create the site first or correct the code.", "site")


def unknown_country(code: str) -> Refused:
    """Two letters that are no country."""
    return Refused("unknown_country", f"{code!r} is no country; give its ISO 3166-1 alpha-2 code.", "country")


def unknown_time_zone(name: str) -> Refused:
    """A zone the IANA database does not know."""
    detail = f"{name!r} is no time zone; give its IANA name, such as 'Europe/London'."
    return Refused("unknown_time_zone", detail, "time_zone")


def half_a_coordinate(missing: str) -> Refused:
    """A latitude without a longitude, or the other way round."""
    return Refused("half_a_coordinate", f"The {missing} is missing; give both coordinates or neither.", missing)


def virtual_location(code: str) -> Refused:
    """Virtual locations belong to the ledger."""
    detail = f"Location {code!r} is the ledger's own and cannot be changed; choose another code."
    return Refused("virtual_location", detail, "code")


def saleability_fixed(code: str, *, sold_from: bool) -> Refused:
    """What lies there would become saleable, or stop being so, without a move."""
    state = "may be sold from" if sold_from else "may not be sold from"
    detail = f"Location {code!r} {state}, and stays so; create another location and move the goods there."
    return Refused("saleability_fixed", detail, "kind")


def overlapping_hours() -> Refused:
    """Two openings cover the same moment."""
    return Refused("overlapping_hours", "Two of these openings overlap; join them into one.", "hours")


def closed_twice(day: str, field: str) -> Refused:
    """The same closed day is listed twice."""
    return Refused("closed_twice", f"{day} is listed twice; name each closed day once.", field)
