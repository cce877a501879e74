"""The room's entry in Django's register."""

from django.apps import AppConfig


class WishesConfig(AppConfig):
    """Registers the room's tables."""

    name = "onhand.customers.wishes"
    label = "customers_wishes"
    default_auto_field = "django.db.models.BigAutoField"
