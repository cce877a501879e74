"""Whatever is sent, the answer says what is wrong and where, is never a fault of ours, and nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import Any

import pytest
from litestar.testing import TestClient

from onhand.doors.api import reads
from onhand.doors.api.asking import Read
from onhand.doors.api.document import document
from shop import Shop

Client = TestClient[Any]

# Put in the place of each field in turn. JSON text, since no Python value could say some of them.
STRANGE = [
    "null",
    "true",
    "-1",
    "0.0001",
    "1e400",
    "-1e400",
    "1e-400",
    "99999999999999999999999999999999999999",
    '"NaN"',
    '"sNaN"',
    '"-Infinity"',
    '"1e999999"',
    '"\\u0000"',
    '"\\ud83d\\ude00"',
    '""',
    '"' + "x" * 5000 + '"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59-14:00"',
    '"2026-02-30T00:00:00Z"',
    '"2026-03-02T12:00:00"',
    "[]",
    "[[[[{}]]]]",
    '{"surprise": 1}',
]
BROKEN = [
    b"",
    b"{",
    b"nonsense",
    b"NaN",
    b"[1,]",
    b'{"a": 1} {"b": 2}',
    b"\xff\xfe",
    b'{"code": "\xc3\x28"}',
    b'"\xed\xa0\x80"',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"9" * 10_000,
]
POSTS = {path: item["post"] for path, item in document()["paths"].items() if "post" in item}


def books(shop: Shop) -> list[int]:
    """How much there is of everything."""
    tables = ["stock_move", "orders_order", "stock_reservation", "stock_supply", "core_event", "catalog_product"]
    tables += ["places_site", "places_location", "orders_channel", "customers_customer", "catalog_price", "core_answer"]
    counts = " UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in tables)
    found = [count for (count,) in shop.db.execute(counts)]
    shop.db.rollback()
    return found


def places(value: Any, schema: dict[str, Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a body, itself included, and to every field that could be there and is not."""
    yield path
    schema = of_one_kind(schema)
    fields = schema.get("properties", {})
    if isinstance(value, dict):
        yield from ((*path, name) for name in fields if name not in value)
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, fields.get(key) or schema.get("items", {}), (*path, key))


