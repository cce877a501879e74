"""What every answer of every door tells browsers: pages cannot be framed, sniffed, or kept where they should not be.

A real server answers every route of both doors that can be read with GET (of the API: without a key and with one; of
the pages: as a stranger and as an owner), addresses nobody knows, its files, its vitals and its live stream, what is
sent with methods a route does not take, forms that are not ours, and bytes that are no HTTP. It holds when each answer
says nosniff, a policy with ``frame-ancestors 'none'``, a year of HSTS, policies for referrers, permissions, windows and
resources, and, where it is private, no-store. The refusal on the doorstep is looked at as it is written.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import httpx
from django.urls import URLPattern, URLResolver, get_resolver

from onhand.access.keys import SCOPES, create
from onhand.core.database import connect
from onhand.core.refusals import refused
from onhand.doors.api.document import document
from onhand.doors.api.doorstep import REFUSAL
from onhand.doors.cli.bench.stage import HOST, served
from onhand.doors.cli.schema import introduce
from onhand.doors.turnstile import kind_of
from proofs.figures import Figure, fresh_database
from shop import Shop

TITLE = "headers on every answer of both doors"
FILES = ("/static/onhand/onhand.css", "/favicon.ico", "/healthz", "/readyz", "/metrics", "/nowhere", "/api/nowhere")
STREAM = "/live?topics=news"
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "DELETE")


def prove(short: bool) -> Figure:
    """Every route; in short every fifth."""
    with fresh_database() as url:
        introduce(url)
        with connect(url) as db:
            shop = Shop(db)
            shop.stock("mug", 12)
            shop.do(shop.order(("mug", 1)))
            key = create(db, "prover", SCOPES)
            from onhand.access.people import admit

            password = admit(db, "prover", "owner", password="a password of the proof")  # noqa: S106
        if refused(password):
            raise AssertionError(password.detail)
        with served(url, None, 1) as server:
            faults, asked = _faults(f"http://{HOST}:{server.port}", key, password, 5 if short else 1)
    worst = f"; first: {faults[0]}" if faults else ""
    return Figure(38, TITLE, passed=not faults, figure=f"{asked} answers, {len(faults)} without{worst}")


def _faults(address: str, key: str, password: str, every: int) -> tuple[list[str], int]:
    found, asked = [], 0
    with httpx.Client(base_url=address, timeout=30) as stranger, httpx.Client(base_url=address, timeout=30) as owner:
        _sign_in(owner, password)
        owner.headers["Authorization"] = f"Bearer {key}"
        for path in [*_paths()][::every]:
            for who in (stranger, owner):
                for answer in (who.get(path), who.request(METHODS[asked % len(METHODS)], path)):
                    asked += 1
                    found += [f"{path}: {fault}" for fault in _lacking(path, answer.status_code, answer.headers)]
        for path, answer in _odd(owner, httpx.URL(address).port or 0):
            asked += 1
            found += [f"{path}: {fault}" for fault in _lacking(path, answer.status_code, answer.headers)]
    return found, asked


def _odd(owner: httpx.Client, port: int) -> Iterator[tuple[str, httpx.Response]]:
    """Answers given outside of any route: a stream, what is no HTTP, a refusal on the doorstep."""
    with owner.stream("GET", STREAM) as answer:
        yield STREAM, answer
    with socket.create_connection((HOST, port), 10) as line:
        line.sendall(b"NONSENSE\r\n\r\n")
        yield "no HTTP", _read(line.recv(65536))
    yield "the doorstep", _read(REFUSAL)


def _read(said: bytes) -> httpx.Response:
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    return httpx.Response(int(first.split()[1]), headers=headers, content=body)  # type: ignore[arg-type]


def _sign_in(browser: httpx.Client, password: str) -> None:
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/account/login/").text)[:1]
    filled = {"csrfmiddlewaretoken": token, "login": "prover", "password": password}
    browser.post("/account/login/", data=filled)


def _paths() -> Iterator[str]:
    yield from FILES
    for path in document()["paths"]:
        yield re.sub(r"\{[^}]*\}", "mug", path)
    for path in _pages(get_resolver()):
        yield re.sub(r"<[^>]*>", "1", path.replace("<code:sku>", "mug"))


def _pages(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for each in resolver.url_patterns:
        path = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _pages(each, path)
        elif isinstance(each, URLPattern) and "(?P" not in path:
            yield path


# What says the same to everybody, and may lie in caches.
_MAY_BE_KEPT = (
    "/static/",
    "/favicon",
    "/how-to",
    "/api/docs",
    "/shop/embed.js",
    "/robots",
    "/sitemap",
    "/shop/sitemap",
)


def _lacking(path: str, status: int, headers: httpx.Headers) -> Iterator[str]:
    wanted = {
        "x-content-type-options": "nosniff",
        "content-security-policy": "frame-ancestors 'none'",
        "strict-transport-security": "max-age=31536000",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(self)",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if kind_of(path) == "shop":
        # Customers may be asked where they are, to find the nearest store; and pages of others show our stock.
        wanted["permissions-policy"] = "microphone=(), payment=(), usb=()"
    if path == "/shop/embed.js" and status == 200:
        wanted["cross-origin-resource-policy"] = "cross-origin"
    if not path.startswith(_MAY_BE_KEPT):
        wanted["cache-control"] = "no-store"
    for name, part in wanted.items():
        if part not in headers.get(name, ""):
            yield f"{status} without {name} ({headers.get(name, '')!r})"
