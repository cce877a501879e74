"""API keys and people. Of a key only a digest is kept, of a password a slow hash: a stolen table opens no door."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.functions import Now

from onhand.access.permissions import Standing, standing_of
from onhand.access.posts import POSTS, Held
from onhand.core.asks import Actor


class ApiKey(models.Model):
    """A machine's key: the first characters to recognise it by, the digest to check it with, what it may do."""

    name = models.TextField()
    prefix = models.TextField(unique=True)
    digest = models.BinaryField()
    scopes = models.JSONField()
    # Where and through which channels it may do so; empty: everywhere, through all.
    sites = ArrayField(models.TextField(), db_default=[])
    channels = ArrayField(models.TextField(), db_default=[])
    per_second = models.IntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_api_key"


class Person(AbstractUser):
    """Somebody who signs in: what they are here for, and how they like their pages (empty: as the browser says)."""

    role = models.TextField(db_default="", default="")
    language = models.TextField(db_default="", default="", blank=True)
    time_zone = models.TextField(db_default="", default="", blank=True)
    theme = models.TextField(db_default="", default="", blank=True)

    class Meta:
        db_table = "access_person"

    # From where they ask; the door says so.
    origin = ""

    @property
    def actor(self) -> Actor:
        """How the person signs what they do."""
        return Actor(f"person/{self.username}", self.origin)

    @property
    def shown_name(self) -> str:
        """What to call them."""
        return self.get_full_name() or self.username

    @cached_property
    def held(self) -> list[Held]:
        """Their posts; asked of the database once a request."""
        with connection.cursor() as cursor:
            cursor.execute(POSTS, [self.pk, self.pk])
            return [Held(*row) for row in cursor.fetchall()]

    @cached_property
    def standing(self) -> Standing:
        """What they may see and do, and where."""
        return standing_of(each.post for each in self.held)

    def may(self, permission: str, *sites: str) -> bool:
        """Whether they have this permission: at these sites, or anywhere at all."""
        return self.standing.may(permission, *sites)


class Role(models.Model):
    """What was changed about a role that came with the house, or a role somebody made (then with a title)."""

    name = models.TextField(primary_key=True)
    title = models.TextField(db_default="")
    granted = ArrayField(models.TextField(), db_default=[])
    withdrawn = ArrayField(models.TextField(), db_default=[])
    # None: as what it allows suggests.
    second_factor = models.BooleanField(null=True)
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.TextField(db_default="")

    class Meta:
        db_table = "access_role"


class Post(models.Model):
    """Somebody's role, at sites or (none named) everywhere. ``Person.role`` is the one their pages begin with."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    role = models.TextField()
    sites = ArrayField(models.TextField(), db_default=[])
    since = models.DateTimeField(db_default=Now())
    given_by = models.TextField(db_default="")

    class Meta:
        db_table = "access_post"
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="access_post_once")]


class SavedView(models.Model):
    """A list as somebody likes it: the query of its address, under a name; shared ones are everybody's to use."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="views")
    listing = models.TextField()
    name = models.TextField()
    query = models.TextField()
    shared = models.BooleanField(db_default=False, default=False)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "access_saved_view"
        constraints = [
            models.UniqueConstraint(fields=["person", "listing", "name"], name="access_saved_view_named_once")
        ]
