"""The sub-room's entry in Django's register."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """Registers the sub-room's tables."""

    name = "onhand.customers.account"
    label = "customers_account"
    default_auto_field = "django.db.models.BigAutoField"
