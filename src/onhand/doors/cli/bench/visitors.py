"""People who look: pages of a shop with a year in it, as whoever has signed in sees them.

The shop is one of ``large``'s, smaller: half a million positions, a hundred thousand orders. It stands in a database of
its own beside the benchmark's, and is dropped in the end.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from urllib.parse import urlsplit, urlunsplit

import httpx

from onhand.access.people import admit
from onhand.core.database import connect
from onhand.core.refusals import refused
from onhand.doors.cli.bench import large
from onhand.doors.cli.schema import migrate

POSITIONS = 500_000
DATABASE = "onhand_bench_year"
PAGES = (
    *("/overview", "/stock", "/stock?site=site-07", "/stock?q=mug", "/stock?below=yes", "/stock?available=lt:5"),
    *("/orders", "/orders?state=backordered", "/orders?q=N00050123", "/products", "/products?q=kettle"),
    *("/moves", "/moves?site=site-07", "/waiting", "/reservations", "/sites", "/locations", "/imports"),
)


@contextmanager
def year(url: str) -> Iterator[str]:
    """A database with a year in it; its address."""
    parts = urlsplit(url)
    there = urlunsplit(parts._replace(path=f"/{DATABASE}"))
    with connect(url, autocommit=True) as db:
        db.execute("SET statement_timeout = 0")
        db.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        db.execute(f"CREATE DATABASE {DATABASE}")
    try:
        migrate(there)
        large.fill(there, positions=POSITIONS)
        yield there
    finally:
        with connect(url, autocommit=True) as db:
            db.execute("SET statement_timeout = 0")
            db.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def signed_in(url: str, address: str) -> str:
    """Somebody's cookies, once they have signed in."""
    with connect(url) as db:
        password = admit(db, "onlooker", "owner", password=secrets.token_urlsafe(12))
    if refused(password):
        raise RuntimeError(password.detail)
    with httpx.Client(base_url=address, timeout=30) as browser:
        form = browser.get("/account/login/").text
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[:1]
        filled = {"csrfmiddlewaretoken": token, "login": "onlooker", "password": password}
        browser.post("/account/login/", data=filled, headers={"Referer": address})
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


@dataclass(frozen=True, slots=True)
class Looking:
    """Pages, one after the other; each connection begins at another."""

    cookies: str
    pages: tuple[str, ...]

    def __call__(self, connection: int) -> Iterator[bytes]:
        """The requests of one connection."""
        for page in islice(cycle(self.pages), connection % len(self.pages), None):
            yield f"GET {page} HTTP/1.1\r\nHost: bench\r\nCookie: {self.cookies}\r\n\r\n".encode()
