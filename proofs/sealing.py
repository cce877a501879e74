"""What is known of people, stolen and rotated: the parts of a proof that concern the keys."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from onhand.access.keys import SCOPES, create
from onhand.access.privacy import masters, rotating
from onhand.core.clock import utc_now
from onhand.core.database import connect
from onhand.doors.cli.bench.stage import HOST, served
from proofs.dumping import dumped, seen
from proofs.figures import fresh_database
from shop import Shop

BULK = 200


@contextmanager
def keys_in_a_file() -> Iterator[Path]:
    """Master keys in a file, as rotation needs them, for this process and those it starts."""
    before = os.environ.get("ONHAND_FIELD_KEYS", "")
    with tempfile.TemporaryDirectory(prefix="onhand-proof-") as folder:
        path = Path(folder) / "field-keys"
        masters.write(path, masters.made())
        os.environ["ONHAND_FIELD_KEYS"] = f"file:{path}"
        try:
            yield path
        finally:
            os.environ["ONHAND_FIELD_KEYS"] = before


def stolen_and_rotated(customers: int, rotations: int) -> tuple[str, list[str]]:
    """Seed customers through the doors, look at a dump, then rotate under load; what was seen, and what was wrong."""
    faults: list[str] = []
    with keys_in_a_file(), fresh_database() as url:
        with connect(url) as db:
            Shop(db).stock("mug", 100_000)
            key = create(db, "prover", SCOPES)
        with served(url, None, 1) as server:
            base = f"http://{HOST}:{server.port}/api/v1"
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=base, headers=headers, timeout=30) as client:
                secrets = _seed(client, customers)
                hits = seen(dumped(url), secrets)
                faults += [f"in the dump: {each}" for each in hits]
                faults += _found(client, customers)
            asked, failed, wrapped = _under_load(url, base, headers, customers, rotations, faults)
    said = (
        f"{customers:,} customers, {len(secrets):,} texts of theirs, {len(hits)} in the dump;"
        f" {rotations} rotations of {wrapped:,} keys in all while {asked:,} requests were answered, {failed} failed"
    )
    return said, faults


def _person(n: int) -> dict[str, Any]:
    return {
        "code": f"S{n}",
        "name": f"Vilhelmina{n} Oszkarova{n}",
        "email": f"vilhelmina{n}@mailbox{n}.example",
        "phone": f"+351 21 555 {n:04}",
        "country": "PT",
    }


def _order(number: str, n: int, *, guest: bool = False) -> dict[str, Any]:
    there = {"country": "GB", "postcode": f"QX{n}-7YZ", "latitude": 51.501476, "longitude": -0.140634}
    whose = {} if guest else {"customer": f"S{n}"}
    return {"channel": "web", "number": number, "lines": [{"sku": "mug", "quantity": 1}], "ship_to": there, **whose}


def _seed(client: httpx.Client, customers: int) -> list[str]:
    """Customers with an order each, through the API; the texts that no dump may hold."""
    for start in range(0, customers, BULK):
        span = range(start, min(start + BULK, customers))
        client.post("/customers", json=[_person(n) for n in span]).raise_for_status()
        for guest in (False, True):
            orders = [_order(f"{'G' if guest else 'C'}{n}", n, guest=guest) for n in span]
            client.post("/orders/bulk", json=orders).raise_for_status()
    texts = ["51.501476", "-0.140634"]
    for n in range(customers):
        person = _person(n)
        texts += [*person["name"].split(), person["email"], person["phone"], f"QX{n}-7YZ"]
    return texts


def _found(client: httpx.Client, customers: int) -> list[str]:
    """Who cannot be found by what is sealed: else a dump without their texts would prove nothing."""
    lost = []
    for n in range(0, customers, max(1, customers // 20)):
        for name in ("email", "phone", "name"):
            items = client.get("/customers", params={name: _person(n)[name]}).json()["items"]
            if [each["email"] for each in items] != [_person(n)["email"]]:
                lost.append(f"S{n} is not found by {name}")
    return lost


def _under_load(
    url: str, base: str, headers: dict[str, str], customers: int, rotations: int, faults: list[str]
) -> tuple[int, int, int]:
    """Rotate while four callers read, save and order: how many asked, how many failed, how many keys were wrapped."""
    statuses: Counter[int] = Counter()
    over = threading.Event()

    def call(caller: int) -> None:
        with httpx.Client(base_url=base, headers=headers, timeout=30) as client:
            at = 0
            while not over.is_set():
                at += 1
                n = (caller * 7919 + at) % customers
                found = client.get("/customers", params={"email": _person(n)["email"]})
                if found.is_success and [each["name"] for each in found.json()["items"]] != [_person(n)["name"]]:
                    faults.append(f"S{n} was not read rightly")
                saved = client.post("/customers", json=[{**_person(n), "country": "ES" if at % 2 else "PT"}])
                placed = client.post("/orders", json=_order(f"L{caller}-{at}", n, guest=at % 2 == 0))
                statuses.update([found.status_code, saved.status_code, placed.status_code])

    callers = [threading.Thread(target=call, args=(number,)) for number in range(4)]
    for each in callers:
        each.start()
    wrapped = 0
    with connect(url, autocommit=True) as db:
        for _ in range(rotations):
            time.sleep(0.3)
            rotating.add_master()
            wrapped += rotating.rewrap(db, now=utc_now(), actor="prover").wrapped
    over.set()
    for each in callers:
        each.join(60)
    failed = sum(count for status, count in statuses.items() if status >= 400)
    if failed:
        faults.append(f"{failed} requests failed: {dict(statuses)}")
    return sum(statuses.values()), failed, wrapped
