"""The room's entry in Django's register."""

from django.apps import AppConfig


class WatchingConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.access.watching"
    label = "access_watching"
    default_auto_field = "django.db.models.BigAutoField"
