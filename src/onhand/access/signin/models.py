"""What signing in leaves behind. No secret is here: of tokens and badges a digest, of a PIN a slow hash."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Guess(models.Model):
    """How often somebody's password, code or PIN was tried from one source; an empty source is all strangers together.

    The account is a digest, so that a password typed into the wrong field is not kept.
    """

    pk = models.CompositePrimaryKey("kind", "account", "source")
    kind = models.TextField()
    account = models.TextField()
    source = models.TextField()
    taken = models.IntegerField()
    since = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "access_signin_guess"


class Kept(models.Model):
    """Something all processes know for a while: codes already used, devices waiting for a yes, counted requests."""

    key = models.TextField(primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "access_signin_kept"


class Device(models.Model):
    """A device that a shift shares: where it stands, and the digest of what it shows to be known by."""

    name = models.TextField()
    site = models.TextField()
    digest = models.BinaryField(unique=True)
    registered_by = models.TextField()
    registered_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_signin_device"


class FirstPassword(models.Model):
    """That somebody still has the password that was made up for them, and until when it opens anything."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()

    class Meta:
        db_table = "access_signin_first_password"


class Badge(models.Model):
    """What somebody signs in with on a shared device: a badge to scan or a short code to type, and a PIN."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="badge")
    code = models.TextField(unique=True)
    digest = models.BinaryField(unique=True, null=True)
    pin = models.TextField(db_default="", default="")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "access_signin_badge"
