"""The room's entry in Django's register."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.access.privacy"
    label = "access_privacy"
    default_auto_field = "django.db.models.BigAutoField"
