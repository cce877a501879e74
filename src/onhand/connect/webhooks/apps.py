"""The room's entry in Django's register."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.connect.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"
