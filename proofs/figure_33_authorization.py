"""Every way in, asked by everybody: allowed where the table of permissions says so, refused everywhere else.

A real server is asked at each operation of the API's document and each page, for reading and for writing. Of the API
by keys that hold one permission each, by one that holds all of them and by strangers; of the pages by somebody of each
role, suppliers and customers among them, and by strangers; at their own site and at another; and at the live stream,
topic by topic. Refused means 403 (a stranger: 401, or the sign-in page) and nothing changed; allowed means anything
but that. A way in that declares no permission, or one that is not in the table, is a leak by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count, product
from typing import Any, NamedTuple

import httpx
from django.urls import URLPattern, URLResolver, get_resolver

from onhand.access import keys
from onhand.access.permissions import PERMISSIONS
from onhand.access.roles import ROLES, rights
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.api import permits
from onhand.doors.api.live.topics import TAKES
from onhand.doors.cli.bench.stage import HOST, served
from onhand.doors.cli.schema import introduce
from onhand.flows.appoint import admit
from onhand.flows.permits import PERMITS, step_permission
from onhand.flows.registry import FLOWS
from proofs.figures import Figure, fresh_database
from shop import Shop

TITLE = "every operation, by every role, at own and other sites"
PASSWORD = "a password of the proof"  # noqa: S105 - of a database that goes with it
OWN, OTHER = "london", "lisbon"
# What stands in the address of a page.
PARTS = {
    "sku": "mug",
    "channel": "web",
    "number": "N1",
    "webhook": "01920000-0000-7000-8000-000000000000",
    "listing": "stock",
}
# What is taken back, what one likes, and shared devices, which let in by the device: these ask for themselves.
OF_THEIR_OWN = frozenset({"/undo", "/prefer", "/shift", "/shift/lock"})
STEPS = ("hold", "pick", "deliver")


# Of the askings; a longer number might look like a card's by chance, and be refused.
_numbers = count(1)


class Page(NamedTuple):
    """A page: where, what it takes, and at which site (empty: at none)."""

    path: str
    takes: frozenset[str] | None
    site: str


class Tally:
    """What was asked, and what came out wrong."""

    def __init__(self) -> None:
        self.asked = 0
        self.leaks: list[str] = []

    def note(self, said: str, *, expected: bool, allowed: bool) -> None:
        """One question, and whether its answer was right."""
        self.asked += 1
        if expected != allowed:
            self.leaks.append(f"{said}: {'let in' if allowed else 'refused'}")


def prove(short: bool) -> Figure:
    """Every way in; in short every seventh of the API's and a third of the roles."""
    tally = Tally()
    with fresh_database() as url:
        introduce(url)
        with connect(url) as db:
            shop = Shop(db)
            shop.stock("mug", 12)
            shop.do(shop.order(("mug", 1)))
            db.commit()
            by_key = _keys(db)
            _people(db)
            db.commit()
            before = _traces(db)
        _declared(tally)
        with served(url, None, 1) as server:
            address = f"http://{HOST}:{server.port}"
            _machines(tally, address, by_key, 7 if short else 1)
            _sited_machines(tally, address, by_key)
            _persons(tally, address, 3 if short else 1)
        with connect(url) as db:
            changed = _traces(db) != before
    if changed:
        tally.leaks.append("something was changed by who may not")
    worst = f"; first: {tally.leaks[0]}" if tally.leaks else ""
    return Figure(
        33, TITLE, passed=not tally.leaks, figure=f"{tally.asked:,} questions, {len(tally.leaks)} leaks{worst}"
    )


def _keys(db: Connection) -> dict[str, str]:
    """A key for each permission, one that holds all, one for nothing, and some of one site or channel."""
    machines = [each for each in PERMISSIONS if each not in keys.NOT_FOR_MACHINES]
    made = {each: keys.create(db, each, [each]) for each in machines}
    made["all"] = keys.create(db, "all", machines)
    made["site"] = keys.create(db, "site", ["stock", "orders"], sites=[OWN])
    made["channel"] = keys.create(db, "channel", ["orders"], channels=["shop"])
    return made


def _people(db: Connection) -> None:
    for role in ROLES:
        if refused(made := admit(db, role, role, password=PASSWORD, now=utc_now())):
            raise AssertionError(made.detail)
    made = admit(db, "local", "store_manager", password=PASSWORD, sites=[OWN], now=utc_now())
    if refused(made):
        raise AssertionError(made.detail)


