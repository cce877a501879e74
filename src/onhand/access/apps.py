"""The room's entry in Django's register."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
