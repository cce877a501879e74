"""The API keeps its word: its own document is turned against it, by machine, ten thousand times and more.

A real server with a database of its own is started, a small shop is set up with the requests that the document shows
as examples, and Schemathesis (all its checks, with sequences of calls that feed on one another) sends what the
document allows, and what it forbids. Every answer must be one the document names, fit its schema and carry its
headers; what is forbidden must be refused, and so must whoever shows no key.

It holds when no answer was a fault of ours (5xx), none broke the document, none let a stranger in, every route the
app has is in the document, and the books are in order when all is over.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from onhand.core.database import Readers, connect
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.api.document import document
from onhand.doors.api.masters import KINDS
from onhand.flows.registry import FLOWS
from proofs.figures import Figure, worst

TITLE = "schemathesis, all checks + stateful"
CASES = 10_000
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")

_ONHAND = [sys.executable, "-m", "onhand"]
_NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"  # routes are made before anybody connects
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
# In the order in which a shop comes to be.
_TRADING = [
    "receipts",
    "orders",
    "order-amendments",
    "order-cancellations",
    "order-steps",
    "returns",
    "cart-holds",
    "expected-supplies",
    "supply-amendments",
    "moves",
    "transfers",
    "adjustments",
    "thresholds",
]


def prove(short: bool) -> Figure:
    """All phases until 10,000 cases are through; in short the examples and a few of each kind."""
    with _served() as server:
        _furnish(server)
        runs = [_turn_against(server, "examples,fuzzing,stateful", examples=2)] if short else _in_full(server)
        clean = server.command("check", "--json")
    faults = [fault for run in runs for fault in run.faults] + _undocumented()
    if not msgspec.json.decode(clean)["clean"]:
        faults.append("the books are not in order")
    cases = sum(run.cases for run in runs)
    enough = short or cases >= CASES
    routes = sum(len(item) for item in document()["paths"].values())
    said = f"{cases:,} cases over {routes} operations, {len(faults)} faults (5xx, schema, auth, undocumented routes)"
    return Figure(34, TITLE, passed=enough and not faults, figure=f"{said}{worst(faults)}")


class _Server(NamedTuple):
    """A server under proof: where it is, the key to it, and the environment it lives in."""

    url: str
    key: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """Run a command of ``onhand`` beside the server; what it printed last."""
        done = subprocess.run(
            [*_ONHAND, *words], env=self.environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout.strip().splitlines()[-1]


@contextmanager
def _served() -> Iterator[_Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="onhand-proof-34-", ignore_cleanup_errors=True) as folder:
        # When root runs the proofs, the database's account must be able to enter.
        Path(folder).chmod(0o755)
        environment = {**os.environ, "ONHAND_DATA": folder, "ONHAND_PORT": str(port)}
        environment.pop("DATABASE_URL", None)
        with subprocess.Popen([*_ONHAND, "serve"], env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                if process.stdout is None or "is running" not in process.stdout.readline():
                    raise RuntimeError("the server did not start")
                keyless = _Server(f"http://127.0.0.1:{port}", "", environment)
                yield keyless._replace(key=keyless.command("key", "create", "proof"))
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def _furnish(server: _Server) -> None:
    """Set up the shop of the document's examples, by the requests it shows."""
    lisbon = {"code": "lisbon", "name": "Lisboa", "kind": "store", "country": "PT"}
    first = {
        "sites": lisbon | {"time_zone": "Europe/Lisbon", "currency": "EUR"},
        "categories": {"code": "kitchen", "name": "Kitchen"},
        "products": {"code": "lamp", "name": "Lamp", "skus": [{"code": "lamp"}]},
    }
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.key}"}, timeout=30) as client:
        for path, record in first.items():
            client.post(f"/api/v1/{path}", json=[record]).raise_for_status()
        for path in [*KINDS, *_TRADING]:
            content = document()["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"]["application/json"]
            answer = client.post(f"/api/v1/{path}", json=content["example"], headers={"Idempotency-Key": path})
            answer.raise_for_status()


class _Run(NamedTuple):
    """What a run of Schemathesis brought."""

    cases: int
    faults: list[str]


def _in_full(server: _Server) -> list[_Run]:
    """The document's corners, then at random, again until enough cases are through."""
    runs = [_turn_against(server, "examples,coverage", examples=1)]
    began, rounds = time.monotonic(), 0
    while sum(run.cases for run in runs) < CASES and time.monotonic() - began < 1800:
        rounds += 1
        runs.append(_turn_against(server, "fuzzing,stateful", examples=20, seed=rounds))
    return runs


def _turn_against(server: _Server, phases: str, *, examples: int, seed: int = 0) -> _Run:
    with tempfile.TemporaryDirectory(prefix="onhand-schemathesis-") as folder:
        report = Path(folder) / "report.json"
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIGURATION)),
            *("run", f"{server.url}/api/docs/openapi.json", "--header", f"Authorization: Bearer {server.key}"),
            *("--checks", "all", "--phases", phases, "--max-examples", str(examples), "--seed", str(seed)),
            *("--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off", "--no-color"),
            *("--generation-database", "none", "--request-timeout", "20"),
            *("--report", "json", "--report-json-path", str(report)),
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=1500, check=False)
        if not report.exists():
            raise RuntimeError(f"Schemathesis gave no report: {done.stdout[-500:]}{done.stderr[-500:]}")
        return _read(msgspec.json.decode(report.read_bytes()))


def _read(report: dict[str, Any]) -> _Run:
    """The cases that were sent, and everything that was found, in words."""
    found = [f"{each.get('title') or each.get('code')}: {each}" for each in report["failures"] + report["errors"]]
    return _Run(report["test_cases"]["generated"], found)


def _undocumented() -> list[str]:
    """The routes of the app that the document does not name."""
    described = {(method.upper(), path) for path, item in document()["paths"].items() for method in item}
    routes = {
        (method, route.path_format)
        for route in api.create(Writer(lambda: connect(_NOWHERE), FLOWS), Readers(_NOWHERE)).routes
        for method in getattr(route, "methods", ())
        if method in _METHODS and not route.path.startswith("/api/docs")
    }
    return [f"{method} {path} is not in the document" for method, path in sorted(routes - described)]