def _traces(db: Connection) -> list[Any]:
    """What must be as before when everything that was asked was refused or could not be carried out."""
    return [
        db.execute(f"SELECT count(*) FROM {table}").fetchone()
        for table in ("stock_move", "orders_order", "access_role", "access_post", "access_person", "places_site")
    ]


def _declared(tally: Tally) -> None:
    """Each way in says what it takes."""
    app = api.create(Writer(lambda: connect("postgresql:///nowhere"), FLOWS), _no_readers())
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [getattr(route, "route_handler", None)]:
            said = handler is not None and permits.declared(handler.opt)
            tally.note(f"API {route.path}", expected=True, allowed=said)
    for path, view in _views(get_resolver()):
        if not path.startswith("/account/"):
            tally.note(f"page {path}", expected=True, allowed=hasattr(view, "takes"))
    for kind in FLOWS:
        tally.note(kind.__name__, expected=True, allowed=kind in PERMITS)


def _no_readers() -> Any:
    from onhand.core.database import Readers

    return Readers("postgresql:///nowhere")


def _machines(tally: Tally, address: str, by_key: Mapping[str, str], every: int) -> None:
    """Each operation of the document, by a key for each permission."""
    app = api.create(Writer(lambda: connect("postgresql:///nowhere"), FLOWS), _no_readers())
    operations = [
        (method, re.sub(r"\{[^}]*\}", "mug", route.path), permits.wanted(handler.opt))
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        for method in handler.http_methods
        if route.path.startswith("/api/v1") and method not in {"OPTIONS", "HEAD"}
    ][::every]
    with httpx.Client(base_url=address, timeout=30) as client:
        for (method, path, takes), (name, key) in product(operations, by_key.items()):
            if name in {"site", "channel"}:
                continue
            answer = client.request(method, path, content=b"{}" if method != "GET" else None, headers=_bearing(key))
            expected = not takes or name == "all" or name in takes
            tally.note(f"{method} {path} by {name}", expected=expected, allowed=answer.status_code != 403)
        for method, path, _takes in operations:
            for bearing in ({}, _bearing("oh_00000000_forged"), _bearing(by_key["all"][:-1] + "?")):
                answer = client.request(method, path, headers=bearing)
                tally.note(f"{method} {path} by a stranger", expected=False, allowed=answer.status_code != 401)


def _bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


def _sited_machines(tally: Tally, address: str, by_key: Mapping[str, str]) -> None:
    """A key of one site at both sites; one of one channel at both channels. What is asked cannot be carried out."""
    with httpx.Client(base_url=address, timeout=30) as client:
        for site in (OWN, OTHER):
            lines = [{"sku": "no-such-sku", "quantity": 1}]
            bodies: dict[str, dict[str, Any]] = {
                "adjustments": {"site": site, "location": "pick", "sku": "no-such-sku", "reason": "x", "by": 1},
                "receipts": {"site": site, "lines": lines},
                "moves": {"site": site, "source": "pick", "target": "dock", "lines": lines},
                "transfers": {"source": site, "target": "x", "reference": "r", "lines": lines},
                "thresholds": {"site": site, "sku": "no-such-sku", "quantity": 1},
                "returns": {"channel": "web", "number": "none", "site": site, "lines": [{"line": 1, "quantity": 1}]},
            }
            for (path, body), many in product(bodies.items(), (False, True)):
                answer = _post(client, path, body, by_key["site"], many=many)
                tally.note(f"{path} at {site}", expected=site == OWN, allowed=answer != 403)
        for step in ("pick", "hold"):
            # The order's goods lie at the key's own site; holding is no matter of sites.
            body = {"channel": "web", "number": "N1", "step": step, "lines": [{"line": 99, "quantity": 1}]}
            answer = _post(client, "order-steps", body, by_key["site"], many=False)
            tally.note(f"{step} from {OWN}", expected=True, allowed=answer != 403)
        body = {"channel": "web", "number": "N1", "step": "pick", "site": OTHER}
        tally.note("pick elsewhere", expected=False, allowed=_post(client, "order-steps", body, by_key["site"]) != 403)
        for channel in ("web", "shop"):
            body = {"channel": channel, "number": "none", "reason": "x"}
            answer = _post(client, "order-cancellations", body, by_key["channel"])
            tally.note(f"cancel in {channel}", expected=channel == "shop", allowed=answer != 403)


