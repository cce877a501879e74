"""Card numbers leave no trace: planted in every text of every door, none is in a dump, a log or a copy of the files.

Numbers of every scheme, grouped as people group them, are put into every text of every operation of the API (body,
query, path, key and headers), into a form at every address of the pages that takes one, into every column of every kind
of sheet, into what a webhook's receiver answers, and into log lines. Where a text may be kept the API answers 422. Then
every number is looked for, digits alone, in a dump of the database, in everything the server wrote, and in a base
backup with its write-ahead log.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
from django.urls import URLPattern, URLResolver, get_resolver

from onhand.access.keys import SCOPES, create
from onhand.access.people import admit
from onhand.connect.sheets import imports
from onhand.connect.sheets.trades import TRADES
from onhand.connect.webhooks import actions, outbox
from onhand.connect.webhooks.rules import Answer
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.doors.api.document import document
from onhand.doors.cli.bench.stage import HOST
from onhand.doors.cli.schema import introduce
from proofs.dumping import copied, dumped, seen_digits
from proofs.figures import Figure, own_server, worst
from shop import Shop

TITLE = "card numbers: refused at every edge, and nowhere to be found afterwards"
NUMBERS = (
    "4111111111111111",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "30569309025904",
    "6011111111111117",
    "3530111333300000",
    "6240008631401148",
    "6759649826438453",
    "2200000000000004",
)
SECONDS_TO_START = 60.0


def _spellings() -> Iterator[str]:
    """The numbers in turn, grouped in turn as people write them."""
    for at, number in enumerate(cycle(NUMBERS)):
        groups = [number[start : start + 4] for start in range(0, len(number), 4)]
        yield ("", " ", "-")[at % 3].join(groups)


def prove(short: bool) -> Figure:
    """Every text; in short every fifth operation and page."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="onhand-proof-") as folder, own_server() as server:
        log = Path(folder) / "log"
        url = server.url
        introduce(url)
        with connect(url) as db:
            shop = Shop(db)
            shop.stock("mug", 12)
            shop.do(shop.order(("mug", 1)))
            key = create(db, "prover", SCOPES)
            password = admit(db, "prover", "owner", password="a password of the proof")  # noqa: S106
            if refused(password):
                raise AssertionError(password.detail)
            db.commit()
            rows = _sheets(db, Path(folder), faults)
            _receiver(db)
        every = 5 if short else 1
        with _serving(url, log) as base:
            texts = _api(base, key, every, faults)
            forms = _pages(base, password, every, faults)
        _logged(log)
        faults += [f"in the dump: {each}" for each in seen_digits(dumped(url), NUMBERS)]
        faults += [f"in the log: {each}" for each in seen_digits(log.read_text(errors="replace"), NUMBERS)]
        files = copied(server.admin_url, Path(folder) / "backup")
        faults += [f"in the backup: {each}" for each in NUMBERS if each.encode() in files]
    figure = (
        f"{texts} texts of the API, {forms} forms, {rows} rows of sheets, a webhook and the log:"
        f" {len(faults)} not refused or found in dump, log or backup ({len(files) >> 20} MB){worst(faults)}"
    )
    return Figure(40, TITLE, passed=not faults, figure=figure)


