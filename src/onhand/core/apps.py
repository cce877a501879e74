"""The room's entry in Django's register."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
