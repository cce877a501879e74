"""What attackers type first, through every text field there is: nothing is carried out, nothing comes back as markup.

The pages are walked from the first on, each address once, in a shop whose every name is a probe; each form that is
found is sent with a probe in each of its text fields. Of the machines' door every text of every body, every question
and every part of an address is tried.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from litestar.testing import TestClient

from doors.conftest import key
from doors.people import sign_in
from doors.test_hostile import POSTS, of_one_kind, places, post, replaced
from doors.test_hostile import Client as Machine
from onhand.core.database import Readers
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.api import reads
from onhand.doors.web import house
from shop import Shop

MARKUP = "\"'><xss onclick=alert(1)>{{ 7|add:424242424242 }}"
PROBES = (
    MARKUP,
    "x'; DROP TABLE orders_order; --",
    "' OR 1=1 AND pg_sleep(4) IS NOT NULL --",
    "javascript:alert(1)//\r\nSet-Cookie: probe=1",
)
SECONDS_AT_MOST = 3.0
LEADS_AWAY = ("/account/logout/", "/account/password/", "/account/2fa/", "/shift/lock", "/prefer", "/touch")


class Field(NamedTuple):
    """A field of a form: what it is called, what it holds, whether people type text into it."""

    name: str
    value: str
    text: bool


class Form(NamedTuple):
    """A form as a browser sends it."""

    method: str
    path: str
    fields: list[Field]


class Page(HTMLParser):
    """What a browser makes of an answer: where it leads, its forms, and what in it would be run."""

    def __init__(self, html: str, at: str) -> None:
        super().__init__()
        self.leads: list[str] = []
        self.forms: list[Form] = []
        self.run: list[str] = []
        # Whether it tells of a probe, as text.
        self.shown = "&lt;xss onclick" in html
        self._at = at
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self.run += [f"<{tag} {name}>" for name in facts if name.startswith(("on", "hx-on", "style"))]
        self.run += [f"{name}={value}" for name, value in facts.items() if _runs(name, value)]
        if tag in {"xss", "style", "iframe", "object", "embed"} or (
            tag == "script"
            and not facts.get("src", "").startswith("/static/")
            and facts.get("type") != "application/ld+json"
        ):
            self.run.append(f"<{tag}>")
        self.leads += [urljoin(self._at, facts[name]) for name in ("href", "hx-get", "data-from") if facts.get(name)]
        if tag == "form":
            posted = facts.get("hx-post") or (facts.get("action", "") if facts.get("method") == "post" else None)
            way = "GET" if posted is None else "POST"
            to = posted or facts.get("hx-get") or facts.get("action") or self._at
            self.forms.append(Form(way, urljoin(self._at, to), []))
        elif self.forms and facts.get("name") and tag in {"input", "textarea", "select", "button"}:
            kind = facts.get("type", "text")
            text = tag == "textarea" or (tag == "input" and kind in {"text", "search", "email", "url", "number", "tel"})
            ticked = kind not in {"checkbox", "radio"} or "checked" in facts
            if tag != "button" and ticked and kind != "file":
                self.forms[-1].fields.append(Field(facts["name"], facts.get("value", ""), text or kind == "hidden"))


def _runs(name: str, value: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", value).lower()
    return name in {"href", "src", "action", "formaction", "hx-get", "hx-post"} and plain.startswith(
        ("javascript:", "data:text", "vbscript:")
    )


def seen(answer: Any, at: str, took: float = 0.0) -> Page:
    """An answer looked at as a browser would; it is no fault of ours, came soon, and runs nothing."""
    assert answer.status_code < 500, (at, answer.status_code)
    assert took < SECONDS_AT_MOST, (at, took)
    assert "probe" not in answer.cookies, at
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    if "html" not in answer.headers.get("Content-Type", "html"):
        return Page("", at)
    html = body.decode()
    page = Page(html, at)
    assert page.run == [], (at, page.run)
    assert "424242424249" not in html, at
    return page


def asked(browser: Client, form: Form, **facts: str) -> tuple[Any, float]:
    began = time.perf_counter()
    filled = {field.name: field.value for field in form.fields} | facts
    sent = browser.post if form.method == "POST" else browser.get
    answer = sent(form.path, filled)
    return answer, time.perf_counter() - began


@pytest.fixture
def door(browser: Client, shop: Shop) -> Iterator[Machine]:
    """The machines' door beside the pages."""
    opened = house.opened[0]
    assert isinstance(opened.writer, Writer)
    assert isinstance(opened.readers, Readers)
    with TestClient(api.create(opened.writer, opened.readers), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key(shop, 'all')}"
        yield client


