"""The room's entry in Django's register."""

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    """Registers the room's tables. Django has an app called messages itself, so the label is another."""

    name = "onhand.messages"
    label = "onhand_messages"
    default_auto_field = "django.db.models.BigAutoField"