@contextmanager
def _serving(url: str, log: Path) -> Iterator[str]:
    """A server that writes down all it can."""
    import socket

    with socket.create_server((HOST, 0)) as free:
        port = int(free.getsockname()[1])
    told = {"ONHAND_LOG": "json", "ONHAND_LOG_LEVEL": "debug", "ONHAND_PORT": str(port), "ONHAND_HOST": HOST}
    command = [sys.executable, "-m", "onhand", "serve"]
    with log.open("ab") as into:
        process = subprocess.Popen(
            command, env={**os.environ, "DATABASE_URL": url, **told}, stdout=into, stderr=subprocess.STDOUT
        )
        base = f"http://{HOST}:{port}"
        try:
            _wait(base, process)
            yield base
        finally:
            process.terminate()
            process.wait(60)


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{base}/readyz", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def _api(base: str, key: str, every: int, faults: list[str]) -> int:
    """Plant numbers in every text of every operation; how many texts there were."""
    texts, spellings = 0, _spellings()
    operations = [
        (method, path, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        for method, path, operation in operations[::every]:
            named = {each["name"]: each for each in operation.get("parameters", ())}
            whole = path
            for name, each in named.items():
                whole = whole.replace(f"{{{name}}}", str(each.get("example", "x")))
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
            for place, planted in _planted(body, spellings) if body is not None else ():
                texts += 1
                answer = client.request(method, whole, json=planted)
                if answer.status_code != 422 or answer.json()["code"] != "card_number":
                    faults.append(f"{method} {path} {place}: {answer.status_code} {answer.text[:100]}")
            for name, each in named.items():
                if each["in"] == "query" and each["schema"].get("type") == "string":
                    texts += 1
                    answer = client.request(method, whole, params={name: next(spellings)})
                    if answer.status_code != 422:
                        faults.append(f"{method} {path}?{name}: {answer.status_code}")
            if "Idempotency-Key" in named:
                texts += 1
                answer = client.request(method, whole, json=body, headers={"Idempotency-Key": NUMBERS[texts % 10]})
                if answer.status_code != 422:
                    faults.append(f"{method} {path} Idempotency-Key: {answer.status_code}")
            number = next(spellings)
            texts += 2
            client.request(method, f"{path.split('{')[0]}{number}", headers={"X-Request-Id": number.replace(" ", "-")})
            client.request(method, whole, content=f'{{"unread": {number}', headers={"User-Agent": number})
    return texts


def _planted(value: Any, spellings: Iterator[str], path: str = "") -> Iterator[tuple[str, Any]]:
    """The example with one text of it a card number, for each of its texts; each also within a sentence."""
    if isinstance(value, str):
        yield path, next(spellings)
        yield path, f"he paid with {next(spellings)} yesterday"
    elif isinstance(value, dict):
        for name, each in value.items():
            for place, planted in _planted(each, spellings, f"{path}.{name}"):
                yield place, {**value, name: planted}
        yield f"{path}.(a name)", {**value, next(spellings): 1}
    elif isinstance(value, list):
        for at, each in enumerate(value):
            for place, planted in _planted(each, spellings, f"{path}[{at}]"):
                yield place, [*value[:at], planted, *value[at + 1 :]]


def _pages(base: str, password: str, every: int, faults: list[str]) -> int:
    """Send a form with a card number to every address of the pages; how many there were."""
    forms, spellings = 0, _spellings()
    with httpx.Client(base_url=base, timeout=30, follow_redirects=False) as owner:
        owner.get("/account/login/")
        token = owner.cookies["csrftoken"]
        owner.post("/account/login/", data={"login": "prover", "password": password, "csrfmiddlewaretoken": token})
        token = owner.cookies["csrftoken"]
        for path in [*_paths(get_resolver())][::every]:
            for name in ("reason", "q", "name", "query"):
                forms += 1
                answer = owner.post(path, data={name: next(spellings), "csrfmiddlewaretoken": token})
                if answer.status_code not in {405, 422}:
                    faults.append(f"POST {path} {name}: {answer.status_code}")
    return forms


def _paths(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every address of the pages, with something in each of its places."""
    import re

    for each in resolver.url_patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _paths(each, path)
        elif isinstance(each, URLPattern) and "(" not in path and "^" not in path:
            yield re.sub(r"<uuid:\w+>", "0" * 8 + "-0000-4000-8000-" + "0" * 12, re.sub(r"<(?!uuid)[^>]+>", "1", path))


def _sheets(db: Connection, folder: Path, faults: list[str]) -> int:
    """Send sheets of every kind with a number in every column; how many rows there were."""
    rows, spellings = 0, _spellings()
    for kind, trade in TRADES.items():
        names = [each.name for each in trade.fields] + ["remark"]
        planted = [[next(spellings) if at == here else "1" for at in range(len(names))] for here in range(len(names))]
        path = folder / f"{kind}.csv"
        path.write_text("\n".join(",".join(cells) for cells in [names, *planted]))
        found = imports.start(db, path, kind)
        faulty = {each.row for each in imports.bad_rows(db, found.id, most=500).items if each.code == "card_number"}
        rows += len(planted)
        if len(faulty) < len(planted):
            faults.append(f"{kind}: {len(planted) - len(faulty)} rows were not refused")
        imports.go_ahead(db, found.id)
    return rows


def _receiver(db: Connection) -> None:
    """A webhook's receiver answers with a card number, which is written down beside the delivery."""
    made = actions.create(
        db, actions.NewWebhook("https://127.0.0.1:9/hook", ["*"]), actor="prover", now=utc_now(), loopback=True
    )
    if refused(made):
        raise AssertionError(made.detail)
    actions.ping(db, made.webhook.id, actions.PingWebhook(), actor="prover", now=utc_now())
    db.commit()
    answered = [
        (each, Answer(500, f"card {NUMBERS[0]} declined")) for each in outbox.due(db, {made.webhook.id: 1}, utc_now())
    ]
    if not answered:
        raise AssertionError("no delivery is due: nothing is proven by it")
    outbox.settle(db, answered, utc_now())
    db.commit()


def _logged(log: Path) -> None:
    """What a library may write into the log: a message, a fault, and the name of a request."""
    script = (
        "import logging, sys\n"
        "from onhand.core import logs\n"
        "for kind in ('json', 'text'):\n"
        "    logs.begin(kind, 'debug')\n"
        "    for number in sys.argv[1:]:\n"
        "        logs.request_id.set(number)\n"
        "        try:\n"
        "            int(number + 'x')\n"
        "        except ValueError:\n"
        "            logging.getLogger('anything').exception('card %s, or %r', number, {'card': number})\n"
    )
    with log.open("ab") as into:
        subprocess.run([sys.executable, "-c", script, *NUMBERS], stderr=into, check=True, timeout=60)
