"""Finding out what is to be judged: the files of the certificate, and how the database server lets people in.

Whether a server trusts is tried: with a password that was made up a moment ago. PostgreSQL 16 and newer say by
themselves how somebody came in (``system_user`` is null where nobody was asked for anything); before, a socket whose
account is named as ours here is taken for ``peer``, and a client certificate for what let us in.
"""

from __future__ import annotations

import getpass
import os
import secrets
import ssl
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from onhand.core.certificates import ends
from onhand.core.clock import utc_now
from onhand.core.privileges import changes_the_record
from onhand.core.settings import Settings
from onhand.doors.cli.production.rules import Certificate, Circumstances, Finding, Server, judge, remote_hosts

SECONDS_TO_ANSWER = 5
# What libpq reads from the environment where the address says nothing.
_FROM_ENVIRONMENT = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "service": "PGSERVICE",
}


def findings(settings: Settings) -> list[Finding]:
    """Look at everything a production start depends on, and judge it."""
    return judge(look(settings))


def look(settings: Settings) -> Circumstances:
    """All that is judged; waits a few seconds at most for a database that does not answer."""
    address = address_of(settings.database_url) if settings.database_url else {}
    # A database that is far and not spoken to safely is not asked: the password would go there.
    ask = settings.database_url and not (remote_hosts(address) and address.get("sslmode") != "verify-full")
    certificate = settings.tls_certificate
    return Circumstances(
        settings=settings,
        address=address,
        server=server(settings.database_url) if ask and settings.database_url else None,
        certificate=read_certificate(certificate, settings.tls_key) if certificate and settings.tls_key else None,
        debug=_debugging(),
        now=utc_now(),
    )


def address_of(url: str) -> dict[str, str]:
    """The parts of a database's address, with what libpq would read from the environment."""
    told = {part: os.environ[name] for part, name in _FROM_ENVIRONMENT.items() if os.environ.get(name)}
    return told | {part: str(value) for part, value in conninfo_to_dict(url).items() if value is not None}


def _debugging() -> bool:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onhand.doors.web.settings")
    from django.conf import settings

    return bool(settings.DEBUG)


def server(url: str) -> Server:
    """How a database server lets people in."""
    try:
        with _connected(url) as db:
            changes_record = changes_the_record(db)
            trusting = _trusting_lines(db)
    except psycopg.OperationalError as fault:
        return Server(silent=str(fault).strip().splitlines()[-1])
    return Server(unasked=_lets_in_unasked(url), trusting=trusting, changes_record=changes_record)


def _connected(url: str, **other: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(make_conninfo(url, **other), connect_timeout=SECONDS_TO_ANSWER, autocommit=True)


def _lets_in_unasked(url: str) -> bool:
    try:
        with _connected(url, password=secrets.token_urlsafe(12), passfile=os.devnull) as db:
            return _nobody_asked(db)
    except psycopg.OperationalError:
        return False


def _nobody_asked(db: psycopg.Connection[Any]) -> bool:
    if db.info.server_version >= 160_000:
        row = db.execute("SELECT system_user IS NULL").fetchone()
        return bool(row and row[0])
    by_socket = db.info.host.startswith(("/", "@")) or not db.info.host
    return not (by_socket and db.info.user == getpass.getuser()) and "sslcert" not in db.info.get_parameters()


def _trusting_lines(db: psycopg.Connection[Any]) -> list[str]:
    """Lines of pg_hba.conf that ask nobody for anything; none where we may not look."""
    with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable):
        rows = db.execute(
            "SELECT line_number, type, array_to_string(database, ','), array_to_string(user_name, ',')"
            " FROM pg_hba_file_rules WHERE auth_method = 'trust' ORDER BY line_number LIMIT 20"
        )
        return [f"line {number} of pg_hba.conf ({kind} {database} {user})" for number, kind, database, user in rows]
    return []


def read_certificate(certificate: Path, key: Path) -> Certificate:
    """What is in the files: whether they can be used together, until when, and who may read the key."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ssl.SSLError, ValueError) as fault:
        reason = getattr(fault, "reason", None) or getattr(fault, "strerror", None) or str(fault)
        return Certificate(fault=f"{certificate} and {key} cannot be used together ({reason})")
    others = stat.S_IRWXO & key.stat().st_mode
    return Certificate(ends=ends(certificate), key_read_by_others=bool(others))


def _no_password() -> str:
    """Without this OpenSSL would ask the terminal."""
    return ""
