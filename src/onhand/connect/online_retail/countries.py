"""The file's names of countries, in ISO 3166-1 letters."""

from __future__ import annotations

HOME = "United Kingdom"
NOWHERE = "Unspecified"

ISO = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    # Jersey and Guernsey have letters of their own, the islands together have none: Jersey is the larger.
    "Channel Islands": "JE",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "USA": "US",
    "United Arab Emirates": "AE",
    HOME: "GB",
}

CONTINENT = frozenset(
    {"AT", "BE", "CH", "CY", "CZ", "DE", "DK", "ES", "FI", "FR", "GR", "IS", "IT", "LT", "MT", "NL", "NO", "PL", "PT"}
    | {"SE"}
)


def iso(name: str) -> str | None:
    """The two letters of a country; None where the file names none ("European Community") or one we do not know."""
    return ISO.get(name)
