"""The tables of the room, and what must never be false about them.

Rows are written by set-based SQL, so every default is the database's own. Codes collate as "C": their order does not
change with the operating system's locale, and one index serves equality, order and prefixes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from onhand.places.rules import LOCATION_KINDS, SITE_KINDS


class Site(models.Model):
    """A warehouse or a store: a place with an address, a calendar and stock of its own."""

    code = models.CharField(max_length=64, db_collation="C")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    country = models.CharField(max_length=2, db_collation="C")
    region = models.CharField(max_length=64, db_default="", blank=True)
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3, db_collation="C")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    active = models.BooleanField(db_default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "places_site"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="places_site_code"),
            models.CheckConstraint(condition=~Q(code=""), name="places_site_code_given"),
            models.CheckConstraint(condition=Q(kind__in=SITE_KINDS), name="places_site_kind"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="places_site_country"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="places_site_currency"),
            models.CheckConstraint(condition=Q(latitude__range=(-90.0, 90.0)), name="places_site_latitude"),
            models.CheckConstraint(condition=Q(longitude__range=(-180.0, 180.0)), name="places_site_longitude"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="places_site_both_coordinates",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Location(models.Model):
    """A spot within a site that a move can name: a shelf, a dock, or a virtual one such as ``supplier``."""

    site = models.ForeignKey(Site, on_delete=models.RESTRICT, db_index=False)
    code = models.CharField(max_length=64, db_collation="C")
    kind = models.CharField(max_length=16)
    zone = models.CharField(max_length=32, db_default="", blank=True)
    aisle = models.CharField(max_length=32, db_default="", blank=True)
    bay = models.CharField(max_length=32, db_default="", blank=True)
    level = models.CharField(max_length=32, db_default="", blank=True)

    class Meta:
        db_table = "places_location"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "code"], name="places_location_site_code"),
            models.CheckConstraint(condition=~Q(code=""), name="places_location_code_given"),
            models.CheckConstraint(condition=Q(kind__in=LOCATION_KINDS), name="places_location_kind"),
        ]

    def __str__(self) -> str:
        return self.code


class OpeningHours(models.Model):
    """One opening of a weekday (Monday is 0), in the site's own time; a day may have several.

    ``closes`` at or before ``opens`` means the following day, so 00:00 to 00:00 is the whole day.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False)
    weekday = models.SmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        db_table = "places_opening_hours"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="places_opening_hours_once"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="places_opening_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class ClosedDay(models.Model):
    """A day on which the site stays shut, whatever its weekly hours say."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, db_index=False)
    day = models.DateField()
    reason = models.CharField(max_length=200, db_default="", blank=True)

    class Meta:
        db_table = "places_closed_day"
        constraints: ClassVar = [models.UniqueConstraint(fields=["site", "day"], name="places_closed_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"
