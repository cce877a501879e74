"""The room's entry in Django's register."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.planning"
    label = "planning"
    default_auto_field = "django.db.models.BigAutoField"