def furnish(door: Machine, shop: Shop) -> None:
    """A shop in which whatever may have a name has one that is a probe."""
    shop.stock("mug", 10)
    shop.db.commit()
    bodies: dict[str, Any] = {
        "categories": [{"code": "kitchen", "name": MARKUP}],
        "products": [
            {"code": "cup", "name": MARKUP, "category": "kitchen", "skus": [{"code": "cup", "name": MARKUP}]},
            {"code": "<b>cup</b>", "name": "x", "skus": [{"code": "<i>cup</i>"}]},
        ],
        "sites": [
            {
                "code": "paris",
                "name": MARKUP,
                "kind": "store",
                "country": "FR",
                "time_zone": "Europe/Paris",
                "currency": "EUR",
            }
        ],
        "customers": [{"code": "c1", "name": MARKUP, "email": "a@example.com"}],
        "channels": [{"code": "market", "name": MARKUP, "kind": "marketplace", "currency": "EUR"}],
        "orders": {
            "channel": "web",
            "number": "<u>N1</u>",
            "customer": "c1",
            "lines": [{"sku": "mug", "quantity": 1}],
        },
        "adjustments": {"site": "london", "location": "pick", "sku": "mug", "reason": MARKUP, "by": 1},
        "webhooks": {"url": "https://hooks.example/<b>", "kinds": ["order.*"], "description": MARKUP},
    }
    for path, body in bodies.items():
        answer = door.post(f"/api/v1/{path}", json=body, headers={"Idempotency-Key": path})
        lines = answer.json() if isinstance(answer.json(), list) else [answer.json() | {"status": answer.status_code}]
        assert [line["status"] for line in lines if line["status"] not in {200, 201}] == [], (path, answer.text)


def walked(browser: Client) -> Iterator[tuple[str, Page]]:
    """Each page that can be come to, once by its route."""
    waiting, routes = ["/", "/home", "/design", "/imports", "/people/add", "/orders?q=N1"], set()
    waiting += [f"/stock/mug/at/london/{act}" for act in ("adjust", "move", "transfer", "receive", "threshold")]
    while waiting:
        at = waiting.pop(0)
        parts = urlsplit(at)
        if parts.netloc or parts.path.startswith((*LEADS_AWAY, "/static/", "/api", "/live")) or parts.scheme:
            continue
        try:
            route = resolve(parts.path).route
        except Resolver404:
            continue
        if route in routes:
            continue
        routes.add(route)
        began = time.perf_counter()
        answer = browser.get(at)
        page = seen(answer, at, time.perf_counter() - began)
        yield at, page
        waiting += [*page.leads, *([urljoin(at, answer["Location"])] if answer.has_header("Location") else [])]


def test_what_would_be_run_is_seen() -> None:
    planted = '<a href=" java\tscript:alert(1)"><img onerror=x><script>1</script><xss><p style="x">'

    assert len(Page(planted, "/").run) == 5
    assert Page('<a href="/x">&lt;xss onclick=1&gt;</a><script src="/static/x.js"></script>', "/").run == []


