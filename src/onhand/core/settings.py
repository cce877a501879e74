"""What an operator may set, all of it from the environment. A wrong or unknown setting stops the start.

The table below is the one place where a setting is made: its name, what holds without it, how it is read, and what it
means. ``docs/reference/settings.md`` is written from it (``onhand settings --markdown``).
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec


class BadSetting(SystemExit):
    """A setting stops the start; its text says which and why."""


class Setting(NamedTuple):
    """One line of the table. ``read`` raises ``ValueError`` with the end of a sentence that begins with the name."""

    name: str
    default: str
    read: Callable[[str], Any]
    meaning: str


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}; it is {text!r}")
        return int(text)

    return read


def _seconds(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if not least <= seconds <= most:
            raise ValueError(f"must be a number of seconds from {least:g} to {most:g}; it is {text!r}")
        return seconds

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}; it is {text!r}")
        return text.lower()

    return read


def _address(text: str) -> str | None:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://, as in postgresql://user@host/onhand")
    return text or None


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _folder_or_none(text: str) -> Path | None:
    return _folder(text) if text else None


def _some_text(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text.strip() or len(text) > most or not text.isprintable():
            raise ValueError(f"must be 1 to {most} visible characters; it is {text!r}")
        return text.strip()

    return read


def _text_or_none(text: str) -> str | None:
    return text or None


def _file(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _yes(text: str) -> bool:
    return _one_of("yes", "no")(text) == "yes"


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in (each.strip() for each in text.split(",")) if part)


def _networks(text: str) -> tuple[str, ...]:
    for each in _parts(text):
        try:
            ipaddress.ip_network(each, strict=False)
        except ValueError:
            raise ValueError(
                f"must be addresses or networks, such as 10.0.0.7 or 10.0.0.0/24, with commas between; {each!r} is none"
            ) from None
    return _parts(text)


def _figures(text: str) -> dict[str, float]:
    found = {}
    for each in _parts(text):
        name, _, figure = each.partition("=")
        try:
            found[name.strip()] = float(figure)
        except ValueError:
            raise ValueError(f"must be name=number with commas between; {each!r} is not") from None
    return found


def _web(text: str) -> str | None:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query):
        raise ValueError(f"must be an address without a path, as in https://onhand.example; it is {text!r}")
    return text.rstrip("/") or None


def _issuer(text: str) -> str | None:
    parts = urlsplit(text)
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if text and (parts.scheme != "https" and not (parts.scheme == "http" and loopback)):
        raise ValueError(f"must begin with https://, as in https://login.example/realms/shop; it is {text!r}")
    return text.rstrip("/") or None


def _post(text: str) -> str | None:
    if text and (urlsplit(text).scheme not in {"smtp", "smtps"} or not urlsplit(text).hostname):
        raise ValueError("must be as in smtp://name:password@mail.example:587, or smtps:// for TLS from the first byte")
    return text or None


def _provider(text: str) -> str | None:
    parts = urlsplit(text)
    loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if text and not ((parts.scheme == "https" or loopback) and parts.hostname and parts.username and parts.password):
        raise ValueError("must be as in https://account:token@api.twilio.com")
    return text or None


def _contact(text: str) -> str | None:
    parts = urlsplit(text)
    mailbox = parts.scheme == "mailto" and "@" in parts.path
    if text and not (mailbox or (parts.scheme == "https" and parts.hostname)):
        raise ValueError(f"must be as in mailto:it@shop.example or https://shop.example/contact; it is {text!r}")
    return text or None


def _pairs(text: str) -> dict[str, str]:
    pairs = [each.strip().rpartition("=") for each in text.split(",") if each.strip()]
    if any(not left or not right for left, _, right in pairs):
        raise ValueError(f"must be as in shop-managers=store_manager, it-team=administrator; it is {text!r}")
    return {left.strip(): right.strip() for left, _, right in pairs}


SETTINGS: dict[str, Setting] = {
    "database_url": Setting(
        "DATABASE_URL", "", _address, "a PostgreSQL server of your own (15 or newer); without it the embedded one runs"
    ),
    "data": Setting("ONHAND_DATA", "~/.local/share/onhand", _folder, "folder of the embedded database"),
    "host": Setting("ONHAND_HOST", "127.0.0.1", str, "address to serve on"),
    "port": Setting("ONHAND_PORT", "8000", _whole(1, 65535), "port to serve on"),
    "pages_port": Setting("ONHAND_PAGES_PORT", "8001", _whole(1, 65535), "port of the pages under `serve --split`"),
    "processes": Setting("ONHAND_PROCESSES", "1", _whole(1, 64), "processes that serve, each with its own writer"),
    "readers": Setting("ONHAND_READERS", "8", _whole(2, 200), "connections for questions, in each serving process"),
    "queue": Setting(
        "ONHAND_QUEUE", "8192", _whole(1, 1_000_000), "commands of one kind that may wait before callers get a 503"
    ),
    "patience": Setting(
        "ONHAND_PATIENCE",
        "2",
        _seconds(0.05, 60),
        "seconds that the oldest command of a kind may wait for its turn before more get a 503",
    ),
    "secret": Setting("ONHAND_SECRET", "", _text_or_none, "signs the people's sessions; made anew at each start"),
    "production": Setting(
        "ONHAND_PRODUCTION",
        "no",
        _yes,
        "`yes` is as `serve --production`: what is unsafe stops the start, plain http is sent to https, cookies are"
        " for https only",
    ),
    "public_address": Setting(
        "ONHAND_PUBLIC_ADDRESS",
        "",
        _web,
        "where people and machines find it, such as https://shop.example: links in letters begin with it, and with"
        " https cookies travel over nothing else",
    ),
    "allowed_hosts": Setting(
        "ONHAND_ALLOWED_HOSTS",
        "",
        _parts,
        "names it answers to, with commas between (.example for all below one); without it every name, in production"
        " that of the public address",
    ),
    "trusted_proxies": Setting(
        "ONHAND_TRUSTED_PROXIES",
        "",
        _networks,
        "addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed",
    ),
    "tls_certificate": Setting(
        "ONHAND_TLS_CERTIFICATE", "", _file, "certificate (PEM, with its chain) to speak TLS without a proxy"
    ),
    "tls_key": Setting("ONHAND_TLS_KEY", "", _file, "the certificate's private key (PEM), for nobody else to read"),
    "redirect_port": Setting(
        "ONHAND_REDIRECT_PORT",
        "0",
        _whole(0, 65535),
        "port on which plain http is sent to the public address when TLS is spoken without a proxy; 0 for none",
    ),
    "second_factor": Setting(
        "ONHAND_SECOND_FACTOR",
        "",
        _one_of("required", "asked", "off", ""),
        "whether who may do much must have a second factor: `required` before anything else (so in production), `asked`"
        " for (so otherwise), or `off`",
    ),
    "session_idle_minutes": Setting(
        "ONHAND_SESSION_IDLE_MINUTES", "60", _whole(1, 1440), "minutes without a touch after which a session ends"
    ),
    "session_longest_hours": Setting(
        "ONHAND_SESSION_LONGEST_HOURS", "12", _whole(1, 720), "hours after which a session ends whatever was done"
    ),
    "shop_name": Setting(
        "ONHAND_SHOP_NAME",
        "Onhand",
        _some_text(60),
        "what the shop is called on its customers' pages and in their letters",
    ),
    "customer_idle_hours": Setting(
        "ONHAND_CUSTOMER_IDLE_HOURS",
        "168",
        _whole(1, 8760),
        "hours without a visit after which a customer's session ends",
    ),
    "customer_longest_days": Setting(
        "ONHAND_CUSTOMER_LONGEST_DAYS",
        "30",
        _whole(1, 365),
        "days after which a customer's session ends whatever was done",
    ),
    "review_days": Setting(
        "ONHAND_REVIEW_DAYS",
        "5",
        _whole(0, 90),
        "days after an order was delivered on which its customer is asked what they think of it; 0 asks nobody",
    ),
    "order_news_seconds": Setting(
        "ONHAND_ORDER_NEWS_SECONDS",
        "120",
        _whole(0, 86_400),
        "seconds for which news of an order is gathered before its customer is written to, so that several changes"
        " make one letter",
    ),
    "shift_lock_minutes": Setting(
        "ONHAND_SHIFT_LOCK_MINUTES", "5", _whole(1, 60), "minutes without a touch after which a shared device locks"
    ),
    "smtp_url": Setting(
        "ONHAND_SMTP_URL",
        "",
        _post,
        "the mail server letters leave by, as in smtp://name:password@mail.example:587; without one"
        " none leaves, and only a server that nobody else reaches logs them",
    ),
    "mail_from": Setting("ONHAND_MAIL_FROM", "Onhand <onhand@localhost>", str, "whom letters come from"),
    "sms_url": Setting(
        "ONHAND_SMS_URL",
        "",
        _provider,
        "the provider text messages leave by, which speaks as Twilio does, as in https://AC…:token@api.twilio.com;"
        " without it none are sent",
    ),
    "sms_from": Setting("ONHAND_SMS_FROM", "", str, "the number text messages come from, as in +34600123456"),
    "push": Setting(
        "ONHAND_PUSH",
        "yes",
        _yes,
        "whether people may have alerts shown on their devices; they go there by the push service of each browser's"
        " maker, which cannot read them",
    ),
    "push_contact": Setting(
        "ONHAND_PUSH_CONTACT",
        "",
        _contact,
        "whom these services turn to when something is wrong, as in mailto:it@shop.example; without it the address"
        " letters come from",
    ),
    "oidc_issuer": Setting(
        "ONHAND_OIDC_ISSUER", "", _issuer, "the OpenID Connect provider people may sign in with; none without it"
    ),
    "oidc_client": Setting("ONHAND_OIDC_CLIENT", "", str, "as whom Onhand is known to that provider"),
    "oidc_secret": Setting("ONHAND_OIDC_SECRET", "", _text_or_none, "the secret that goes with it"),
    "oidc_role_claim": Setting(
        "ONHAND_OIDC_ROLE_CLAIM", "groups", str, "which of the provider's claims says what somebody is here for"
    ),
    "oidc_roles": Setting(
        "ONHAND_OIDC_ROLES",
        "",
        _pairs,
        "which value of that claim makes which role, as in shop-managers=store_manager; who has none stays outside",
    ),
    "log": Setting("ONHAND_LOG", "text", _one_of("text", "json"), "log lines for people (text) or machines (json)"),
    "log_level": Setting(
        "ONHAND_LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error"), "the least that is worth a log line"
    ),
    "webhooks_to": Setting(
        "ONHAND_WEBHOOKS_TO",
        "public",
        _one_of("public", "loopback"),
        "where webhooks may go: to `public` addresses over https; with `loopback` to this machine, too, and over http",
    ),
    "shop_channel": Setting(
        "ONHAND_SHOP_CHANNEL",
        "",
        str,
        "the channel that sells in the shop window (/shop); without it the only active one of kind web",
    ),
    "shop_most_pieces": Setting(
        "ONHAND_SHOP_MOST_PIECES",
        "100",
        _whole(1, 1_000_000),
        "so many of one thing may be ordered at once in the shop window, where nobody has an account",
    ),
    "shop_streams": Setting(
        "ONHAND_SHOP_STREAMS",
        "5000",
        _whole(0, 100_000),
        "customers who may watch the stock live, in each serving process; who comes after that sees it on loading",
    ),
    "shop_streams_each": Setting(
        "ONHAND_SHOP_STREAMS_EACH", "50", _whole(1, 100_000), "how many of these from one address"
    ),
    "watch": Setting(
        "ONHAND_WATCH",
        "",
        _figures,
        "figures from which on something is unlike somebody, such as exported_rows=100000, travel_kmh=1200"
        " (docs/how-to/watch-over-it.md lists them)",
    ),
    "field_keys": Setting(
        "ONHAND_FIELD_KEYS",
        "",
        _text_or_none,
        "master keys of what is known of people: `id:base64,…`, the newest first, or `file:PATH` with one a line;"
        " without it they are made and kept in `field-keys` in the data folder",
    ),
    "tombstones": Setting(
        "ONHAND_TOMBSTONES",
        "",
        _folder_or_none,
        "file that remembers erasures outside of the database; `erasures.jsonl` in the data folder without it",
    ),
    "keep_people_days": Setting(
        "ONHAND_KEEP_PEOPLE_DAYS",
        "1095",
        _whole(30, 36_500),
        "days after their last order for which what is known of customers and guests is kept",
    ),
    "keep_letters_days": Setting(
        "ONHAND_KEEP_LETTERS_DAYS",
        "400",
        _whole(1, 36_500),
        "days for which letters that were sent, or given up, are kept on record",
    ),
    "keep_answers_days": Setting(
        "ONHAND_KEEP_ANSWERS_DAYS", "30", _whole(1, 36_500), "days for which an idempotency key is remembered"
    ),
    "keep_events_days": Setting(
        "ONHAND_KEEP_EVENTS_DAYS", "1100", _whole(1, 36_500), "days for which events that all followers read are kept"
    ),
    "backup_to": Setting(
        "ONHAND_BACKUP_TO", "", _folder_or_none, "folder, on another disk, for backups; without it none are taken"
    ),
    "backup_key": Setting(
        "ONHAND_BACKUP_KEY",
        "",
        _text_or_none,
        "seals the backups; `onhand backup key` makes one; keep it elsewhere, too",
    ),
    "backup_key_file": Setting(
        "ONHAND_BACKUP_KEY_FILE", "", _folder_or_none, "a file with that key, which only its owner may read"
    ),
    "backup_url": Setting(
        "ONHAND_BACKUP_URL",
        "",
        _address,
        "the same database for an account that may replicate; without it `DATABASE_URL`, or the embedded one",
    ),
    "backup_every_hours": Setting(
        "ONHAND_BACKUP_EVERY_HOURS", "24", _whole(1, 8760), "hours from one backup to the next"
    ),
    "backup_full_every_days": Setting(
        "ONHAND_BACKUP_FULL_EVERY_DAYS", "7", _whole(1, 365), "days after which a backup is a full one again"
    ),
    "backup_keep": Setting(
        "ONHAND_BACKUP_KEEP", "4", _whole(1, 1000), "full backups that are kept, with what is built on them"
    ),
    "backup_seconds": Setting(
        "ONHAND_BACKUP_SECONDS", "10", _seconds(0.5, 60), "seconds after which a change is in the archive, at most"
    ),
    "backup_drill_every_days": Setting(
        "ONHAND_BACKUP_DRILL_EVERY_DAYS",
        "30",
        _whole(0, 365),
        "days from one drill (a restore beside the shop, compared, and removed) to the next; 0: only by hand",
    ),
}
KNOWN = {setting.name for setting in SETTINGS.values()}


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


def as_markdown() -> str:
    """The reference page of the manual."""
    rows = [
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.meaning} |"
        for each in SETTINGS.values()
    ]
    return "\n".join([_HEAD, *rows, _FOOT])


_HEAD = """\
# Settings

All settings come from the environment. One that is unknown, malformed or out of range stops the start with a sentence
that says which and why. This page is written by `onhand settings --markdown`; `onhand settings` shows what holds now.

| name | without it | meaning |
| --- | --- | --- |"""
_FOOT = """\

* The embedded database's folder follows `XDG_DATA_HOME` where that is set.
* With several serving processes, `ONHAND_QUEUE`, `ONHAND_PATIENCE` and `ONHAND_READERS` hold for each of them. Each
  opens `ONHAND_READERS` + 16 connections at most: its writer, its readers, two for health and metrics, six for pages,
  two for who listens live, two for webhooks, three for
  letters, alerts and news of orders. While files are made or sheets taken in it opens up to four more.
* `ONHAND_TLS_CERTIFICATE` and `ONHAND_TLS_KEY` go together. `onhand doctor` says what a production start would refuse.
* `ONHAND_SECRET` must be set, to the same text everywhere, when more than one machine serves the pages.
"""
