"""What only looks personal here, for the registry."""

from __future__ import annotations

from onhand.access.privacy.registry import NotPersonal

NOT_PERSONAL = (
    NotPersonal("places_site", ("name", "latitude", "longitude", "code"), "the shop's own places"),
    NotPersonal("places_closed_day", ("reason",), "why a site is closed"),
)
