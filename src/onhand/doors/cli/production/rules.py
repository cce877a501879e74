"""What stops a production start, each in a sentence that says which setting and what to do. Pure."""

from __future__ import annotations

import ipaddress
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Literal

import msgspec

from onhand.core.settings import Settings, hosts

LEAST_SECRET = 32
LEAST_SECRET_BITS = 96.0
LEAST_PASSWORD = 12
DAYS_TO_RENEW = 14
# What stands in examples all over the world, ours among them.
_WELL_KNOWN = (
    "secret",
    "change",
    "django-insecure",
    "example",
    "default",
    "onhand",
    "password",
    "test",
    "openssl rand",
)
_POOR_PASSWORDS = frozenset({"postgres", "password", "onhand", "secret", "admin", "changeme", "postgresql", "root"})

Level = Literal["refused", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: what it is about, what is wrong and what to do."""

    level: Level
    about: str
    words: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was found in the files of the certificate; ``fault``: why they cannot be used, if so."""

    ends: datetime | None = None
    fault: str = ""
    key_read_by_others: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """What a look at the database server found.

    ``silent``: why it does not answer, if so. ``unasked``: it let somebody in who knew no password.
    ``trusting``: lines of its pg_hba.conf that trust. ``changes_record``: our account may
    change what is on record for good there.
    """

    silent: str = ""
    unasked: bool = False
    trusting: Sequence[str] = ()
    changes_record: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that is judged. ``address``: the parts of the database's address, with what the environment adds to them."""

    settings: Settings
    address: Mapping[str, str] = field(default_factory=dict)
    server: Server | None = None
    certificate: Certificate | None = None
    debug: bool = False
    now: datetime | None = None


def judge(found: Circumstances) -> list[Finding]:
    """Everything that stops a production start, then everything worth a warning."""
    rules = (_database, _trust, _secret, _field_keys, _debug, _where, _transport, _certificate, _mail, _loose)
    every = list(chain.from_iterable(rule(found) for rule in rules))
    return sorted(every, key=lambda each: each.level != "refused")


def refusals(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop the start."""
    return [each for each in findings if each.level == "refused"]


def _refused(about: str, words: str) -> Finding:
    return Finding("refused", about, words)


def _warning(about: str, words: str) -> Finding:
    return Finding("warning", about, words)


def remote_hosts(address: Mapping[str, str]) -> list[str]:
    """The hosts of a database's address that are reached over a network."""
    named = address.get("host", "").split(",") + address.get("hostaddr", "").split(",")
    return [host for host in named if host and not _is_here(host)]


def _is_here(host: str) -> bool:
    if host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _database(found: Circumstances) -> Iterable[Finding]:
    if found.settings.database_url is None:
        yield _refused(
            "DATABASE_URL",
            "The embedded database is for one machine and trusts whoever reaches its socket. Set DATABASE_URL to a"
            " PostgreSQL server of your own.",
        )
        return
    if "service" in found.address:
        yield _refused(
            "DATABASE_URL",
            "It names a service, whose file is not looked into. Write host, account and sslmode into the address.",
        )
    away, mode = remote_hosts(found.address), found.address.get("sslmode", "prefer")
    if away and mode != "verify-full":
        yield _refused(
            "DATABASE_URL",
            f"The way to {away[0]} is not safe with sslmode={mode}: it may be read, or lead to somebody else. Add"
            " sslmode=verify-full (and sslrootcert=FILE, or sslrootcert=system) to it.",
        )
    yield from _database_password(found.address)


def _database_password(address: Mapping[str, str]) -> Iterable[Finding]:
    password = address.get("password")
    if password is None:
        return
    poor = password.lower() in _POOR_PASSWORDS or password == address.get("user")
    if poor or len(password) < LEAST_PASSWORD:
        yield _refused(
            "DATABASE_URL",
            f"The password of the database's account can be guessed. Give it one of {LEAST_PASSWORD} characters or"
            " more, made by `openssl rand -hex 16`.",
        )


def _trust(found: Circumstances) -> Iterable[Finding]:
    server = found.server
    if server is None:
        return
    if server.silent:
        yield _refused(
            "DATABASE_URL", f"The database does not answer ({server.silent}). Start it, or mend the address."
        )
    if server.unasked:
        yield _refused(
            "DATABASE_URL",
            "The database server lets this account in without a password (trust). Write scram-sha-256 in its"
            " pg_hba.conf and reload it.",
        )
    if server.trusting:
        yield _refused(
            "DATABASE_URL",
            f"The database server trusts whoever comes by {server.trusting[0]}. Write scram-sha-256 there, or take the"
            " line away, and reload it.",
        )
    if server.changes_record:
        yield _warning(
            "DATABASE_URL",
            "The database's account owns the tables or is a superuser, and could change what is on record. Serve as"
            " onhand_app (docs/how-to/run-in-production.md).",
        )


def bits(secret: str) -> float:
    """How much there is to guess in a text, at most: its characters' entropy as they are spread in it."""
    counts = Counter(secret)
    return sum(-number * math.log2(number / len(secret)) for number in counts.values())


def _secret(found: Circumstances) -> Iterable[Finding]:
    secret, remedy = found.settings.secret, "Set it to what `openssl rand -hex 32` prints, the same everywhere."
    if secret is None:
        yield _refused("ONHAND_SECRET", f"There is none. {remedy}")
    elif len(secret) < LEAST_SECRET:
        yield _refused("ONHAND_SECRET", f"It is shorter than {LEAST_SECRET} characters. {remedy}")
    elif bits(secret) < LEAST_SECRET_BITS or any(word in secret.lower() for word in _WELL_KNOWN):
        yield _refused("ONHAND_SECRET", f"It can be guessed. {remedy}")


def _field_keys(found: Circumstances) -> Iterable[Finding]:
    if found.settings.field_keys is None:
        yield _refused(
            "ONHAND_FIELD_KEYS",
            "The master keys of what is known of people would lie on this machine alone. Make one with `onhand keys"
            " make`, set it, and keep it elsewhere, too.",
        )


def _debug(found: Circumstances) -> Iterable[Finding]:
    if found.debug:
        yield _refused("DEBUG", "Django's debug pages are on: they show settings and code. Turn DEBUG off.")
    if found.settings.log_level == "debug":
        yield _refused("ONHAND_LOG_LEVEL", "debug writes more than should lie in logs. Set it to info.")


def _where(found: Circumstances) -> Iterable[Finding]:
    if not (found.settings.public_address or "").startswith("https://"):
        yield _refused(
            "ONHAND_PUBLIC_ADDRESS", "It is not known where people find it. Set it, such as https://shop.example."
        )
    if "*" in hosts(msgspec.structs.replace(found.settings, production=True)):
        yield _refused(
            "ONHAND_ALLOWED_HOSTS",
            "It answers to every name, so that links in mails could be made to lead elsewhere. Set it, or set"
            " ONHAND_PUBLIC_ADDRESS.",
        )


def _transport(found: Circumstances) -> Iterable[Finding]:
    if found.settings.tls_certificate is None and not found.settings.trusted_proxies:
        yield _refused(
            "ONHAND_TLS_CERTIFICATE",
            "Nobody speaks TLS. Set ONHAND_TLS_CERTIFICATE and ONHAND_TLS_KEY, or put a proxy before it and name its"
            " address in ONHAND_TRUSTED_PROXIES.",
        )
    for each in found.settings.trusted_proxies:
        if ipaddress.ip_network(each, strict=False).prefixlen == 0:
            yield _refused(
                "ONHAND_TRUSTED_PROXIES", f"{each} is everybody: anybody could say who they are. Name the proxy alone."
            )


def _certificate(found: Circumstances) -> Iterable[Finding]:
    certificate = found.certificate
    if certificate is None:
        return
    if certificate.fault:
        yield _refused(
            "ONHAND_TLS_CERTIFICATE", f"{certificate.fault}. Give it the certificate and its own key, in PEM."
        )
    if certificate.key_read_by_others:
        yield _refused("ONHAND_TLS_KEY", "Others may read the private key. Run `chmod 600` on it.")
    if certificate.ends and found.now:
        days = (certificate.ends - found.now).days
        if days < 0:
            yield _refused("ONHAND_TLS_CERTIFICATE", f"It ended on {certificate.ends:%Y-%m-%d}. Renew it.")
        elif days < DAYS_TO_RENEW:
            yield _warning("ONHAND_TLS_CERTIFICATE", f"It ends on {certificate.ends:%Y-%m-%d}. Renew it now.")


def _mail(found: Circumstances) -> Iterable[Finding]:
    if found.settings.smtp_url is None:
        yield _warning(
            "ONHAND_SMTP_URL",
            "There is no mail server: nobody can be told of anything, nor set a forgotten password anew.",
        )
    elif found.settings.smtp_url.startswith("smtp://") and ":25" in found.settings.smtp_url:
        yield _warning("ONHAND_SMTP_URL", "Port 25 is often plain text. Use smtps://…:465 or smtp://…:587.")


def _loose(found: Circumstances) -> Iterable[Finding]:
    if found.settings.webhooks_to == "loopback":
        yield _warning(
            "ONHAND_WEBHOOKS_TO",
            "Webhooks may go to this machine, and so reach what listens only here. Set it to public.",
        )
