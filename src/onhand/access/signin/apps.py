"""The sub-room's entry in Django's register."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Registers the sub-room's tables."""

    name = "onhand.access.signin"
    label = "access_signin"
    default_auto_field = "django.db.models.BigAutoField"
