"""The room's entry in Django's list of apps."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Sites, locations, calendars, distances."""

    name = "onhand.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