def _post(client: httpx.Client, path: str, body: dict[str, Any], key: str, *, many: bool = False) -> int:
    headers = {**_bearing(key), "Idempotency-Key": f"{path}-{many}-n{next(_numbers)}"}
    if not many:
        return client.post(f"/api/v1/{path}", json=body, headers=headers).status_code
    (line,) = client.post(f"/api/v1/{path}/bulk", json=[body], headers=headers).json()
    return int(line["status"])


def _persons(tally: Tally, address: str, every: int) -> None:
    """Each page, by somebody of each role, and by a stranger."""
    pages = list(_pages())
    for role in [*ROLES][::every]:
        with httpx.Client(base_url=address, timeout=30) as browser:
            token = _sign_in(browser, role)
            allowed = dict.fromkeys(rights(role), True)
            for page in pages:
                expected = page.takes is None or not page.takes or any(each in allowed for each in page.takes)
                _ask(tally, browser, page, token, role, expected=expected)
            _listen(tally, browser, role)
    with httpx.Client(base_url=address, timeout=30) as browser:
        token = _sign_in(browser, "local")
        for page in pages:
            sited = [each for each in page.takes or () if each in PERMISSIONS and PERMISSIONS[each].sited]
            if page.site and sited:
                held = any(each in rights("store_manager") for each in page.takes or ())
                _ask(tally, browser, page, token, "local", expected=held and page.site == OWN)
    with httpx.Client(base_url=address, timeout=30) as stranger:
        for page in pages:
            answer = stranger.get(page.path)
            away = not _let_in(page, answer) or "/account/login/" in answer.headers.get("location", "")
            tally.note(f"{page.path} by a stranger", expected=page.takes is None, allowed=not away)


def _ask(tally: Tally, browser: httpx.Client, page: Page, token: str, who: str, *, expected: bool) -> None:
    for method in ("GET", "POST"):
        filled = {"csrfmiddlewaretoken": token} if method == "POST" else None
        answer = browser.request(method, page.path, data=filled, headers={"X-CSRFToken": token})
        tally.note(f"{method} {page.path} by {who}", expected=expected, allowed=_let_in(page, answer))


def _let_in(page: Page, answer: httpx.Response) -> bool:
    """Customers' own pages send whoever is no customer to the customers' sign-in, or tell a script so."""
    sent_away = page.takes is not None and answer.headers.get("location", "").startswith("/my/sign-in")
    return answer.status_code not in {401, 403} and not sent_away


def _listen(tally: Tally, browser: httpx.Client, role: str) -> None:
    topics = {"sku": "sku:mug", "site": "site:london", "order": "order:web/N1", "kind": "kind:order.placed"}
    topics |= {"shop": "shop:mug"}
    for kind, permission in TAKES.items():
        topic = topics.get(kind, kind)
        with browser.stream("GET", "/live", params={"topic": topic}) as answer:
            expected = not permission or permission in rights(role)
            tally.note(f"live {topic} by {role}", expected=expected, allowed=answer.status_code == 200)


def _sign_in(browser: httpx.Client, name: str) -> str:
    page = browser.get("/account/login/").text
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[:1]
    answer = browser.post("/account/login/", data={"csrfmiddlewaretoken": token, "login": name, "password": PASSWORD})
    if answer.status_code != 302:
        raise AssertionError(f"{name} cannot sign in: {answer.status_code}")
    return str(browser.cookies.get("csrftoken") or browser.cookies.get("__Host-csrftoken"))


def _pages() -> Iterator[Page]:
    """Each page of ours, at both sites where it names one."""
    for path, view in _views(get_resolver()):
        takes: frozenset[str] | None = getattr(view, "takes", frozenset())
        if path.startswith("/account/") or path in OF_THEIR_OWN or "(?P" in path:
            continue
        for site in (OWN, OTHER) if ":site>" in path else ("",):
            for name in STEPS if "/step/" in path else ("x",):
                needs = frozenset({step_permission(name)}) if "/step/" in path else takes
                yield Page(_filled(path, site, name), needs, site)


def _filled(path: str, site: str, name: str) -> str:
    def part(found: re.Match[str]) -> str:
        kind, called = found[1], found[2]
        if called == "site":
            return site
        if kind == "uuid":
            return PARTS["webhook"]
        if called == "number" and kind != "code":
            return "1"
        if called == "name":
            return name
        return PARTS.get(called, "1")

    return re.sub(r"<(?:(\w+):)?(\w+)>", part, path)


def _views(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, Any]]:
    for each in resolver.url_patterns:
        path = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from _views(each, path)
        elif isinstance(each, URLPattern):
            yield path, each.callback
