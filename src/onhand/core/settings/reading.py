"""The settings, read from the environment and checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from onhand.core.settings.table import KNOWN, SETTINGS, Setting


class BadSetting(SystemExit):
    """A setting stops the start; its text says which and why."""


class Settings(msgspec.Struct, frozen=True):
    """The settings, read and checked."""

    database_url: str | None
    data: Path
    host: str
    port: int
    pages_port: int
    processes: int
    readers: int
    queue: int
    patience: float
    secret: str | None
    production: bool
    public_address: str | None
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    tls_certificate: Path | None
    tls_key: Path | None
    redirect_port: int
    second_factor: str
    session_idle_minutes: int
    session_longest_hours: int
    shift_lock_minutes: int
    smtp_url: str | None
    mail_from: str
    oidc_issuer: str | None
    oidc_client: str
    oidc_secret: str | None
    oidc_role_claim: str
    oidc_roles: dict[str, str]
    log: str
    log_level: str
    webhooks_to: str
    watch: dict[str, float]
    field_keys: str | None
    tombstones: Path | None
    keep_people_days: int
    keep_answers_days: int
    keep_events_days: int
    keep_letters_days: int = 400
    shop_name: str = "Onhand"
    customer_idle_hours: int = 168
    customer_longest_days: int = 30
    review_days: int = 5
    order_news_seconds: int = 120
    sms_url: str | None = None
    sms_from: str = ""
    backup_to: Path | None = None
    backup_key: str | None = None
    backup_key_file: Path | None = None
    backup_url: str | None = None
    backup_every_hours: int = 24
    backup_full_every_days: int = 7
    backup_keep: int = 4
    backup_seconds: float = 10.0
    backup_drill_every_days: int = 30
    shop_channel: str = ""
    shop_most_pieces: int = 100
    shop_streams: int = 5000
    shop_streams_each: int = 50
    push: bool = True
    push_contact: str | None = None


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises ``BadSetting`` with a sentence for the first that is wrong."""
    for name in sorted(environment):
        if name.startswith("ONHAND_") and name not in KNOWN:
            raise BadSetting(f"{name} is not a setting of Onhand; the settings are {', '.join(sorted(KNOWN))}.")
    values = {field: _value(setting, environment) for field, setting in SETTINGS.items()}
    if not environment.get("ONHAND_DATA") and environment.get("XDG_DATA_HOME"):
        values["data"] = Path(environment["XDG_DATA_HOME"]) / "onhand"
    if (values["tls_certificate"] is None) != (values["tls_key"] is None):
        raise BadSetting("ONHAND_TLS_CERTIFICATE and ONHAND_TLS_KEY go together: set both, or neither.")
    if values["sms_url"] and not values["sms_from"]:
        raise BadSetting("ONHAND_SMS_URL needs ONHAND_SMS_FROM: the number text messages come from.")
    return Settings(**values)


def hosts(settings: Settings) -> tuple[str, ...]:
    """The names it answers to; ``*`` for every name."""
    public = urlsplit(settings.public_address or "").hostname or ""
    named = (*settings.allowed_hosts, *([public] if public and public not in settings.allowed_hosts else []))
    if settings.allowed_hosts or (settings.production and named):
        return named
    return ("*",)


def address(settings: Settings) -> str:
    """Where people find the pages; links begin with it."""
    return settings.public_address or f"http://{settings.host}:{settings.port}"


def value(field: str, environment: Mapping[str, str] = os.environ) -> Any:
    """One of the settings alone; raises ``BadSetting`` when it is wrong."""
    return _value(SETTINGS[field], environment)


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    try:
        return setting.read(environment.get(setting.name) or setting.default)
    except ValueError as fault:
        raise BadSetting(f"{setting.name} {fault}.") from None
