"""The room's entry in Django's register."""

from django.apps import AppConfig


class SourcingConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.sourcing"
    label = "sourcing"
    default_auto_field = "django.db.models.BigAutoField"