def test_pages_full_of_probes_run_nothing_and_no_field_of_theirs_lets_one_in(
    browser: Client, shop: Shop, door: Machine
) -> None:
    furnish(door, shop)
    sign_in(browser, shop)
    forms: dict[tuple[str, str, str], Form] = {}
    pages, shown = 0, 0
    for _at, page in walked(browser):
        pages += 1
        for form in page.forms:
            if not form.path.startswith(LEADS_AWAY) and not urlsplit(form.path).netloc:
                key_of = (form.method, urlsplit(form.path).path, ",".join(field.name for field in form.fields))
                forms.setdefault(key_of, form)
        shown += page.shown

    sent = 0
    for form in forms.values():
        for field in form.fields:
            if not field.text or field.name in {"csrfmiddlewaretoken", "asking"}:
                continue
            for probe in PROBES:
                answer, took = asked(browser, form, **{field.name: probe})
                seen(answer, f"{form.method} {form.path} {field.name}", took)
                sent += 1

    assert pages > 60
    assert shown > 5
    assert sent > 200
    assert browser.get("/orders").status_code == 200


def test_before_signing_in_no_field_lets_a_probe_in(browser: Client, shop: Shop) -> None:
    sent = 0
    for at in ("/account/login/", "/account/password/reset/", "/shift"):
        for form in seen(browser.get(at), at).forms:
            for field in form.fields:
                for probe in PROBES:
                    answer, took = asked(Client(), form, **{field.name: probe})
                    seen(answer, f"{at} {field.name}", took)
                    sent += 1
    assert sent >= 3 * len(PROBES)
    for probe in PROBES:
        for at in (f"/nowhere/{quote(probe)}", f"/account/login/?next={quote(probe)}", f"/how-to/{quote(probe)}"):
            seen(browser.get(at), at)


def texts(path: str) -> Iterator[tuple[Any, ...]]:
    """The ways to the texts of a body."""
    content = POSTS[path]["requestBody"]["content"]["application/json"]
    for way in places(content["example"], content["schema"]):
        schema: Any = content["schema"]
        for part in way:
            schema = of_one_kind(schema)
            schema = schema.get("properties", {}).get(part) or schema.get("items", {})
        if of_one_kind(schema).get("type") == "string":
            yield way


def test_the_machines_door_takes_probes_as_text_or_refuses_them(furnished: Machine, shop: Shop) -> None:
    tables = shop.db.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    number = 0
    for path in (path for path in POSTS if not path.endswith("/bulk")):
        example = POSTS[path]["requestBody"]["content"]["application/json"]["example"]
        for way in texts(path):
            for probe in PROBES:
                number += 1
                began = time.perf_counter()
                body = replaced(example, way, json.dumps(probe))
                answer = post(furnished, path, body, **{"Idempotency-Key": f"probe-{number}"})
                as_data(answer, (path, way, probe), time.perf_counter() - began)

    shop.db.rollback()
    assert shop.db.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == tables
    assert number > 300
    assert furnished.get("/api/v1/orders").status_code == 200


def test_no_question_and_no_address_of_the_machines_door_lets_a_probe_in(furnished: Machine) -> None:
    tried = 0
    for read in reads.ALL:
        for probe in map(quote, PROBES):
            path = "/api/v1" + re.sub(r"\{[^}]*\}", "mug", read.path)
            for name in read.asks.__struct_fields__:
                began = time.perf_counter()
                answer = furnished.get(f"{path}?{name}={probe}")
                as_data(answer, (path, name, probe), time.perf_counter() - began)
                tried += 1
            if "{" in read.path:
                filled = "/api/v1" + re.sub(r"\{[^}]*\}", probe.replace("/", "%2F"), read.path)
                as_data(furnished.get(filled), filled, 0.0)
    assert tried > 100


def as_data(answer: Any, about: Any, took: float) -> None:
    """No fault of ours, in time, and nothing a browser would take for a page."""
    assert answer.status_code < 500, (about, answer.text)
    assert took < SECONDS_AT_MOST, about
    assert answer.headers["content-type"].partition(";")[0] in {"application/json", "application/problem+json"}, about
    assert "set-cookie" not in answer.headers, about
    if answer.status_code == 200 and isinstance(lines := answer.json(), list):
        assert all(line.get("status", 200) < 500 for line in lines if isinstance(line, dict)), (about, answer.text)