def of_one_kind(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed, and its null put aside."""
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if kinds:
        return of_one_kind(kinds[0])
    if "$ref" in schema:
        return dict(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema


def replaced(body: Any, way: tuple[Any, ...], text: str) -> bytes:
    """A body with one value replaced by JSON text."""
    if not way:
        return text.encode()
    changed = deepcopy(body)
    inside = changed
    for key in way[:-1]:
        inside = inside[key]
    inside[way[-1]] = "@@@"
    return json.dumps(changed).replace('"@@@"', text).encode()


def post(client: Client, path: str, body: bytes, **headers: str) -> Any:
    named = {"content-type": "application/json", "Idempotency-Key": "k", **headers}
    return client.post(path, content=body, headers=named)


def is_a_problem(answer: Any) -> bool:
    return bool(
        400 <= answer.status_code < 500
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["detail"]
        and answer.json()["code"]
        and answer.json()["status"] == answer.status_code
    )


def test_a_strange_value_anywhere_is_refused_or_answered_but_never_a_fault(furnished: Client) -> None:
    keys = count()
    for path in (path for path in POSTS if not path.endswith("/bulk")):
        content = POSTS[path]["requestBody"]["content"]["application/json"]
        for way in places(content["example"], content["schema"]):
            for text in STRANGE:
                body = replaced(content["example"], way, text)
                answer = post(furnished, path, body, **{"Idempotency-Key": str(next(keys))})

                assert answer.status_code in {200, 201} or is_a_problem(answer), (path, way, text, answer.text)
                if answer.status_code == 200:
                    assert all(line["status"] < 500 for line in answer.json()), (path, way, text, answer.text)
    for path in ("moves", "orders", "supplies", "events", "reservations", "skus/mug/prices"):
        assert furnished.get(f"/api/v1/{path}").status_code == 200, path


def test_in_bulk_a_strange_line_is_refused_alone_or_with_all_but_is_never_a_fault(furnished: Client) -> None:
    for path in (path for path in POSTS if path.endswith("/bulk")):
        (body,) = POSTS[path]["requestBody"]["content"]["application/json"]["example"]
        lines = [replaced(body, (key,), text) for key in body for text in STRANGE]
        for answer in (post(furnished, path, b"[" + line + b"]") for line in lines[::3]):
            assert is_a_problem(answer) or all(line["status"] < 500 for line in answer.json()), answer.text


def test_what_cannot_be_read_is_refused_and_changes_nothing(client: Client, shop: Shop) -> None:
    before = books(shop)

    for path, operation in POSTS.items():
        example = json.dumps(operation["requestBody"]["content"]["application/json"]["example"]).encode()
        for body in BROKEN:
            assert is_a_problem(post(client, path, body)), (path, body[:40])
        for media in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data"):
            answer = post(client, path, example, **{"content-type": media})
            assert (answer.status_code, answer.json()["code"]) == (415, "not_json"), (path, media)
    assert books(shop) == before


MUG = {"sku": "mug", "quantity": 1}
ORDER = {"channel": "web", "number": "1", "lines": [MUG]}
RECEIPT = {"site": "london", "lines": [MUG]}


AT_FAULT: list[tuple[str, Any, str]] = [
    ("orders", {**ORDER, "lines": [MUG, {"sku": 7}]}, "lines[1].sku"),
    ("orders", {**ORDER, "lines": [{"sku": "mug"}]}, "lines[0].quantity"),
    ("orders", {**ORDER, "lines": [{**MUG, "qty": 1}]}, "lines[0].qty"),
    ("orders", {**ORDER, "lines": []}, "lines"),
    ("orders", {**ORDER, "ship_to": {"country": "gb"}}, "ship_to.country"),
    ("orders", {**ORDER, "surprise": 1}, "surprise"),
    ("orders", {**ORDER, "lines": [MUG, {"sku": "none", "quantity": 1}]}, "lines[1].sku"),
    ("orders", {**ORDER, "lines": [{**MUG, "quantity": 0.5}]}, "lines[0].quantity"),
    ("orders/bulk", [ORDER, {**ORDER, "number": 2}], "[1].number"),
    ("receipts", {**RECEIPT, "at": "1789-07-14T12:00:00Z"}, "at"),
    ("receipts", {**RECEIPT, "at": "2026-01-01T00:00:00"}, "at"),
    (
        "products",
        [{"code": "a", "name": "A", "skus": [{"code": "a", "prices": [{}]}]}],
        "[0].skus[0].prices[0].currency",
    ),
    ("sites", [{"code": "a\0"}], "[0].code"),
]


def test_the_field_at_fault_is_named_exactly(client: Client) -> None:
    for path, body, field in AT_FAULT:
        answer = post(client, f"/api/v1/{path}", json.dumps(body).encode())

        assert is_a_problem(answer), answer.text
        assert answer.json()["errors"][0]["field"] == field, answer.text


def test_a_body_may_not_be_endless(client: Client, shop: Shop) -> None:
    before = books(shop)

    answer = post(client, "/api/v1/orders", b'{"channel": "' + b"x" * 11_000_000 + b'"}')

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert books(shop) == before


def test_more_than_a_thousand_at_once_are_refused(client: Client) -> None:
    order = {"channel": "web", "lines": [{"sku": "mug", "quantity": 1}]}

    answer = client.post("/api/v1/orders/bulk", json=[{**order, "number": str(i)} for i in range(1001)])

    assert is_a_problem(answer)


def test_a_strange_question_is_refused_in_words(furnished: Client) -> None:
    for read in reads.ALL:
        ask_strangely(furnished, read)


def ask_strangely(client: Client, read: Read) -> None:
    path = "/api/v1" + read.path.format(
        site="london",
        channel="web",
        number="W1001",
        sku="mug",
        product="mug",
        barcode="1",
        customer="ann",
        webhook="7",
        case="1",
    )
    names = [each for each in read.asks.__struct_fields__ if f"{{{each}}}" not in read.path]
    strange = ["%00", "%ff", "%ed%a0%80", "-1", "0", "9" * 40, "1e5", "NaN", "null", "true", "TRUE", "a" * 5000]
    strange += ["2026-02-30", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-03-02T12:00:00", ""]

    for name in [*names, "surprise"]:
        for value in strange:
            answer = client.get(f"{path}?{name}={value}")

            assert answer.status_code == 200 or is_a_problem(answer), (name, value, answer.text)
    assert client.get(f"{path}?surprise=1").json()["errors"][0]["field"] == "surprise"


def test_a_strange_path_is_refused_in_words(client: Client) -> None:
    for part in ["%00", "%ff", "x" * 5000, "..", "%2e%2e", "a%2fb", "%20"]:
        for read in reads.ALL:
            if "{" in read.path:
                path = read.path.replace("{", "").replace("}", "").replace("/sites/site", f"/sites/{part}")
                path = path.replace("/skus/sku", f"/skus/{part}").replace("channel/number", f"{part}/{part}")
                answer = client.get(f"/api/v1{path}")

                assert answer.status_code == 200 or is_a_problem(answer), (path, answer.text)


def test_a_method_a_path_does_not_take_is_refused_with_those_it_takes(client: Client) -> None:
    for path, item in document()["paths"].items():
        url = path.replace("{", "").replace("}", "")
        for method in {"get", "post", "put", "patch", "delete"} - set(item):
            answer = client.request(method, url)

            assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), (method, path)
            assert {each.strip().lower() for each in answer.headers["allow"].split(",")} - {"options"} == set(item)
            assert is_a_problem(answer)


def test_each_path_says_which_methods_it_takes(client: Client) -> None:
    for path, item in document()["paths"].items():
        answer = client.options(path.replace("{", "").replace("}", ""))

        assert answer.status_code == 204, path
        assert {each.strip().lower() for each in answer.headers["allow"].split(",")} == {"options", *item}


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v2/orders", "/api/v1/nothing", "/api/docs/files/no"]
)
def test_a_path_that_leads_nowhere_is_a_problem_too(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert is_a_problem(answer)


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer oh_00000000_forged", "Bearer oh_\xff_x"]
)
def test_a_stranger_is_told_how_to_come_in(client: Client, shop: Shop, given: str) -> None:
    before = books(shop)
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
            url = path.replace("{", "").replace("}", "")
            answer = client.request(method, url, json=body, headers=[(b"Authorization", given.encode("latin-1"))])

            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), path
            assert is_a_problem(answer)
    assert books(shop) == before


def test_an_idempotency_key_is_short_and_plain(client: Client) -> None:
    adjust = b'{"site": "london", "location": "pick", "sku": "mug", "reason": "x", "by": 1}'

    for key in ("x" * 201, "", "a b", "a\x01b", "\xe9"):
        headers = [(b"content-type", b"application/json"), (b"idempotency-key", key.encode("latin-1"))]
        answer = client.post("/api/v1/adjustments", content=adjust, headers=headers)

        assert is_a_problem(answer), key
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key", key


def test_a_whole_number_may_be_written_with_a_point(client: Client) -> None:
    order = {"channel": "web", "number": "1", "priority": 40.0, "lines": [{"sku": "mug", "quantity": 2.0}]}

    assert client.post("/api/v1/orders", json=order).status_code == 201
    assert client.get("/api/v1/orders/web/1").json()["priority"] == 40
    answer = client.post("/api/v1/orders", json={**order, "number": "2", "priority": 40.5})
    assert answer.json()["errors"][0]["field"] == "priority"


def test_a_sum_beyond_what_the_ledger_holds_is_refused_alone(furnished: Client) -> None:
    receipt = {"site": "london", "lines": [{"sku": "mug", "quantity": 999999999}]}

    lines = furnished.post("/api/v1/receipts/bulk", json=[receipt] * 101, headers={"Idempotency-Key": "many"}).json()
    one = furnished.post("/api/v1/receipts", json=receipt, headers={"Idempotency-Key": "one"})

    assert sorted(line["status"] for line in lines) == [201] * 100 + [400]
    assert {line["problem"]["code"] for line in lines if "problem" in line} == {"bad_value"}
    assert (one.status_code, one.json()["code"]) == (400, "bad_value")
