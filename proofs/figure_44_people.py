"""People are found, shown and forgotten: the registry is whole, an export too, and nobody comes back.

A column about a person is added to the schema: the survey must name it. Of customers with orders everything is
exported: every mapped column must be in it. Then they are erased, and looked for: in a dump (which holds what waits for
webhooks, and answers kept), by search, in what is handed out. A backup from before is restored and the erasures are
replayed: again they must not be found, and no key of theirs be left. The record of processing activities is written,
and a browser's ``Sec-GPC: 1`` must hold in the first answer.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from onhand.access.keys import create
from onhand.access.privacy import erasing, exporting, registry, report, tombstones
from onhand.access.privacy.exporting import Export
from onhand.access.privacy.surveying import undeclared
from onhand.core.clock import utc_now
from onhand.core.database import Connection, Readers, connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.customers import queries as customers
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.doors.api import app
from onhand.doors.cli.schema import introduce
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from proofs.dumping import dumped, dumped_to, restored, seen
from proofs.figures import Figure, broken, fresh_database, worst
from shop import Shop

TITLE = "people: the registry is whole, exports hold all, the erased stay erased, also after a restore"
ERASED, SHORT_ERASED = 200, 12
_COLUMNS = (
    "ALTER TABLE orders_order ADD COLUMN recipient text",
    "ALTER TABLE customers_customer ADD COLUMN remark text",
    "ALTER TABLE stock_move ADD COLUMN client_ip inet",
    "CREATE TABLE courier (id bigint, mobile text)",
)


def prove(short: bool) -> Figure:
    """With two hundred people; in short with a dozen."""
    people = SHORT_ERASED if short else ERASED
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="onhand-proof-") as folder, fresh_database() as url:
        introduce(url)
        with connect(url) as db:
            noticed = _survey(db, faults)
            secrets = _furnish(db, people)
            mapped = _export(db, people, faults)
        dumped_to(url, Path(folder) / "before.dump")
        with connect(url, autocommit=True) as db:
            _erase(db, people, faults, Path(folder) / "erasures.jsonl")
            hits = _hits(url, db, secrets, people)
            faults += [f"after erasure: {each}" for each in hits]
            faults += broken(db)
        again = _restored(Path(folder), secrets, people, faults)
        gpc = _objects(url, faults)
    lines = len(report.lines())
    figure = (
        f"{noticed} of {len(_COLUMNS)} new columns noticed; exports of {people} hold {mapped} mapped columns of each;"
        f" {people} erased, {len(hits)} hits; {again} erased again after a restore;"
        f" Article 30 has {lines} lines; Sec-GPC held in {gpc} of 1 first answers{worst(faults)}"
    )
    return Figure(44, TITLE, passed=not faults, figure=figure)


def _survey(db: Connection, faults: list[str]) -> int:
    """How many columns nobody has declared are noticed."""
    faults += [f"not declared: {each}" for each in undeclared(db)]
    noticed = 0
    for change in _COLUMNS:
        with db.transaction(force_rollback=True):
            db.execute(change)
            noticed += bool(undeclared(db))
    if noticed < len(_COLUMNS):
        faults.append("a new column went unnoticed")
    db.rollback()
    return noticed


def _furnish(db: Connection, people: int) -> list[str]:
    """Customers whose orders have arrived; what is to be found of them nowhere, later."""
    shop = Shop(db)
    shop.stock("mug", 10 * people)
    records = [
        CustomerRecord(
            f"P{n}", f"Quirina{n} Zanzottera{n}", f"quirina{n}@secret{n}.example", f"+44 20 5550 {n:04}", "GB"
        )
        for n in range(people)
    ]
    for record in records:
        assert not refused(save_customers(db, [record])[0])  # noqa: S101 - the proof's own records are sound
    db.commit()
    for n in range(people):
        order = shop.order(("mug", 1), customer=f"P{n}", ship_to=c.Destination("GB", f"ZQ{n} 9XX", 51.5014, -0.1419))
        shop.do(order)
        for step in ("pick", "pack", "ship", "deliver"):
            shop.do(c.AdvanceOrder(order.channel, order.number, step))
    texts = [text for each in records for text in (*each.name.split(), each.email, each.phone)]
    return texts + [f"ZQ{n} 9XX" for n in range(people)]


def _export(db: Connection, people: int, faults: list[str]) -> int:
    """How many mapped columns an export of each holds."""
    mapped = {
        (each.table, column.name) for each in registry.holdings() if "customer" in each.rows for column in each.columns
    }
    for n in range(people):
        found = exporting.export(db, f"customer/P{n}", now=utc_now(), actor="prover")
        assert isinstance(found, Export)  # noqa: S101 - they are known
        held = {(each.what, name) for each in found.held for name in each.columns}
        faults += [f"P{n}: not exported: {table}.{column}" for table, column in mapped - held]
        text = exporting.as_json(found).decode()
        wanted = (f"Quirina{n} Zanzottera{n}", f"quirina{n}@", f"ZQ{n} 9XX")
        faults += [f"P{n}: {each!r} is not in the export" for each in wanted if each not in text]
    db.commit()
    return len(mapped)


def _erase(db: Connection, people: int, faults: list[str], stones: Path) -> None:
    for n in range(people):
        answer = erasing.erase(db, f"customer/P{n}", now=utc_now(), actor="prover")
        if refused(answer) or answer.already:
            faults.append(f"P{n} was not erased: {answer}")
    tombstones.keep(db, stones)


def _hits(url: str, db: Connection, secrets: list[str], people: int) -> list[str]:
    """Where something of the erased can be found."""
    found = [f"in the dump: {each}" for each in seen(dumped(url), secrets)]
    for n in range(people):
        asked: list[dict[str, Any]] = [
            {"email": f"quirina{n}@secret{n}.example"},
            {"phone": f"+44 20 5550 {n:04}"},
            {"name": f"Zanzottera{n}"},
        ]
        found += [f"by search: {each}" for each in asked if customers.customers(db, **each).items]
        handed = str(exporting.looked_up(db, f"customer/P{n}"))
        found += [f"in an export: {each}" for each in seen(handed, (f"quirina{n}", f"ZQ{n} 9XX"))]
    left = db.execute("SELECT count(*) FROM access_privacy_key WHERE subject LIKE 'customer/%'").fetchone()
    return found + ([f"{left[0]} keys are left"] if left and left[0] else [])


def _restored(folder: Path, secrets: list[str], people: int, faults: list[str]) -> int:
    """How many are erased again in a backup of before, and found no more."""
    with fresh_database() as url:
        with connect(url, autocommit=True) as db:
            db.execute("DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS staging CASCADE; CREATE SCHEMA public")
        restored(folder / "before.dump", url)
        with connect(url, autocommit=True) as db:
            if not customers.customers(db, email="quirina0@secret0.example").items:
                faults.append("the backup of before does not know them: nothing is proven by it")
            replayed = tombstones.replay_erasures(db, folder / "erasures.jsonl")
            faults += [f"after the restore: {each}" for each in _hits(url, db, secrets, people)]
            faults += broken(db)
    if replayed.erased != people:
        faults.append(f"only {replayed.erased} were erased again")
    return replayed.erased


def _objects(url: str, faults: list[str]) -> int:
    """Whether a browser's objection holds in the very first answer, and is kept."""
    with connect(url) as db:
        save_customers(db, [CustomerRecord("G1", "Gwen")])
        key = create(db, "prover", ("read",))
    writer, readers = Writer(lambda: connect(url), FLOWS), Readers(url)
    readers.open()
    writer.start()
    try:
        with TestClient(app.create(writer, readers)) as client:
            client.headers["Authorization"] = f"Bearer {key}"
            answers = [
                client.get("/api/v1/customers/G1/choices", headers=headers).json()["choices"]
                for headers in ({"Sec-GPC": "1"}, {})
            ]
    finally:
        writer.stop()
        readers.close()
    objected = [each["objected"] for answer in answers for each in answer if each["purpose"] == "sale"]
    if objected != [True, True]:
        faults.append(f"Sec-GPC was not honoured: {objected}")
    return int(objected[0])
