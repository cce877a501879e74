"""The room's entry in Django's register."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.core.health"
    label = "core_health"
    default_auto_field = "django.db.models.BigAutoField"
