"""The room's entry in Django's register."""

from django.apps import AppConfig


class PushConfig(AppConfig):
    """Registers the room's table."""

    name = "onhand.connect.push"
    label = "push"
    default_auto_field = "django.db.models.BigAutoField"
