"""Months of the trail that are older than three years go to files, which keep the chain.

A file holds, lane by lane, each link (a JSON object) followed by its entries (JSON arrays, a line each, exactly the
text whose SHA-256 the link holds). So a file is checked without a database, and with nothing but a hash function.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from psycopg.errors import LockNotAvailable

from onhand.access.audit.verifying import GENESIS, Fault, Head, Link, continues
from onhand.core.database import Connection, statement

KEPT_MONTHS: Final = 36
_ROWS_AT_ONCE: Final = 2000


def file_of(folder: Path, month: date) -> Path:
    """Where a month is kept."""
    return folder / f"audit-{month:%Y-%m}.jsonl.gz"


def prepare(db: Connection, now: datetime) -> None:
    """Make the tables of this month and the next, so that no transaction need wait for them."""
    db.execute("SELECT access_audit_open(%s), access_audit_open(%s + interval '1 month')", [now, now])


def archive(db: Connection, folder: Path, now: datetime) -> list[date]:
    """Put every month that is old enough into its file, and let the database forget it; which months those were.

    A month is forgotten only once its file is written, safe on the disk, and proven. Where the tables are in use just
    then it is left for the next time. ``db`` commits as it goes.
    """
    gone: list[date] = []
    for (month,) in db.execute(statement("access.audit", "months_to_archive"), {"now": now, "kept": KEPT_MONTHS}):
        _keep(db, folder, month, now)
        try:
            with db.transaction():
                db.execute("SELECT access_audit_drop(%s)", [month])
        except LockNotAvailable:
            break  # later months must not go before earlier ones
        gone.append(month)
    return gone


def _keep(db: Connection, folder: Path, month: date, now: datetime) -> None:
    kept = db.execute("SELECT FROM access_audit_archive WHERE month = %s", [month]).fetchone()
    if kept is not None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = file_of(folder, month)
    with db.transaction():
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        db.execute("SET LOCAL statement_timeout = 0")
        before = _heads_before(db)
        heads, entries = _write(db, file, month, before)
        faults = list(check_file(file, before))
        if faults:
            raise CannotArchive(f"{file} does not hold what was written: {faults[0]}")
        facts = {"month": month, "at": now, "file": file.name, "entries": entries, "digest": _digest(file)}
        told = {str(lane): [head.place, head.digest.hex()] for lane, head in heads.items()}
        db.execute(statement("access.audit", "save_archive"), {**facts, "heads": json.dumps(told)})


class CannotArchive(Exception):
    """A month could not be put into its file; the text says why. It stays in the database."""


def _write(db: Connection, file: Path, month: date, before: dict[int, Head]) -> tuple[dict[int, Head], int]:
    heads, entries = dict(before), 0
    part = file.with_suffix(".part")
    texts = _texts(db, month)
    with part.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
        for link in _links(db, month):
            told = {
                "lane": link.lane,
                "first": link.first,
                "entries": link.entries,
                "digests": link.digests.hex(),
                "digest": link.digest.hex(),
            }
            packed.write(json.dumps(told).encode() + b"\n")
            for _ in range(link.entries):
                packed.write(next(texts).encode() + b"\n")
            heads[link.lane] = Head(link.first + link.entries - 1, link.digest)
            entries += link.entries
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    part.replace(file)
    return heads, entries


def _links(db: Connection, month: date) -> Iterator[Link]:
    with db.cursor(name="audit_month_links") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(
            f"SELECT lane, first, entries, digests, digest FROM access_audit_link_{month:%Y_%m} ORDER BY lane, first"
        )
        for lane, first, entries, digests, digest in cursor:
            yield Link(lane, first, entries, bytes(digests), bytes(digest))


def _texts(db: Connection, month: date) -> Iterator[str]:
    with db.cursor(name="audit_month_entries") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(statement("access.audit", "texts").format(month=f"{month:%Y_%m}"))
        for (text,) in cursor:
            yield text


def check_file(file: Path, before: dict[int, Head]) -> Iterator[Fault]:
    """What is not as it was written in a file, whose lanes go on from ``before``."""
    heads = dict(before)
    with gzip.open(file, "rb") as lines:
        for line in lines:
            link = _link(json.loads(line))
            if not continues(link, heads.get(link.lane, Head(0, GENESIS))):
                yield Fault("chain", link.lane, link.first)
            for at in range(link.entries):
                digest = hashlib.sha256(next(lines, b"").rstrip(b"\n")).digest()
                if digest != link.digests[at * 32 : at * 32 + 32]:
                    yield Fault("altered", link.lane, link.first + at)
            heads[link.lane] = Head(link.first + link.entries - 1, link.digest)


def check_archive(db: Connection, folder: Path) -> list[Fault]:
    """What is not as it was written in the files of all months that went to the archive, and between them."""
    faults: list[Fault] = []
    before: dict[int, Head] = {}
    for month, name, digest, heads in db.execute(statement("access.audit", "archives")).fetchall():
        file = folder / name
        if not file.exists():
            faults.append(Fault("removed", 0, 0, month=f"{month:%Y-%m}"))
        elif _digest(file) != bytes(digest):
            found = [Fault(each.what, each.lane, each.place, month=f"{month:%Y-%m}") for each in _read(file, before)]
            faults += found or [Fault("altered", 0, 0, month=f"{month:%Y-%m}")]
        before = {int(lane): Head(place, bytes.fromhex(text)) for lane, (place, text) in heads.items()}
    return faults


def _read(file: Path, before: dict[int, Head]) -> list[Fault]:
    try:
        return list(check_file(file, before))
    except (OSError, EOFError, ValueError, KeyError):  # it is no longer a file of ours at all
        return []


def _link(told: dict[str, Any]) -> Link:
    digests, digest = bytes.fromhex(told["digests"]), bytes.fromhex(told["digest"])
    return Link(told["lane"], told["first"], told["entries"], digests, digest)


def _heads_before(db: Connection) -> dict[int, Head]:
    """Where the lanes ended with the month before: also one that is archived and not forgotten yet."""
    row = db.execute("SELECT heads FROM access_audit_archive ORDER BY month DESC LIMIT 1").fetchone()
    return {int(lane): Head(place, bytes.fromhex(digest)) for lane, (place, digest) in (row[0] if row else {}).items()}


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()
