"""The room's entry in Django's register."""

from django.apps import AppConfig


class ConfirmingConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.access.confirming"
    label = "access_confirming"
    default_auto_field = "django.db.models.BigAutoField"
