"""The folder's entry in Django's register."""

from django.apps import AppConfig


class SheetsConfig(AppConfig):
    """Registers the tables of imports."""

    name = "onhand.connect.sheets"
    label = "sheets"
    default_auto_field = "django.db.models.BigAutoField"
