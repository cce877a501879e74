"""The one place where a setting is made: its name, what holds without it, how it is read, and what it means.

``docs/reference/settings.md`` is written from this table (``onhand settings --markdown``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from onhand.core.settings.kinds import (
    contact,
    figures,
    issuer,
    networks,
    one_of,
    pairs,
    parts,
    path,
    path_or_none,
    post,
    postgresql,
    provider,
    seconds,
    some_text,
    text_or_none,
    web,
    whole,
    yes_or_no,
)


class Setting(NamedTuple):
    """One line of the table. ``read`` raises ``ValueError`` with the end of a sentence that begins with the name."""

    name: str
    default: str
    read: Callable[[str], Any]
    meaning: str


SETTINGS: dict[str, Setting] = {
    "database_url": Setting(
        "DATABASE_URL",
        "",
        postgresql,
        "a PostgreSQL server of your own (15 or newer); without it the embedded one runs",
    ),
    "data": Setting("ONHAND_DATA", "~/.local/share/onhand", path, "folder of the embedded database"),
    "host": Setting("ONHAND_HOST", "127.0.0.1", str, "address to serve on"),
    "port": Setting("ONHAND_PORT", "8000", whole(1, 65535), "port to serve on"),
    "pages_port": Setting("ONHAND_PAGES_PORT", "8001", whole(1, 65535), "port of the pages under `serve --split`"),
    "processes": Setting("ONHAND_PROCESSES", "1", whole(1, 64), "processes that serve, each with its own writer"),
    "readers": Setting("ONHAND_READERS", "8", whole(2, 200), "connections for questions, in each serving process"),
    "queue": Setting(
        "ONHAND_QUEUE", "8192", whole(1, 1_000_000), "commands of one kind that may wait before callers get a 503"
    ),
    "patience": Setting(
        "ONHAND_PATIENCE",
        "2",
        seconds(0.05, 60),
        "seconds that the oldest command of a kind may wait for its turn before more get a 503",
    ),
    "secret": Setting("ONHAND_SECRET", "", text_or_none, "signs the people's sessions; made anew at each start"),
    "production": Setting(
        "ONHAND_PRODUCTION",
        "no",
        yes_or_no,
        "`yes` is as `serve --production`: what is unsafe stops the start, plain http is sent to https, cookies are"
        " for https only",
    ),
    "public_address": Setting(
        "ONHAND_PUBLIC_ADDRESS",
        "",
        web,
        "where people and machines find it, such as https://shop.example: links in letters begin with it, and with"
        " https cookies travel over nothing else",
    ),
    "allowed_hosts": Setting(
        "ONHAND_ALLOWED_HOSTS",
        "",
        parts,
        "names it answers to, with commas between (.example for all below one); without it every name, in production"
        " that of the public address",
    ),
    "trusted_proxies": Setting(
        "ONHAND_TRUSTED_PROXIES",
        "",
        networks,
        "addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed",
    ),
    "tls_certificate": Setting(
        "ONHAND_TLS_CERTIFICATE", "", path_or_none, "certificate (PEM, with its chain) to speak TLS without a proxy"
    ),
    "tls_key": Setting(
        "ONHAND_TLS_KEY", "", path_or_none, "the certificate's private key (PEM), for nobody else to read"
    ),
    "redirect_port": Setting(
        "ONHAND_REDIRECT_PORT",
        "0",
        whole(0, 65535),
        "port on which plain http is sent to the public address when TLS is spoken without a proxy; 0 for none",
    ),
    "second_factor": Setting(
        "ONHAND_SECOND_FACTOR",
        "",
        one_of("required", "asked", "off", ""),
        "whether who may do much must have a second factor: `required` before anything else (so in production), `asked`"
        " for (so otherwise), or `off`",
    ),
    "session_idle_minutes": Setting(
        "ONHAND_SESSION_IDLE_MINUTES", "60", whole(1, 1440), "minutes without a touch after which a session ends"
    ),
    "session_longest_hours": Setting(
        "ONHAND_SESSION_LONGEST_HOURS", "12", whole(1, 720), "hours after which a session ends whatever was done"
    ),
    "shop_name": Setting(
        "ONHAND_SHOP_NAME",
        "Onhand",
        some_text(60),
        "what the shop is called on its customers' pages and in their letters",
    ),
    "customer_idle_hours": Setting(
        "ONHAND_CUSTOMER_IDLE_HOURS",
        "168",
        whole(1, 8760),
        "hours without a visit after which a customer's session ends",
    ),
    "customer_longest_days": Setting(
        "ONHAND_CUSTOMER_LONGEST_DAYS",
        "30",
        whole(1, 365),
        "days after which a customer's session ends whatever was done",
    ),
    "review_days": Setting(
        "ONHAND_REVIEW_DAYS",
        "5",
        whole(0, 90),
        "days after an order was delivered on which its customer is asked what they think of it; 0 asks nobody",
    ),
    "order_news_seconds": Setting(
        "ONHAND_ORDER_NEWS_SECONDS",
        "120",
        whole(0, 86_400),
        "seconds for which news of an order is gathered before its customer is written to, so that several changes"
        " make one letter",
    ),
    "shift_lock_minutes": Setting(
        "ONHAND_SHIFT_LOCK_MINUTES", "5", whole(1, 60), "minutes without a touch after which a shared device locks"
    ),
    "smtp_url": Setting(
        "ONHAND_SMTP_URL",
        "",
        post,
        "the mail server letters leave by, as in smtp://name:password@mail.example:587; without one"
        " none leaves, and only a server that nobody else reaches logs them",
    ),
    "mail_from": Setting("ONHAND_MAIL_FROM", "Onhand <onhand@localhost>", str, "whom letters come from"),
    "sms_url": Setting(
        "ONHAND_SMS_URL",
        "",
        provider,
        "the provider text messages leave by, which speaks as Twilio does, as in https://AC…:token@api.twilio.com;"
        " without it none are sent",
    ),
    "sms_from": Setting("ONHAND_SMS_FROM", "", str, "the number text messages come from, as in +34600123456"),
    "push": Setting(
        "ONHAND_PUSH",
        "yes",
        yes_or_no,
        "whether people may have alerts shown on their devices; they go there by the push service of each browser's"
        " maker, which cannot read them",
    ),
    "push_contact": Setting(
        "ONHAND_PUSH_CONTACT",
        "",
        contact,
        "whom these services turn to when something is wrong, as in mailto:it@shop.example; without it the address"
        " letters come from",
    ),
    "oidc_issuer": Setting(
        "ONHAND_OIDC_ISSUER", "", issuer, "the OpenID Connect provider people may sign in with; none without it"
    ),
    "oidc_client": Setting("ONHAND_OIDC_CLIENT", "", str, "as whom Onhand is known to that provider"),
    "oidc_secret": Setting("ONHAND_OIDC_SECRET", "", text_or_none, "the secret that goes with it"),
    "oidc_role_claim": Setting(
        "ONHAND_OIDC_ROLE_CLAIM", "groups", str, "which of the provider's claims says what somebody is here for"
    ),
    "oidc_roles": Setting(
        "ONHAND_OIDC_ROLES",
        "",
        pairs,
        "which value of that claim makes which role, as in shop-managers=store_manager; who has none stays outside",
    ),
    "log": Setting("ONHAND_LOG", "text", one_of("text", "json"), "log lines for people (text) or machines (json)"),
    "log_level": Setting(
        "ONHAND_LOG_LEVEL", "info", one_of("debug", "info", "warning", "error"), "the least that is worth a log line"
    ),
    "webhooks_to": Setting(
        "ONHAND_WEBHOOKS_TO",
        "public",
        one_of("public", "loopback"),
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
        whole(1, 1_000_000),
        "so many of one thing may be ordered at once in the shop window, where nobody has an account",
    ),
    "shop_streams": Setting(
        "ONHAND_SHOP_STREAMS",
        "5000",
        whole(0, 100_000),
        "customers who may watch the stock live, in each serving process; who comes after that sees it on loading",
    ),
    "shop_streams_each": Setting(
        "ONHAND_SHOP_STREAMS_EACH", "50", whole(1, 100_000), "how many of these from one address"
    ),
    "watch": Setting(
        "ONHAND_WATCH",
        "",
        figures,
        "figures from which on something is unlike somebody, such as exported_rows=100000, travel_kmh=1200"
        " (docs/how-to/watch-over-it.md lists them)",
    ),
    "field_keys": Setting(
        "ONHAND_FIELD_KEYS",
        "",
        text_or_none,
        "master keys of what is known of people: `id:base64,…`, the newest first, or `file:PATH` with one a line;"
        " without it they are made and kept in `field-keys` in the data folder",
    ),
    "tombstones": Setting(
        "ONHAND_TOMBSTONES",
        "",
        path_or_none,
        "file that remembers erasures outside of the database; `erasures.jsonl` in the data folder without it",
    ),
    "keep_people_days": Setting(
        "ONHAND_KEEP_PEOPLE_DAYS",
        "1095",
        whole(30, 36_500),
        "days after their last order for which what is known of customers and guests is kept",
    ),
    "keep_letters_days": Setting(
        "ONHAND_KEEP_LETTERS_DAYS",
        "400",
        whole(1, 36_500),
        "days for which letters that were sent, or given up, are kept on record",
    ),
    "keep_answers_days": Setting(
        "ONHAND_KEEP_ANSWERS_DAYS", "30", whole(1, 36_500), "days for which an idempotency key is remembered"
    ),
    "keep_events_days": Setting(
        "ONHAND_KEEP_EVENTS_DAYS", "1100", whole(1, 36_500), "days for which events that all followers read are kept"
    ),
    "backup_to": Setting(
        "ONHAND_BACKUP_TO", "", path_or_none, "folder, on another disk, for backups; without it none are taken"
    ),
    "backup_key": Setting(
        "ONHAND_BACKUP_KEY",
        "",
        text_or_none,
        "seals the backups; `onhand backup key` makes one; keep it elsewhere, too",
    ),
    "backup_key_file": Setting(
        "ONHAND_BACKUP_KEY_FILE", "", path_or_none, "a file with that key, which only its owner may read"
    ),
    "backup_url": Setting(
        "ONHAND_BACKUP_URL",
        "",
        postgresql,
        "the same database for an account that may replicate; without it `DATABASE_URL`, or the embedded one",
    ),
    "backup_every_hours": Setting(
        "ONHAND_BACKUP_EVERY_HOURS", "24", whole(1, 8760), "hours from one backup to the next"
    ),
    "backup_full_every_days": Setting(
        "ONHAND_BACKUP_FULL_EVERY_DAYS", "7", whole(1, 365), "days after which a backup is a full one again"
    ),
    "backup_keep": Setting(
        "ONHAND_BACKUP_KEEP", "4", whole(1, 1000), "full backups that are kept, with what is built on them"
    ),
    "backup_seconds": Setting(
        "ONHAND_BACKUP_SECONDS", "10", seconds(0.5, 60), "seconds after which a change is in the archive, at most"
    ),
    "backup_drill_every_days": Setting(
        "ONHAND_BACKUP_DRILL_EVERY_DAYS",
        "30",
        whole(0, 365),
        "days from one drill (a restore beside the shop, compared, and removed) to the next; 0: only by hand",
    ),
}
KNOWN = {setting.name for setting in SETTINGS.values()}
