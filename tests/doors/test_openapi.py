"""The document says what the API does, all of it, and shows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from litestar.testing import TestClient

import onhand
from onhand.access.keys import SCOPES
from onhand.core.database import Readers, connect
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.api.codes import CODES
from onhand.doors.api.document import document
from onhand.doors.api.statuses import REFUSALS
from onhand.flows.registry import FLOWS

SOURCES = Path(onhand.__file__).parent
NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"  # routes are made before anybody connects
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every body of an operation, sent and told, with its references followed one step."""
    if "requestBody" in operation:
        yield from operation["requestBody"]["content"].values()
    for response in operation["responses"].values():
        yield from followed(response)["content"].values()


def followed(part: dict[str, Any]) -> dict[str, Any]:
    found: Any = part
    if "$ref" in part:
        found = document()
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    return dict(found)


def test_every_route_is_described_and_nothing_else_is() -> None:
    app = api.create(Writer(lambda: connect(NOWHERE), FLOWS), Readers(NOWHERE))
    routes = {
        (method.lower(), route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if route.path.startswith("/api/v1") and method.lower() in METHODS
    }

    assert routes == {(method, path) for method, path, _ in operations()}


def test_every_operation_says_what_it_answers_when_it_is_done_and_when_it_is_not() -> None:
    for method, path, operation in operations():
        statuses = {int(status) for status in operation["responses"]}
        assert statuses & {200, 201}, path
        assert {400, 401, 403, 429, 500, 503} <= statuses, path
        assert method == "get" or {413, 415} <= statuses, path
        for status in statuses - {200, 201}:
            response = followed(operation["responses"][str(status)])
            assert list(response["content"]) == ["application/problem+json"], (path, status)


def test_every_operation_has_words_a_tag_a_name_of_its_own_and_a_scope() -> None:
    names = [operation["operationId"] for *_, operation in operations()]

    assert len(set(names)) == len(names)
    for _, path, operation in operations():
        assert operation["summary"], path
        assert len(operation["description"]) > 20, path
        assert operation["tags"][0] in {tag["name"] for tag in document()["tags"]}, path
        assert operation["security"][0]["key"][0] in SCOPES, path


def test_every_body_shows_an_example_that_fits_its_schema() -> None:
    whole = document()
    for _, path, operation in operations():
        for content in contents(operation):
            schema = {**content["schema"], "components": whole["components"]}
            jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(content["example"])
            assert content["example"], path


def test_the_document_is_openapi(client: TestClient[Any]) -> None:
    told = client.get("/api/docs/openapi.json", headers={"Authorization": ""})

    assert told.headers["content-type"] == "application/json"
    assert told.json()["openapi"] == "3.1.0"
    assert told.json()["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for schema in told.json()["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_what_is_sent_has_only_fields_that_are_described() -> None:
    schemas = document()["components"]["schemas"]

    for _, path, operation in operations():
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            name = (schema.get("items") or schema)["$ref"].rpartition("/")[2]
            assert schemas[name]["additionalProperties"] is False, path


def test_a_list_is_always_asked_and_answered_the_same_way() -> None:
    for method, path, operation in operations():
        names = {each["name"] for each in operation.get("parameters", ())}
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        if method == "get" and operation["operationId"].startswith("list-"):
            assert "limit" in names, path
            assert names & {"cursor", "after"}, path
            assert answer["$ref"].rpartition("/")[2].startswith("PageOf"), path


def refusals_in_the_source() -> Iterator[tuple[str, int | None]]:
    """Every code some line of ours refuses with, and the status it names, if it does."""
    for path in SOURCES.rglob("*.py"):
        if path.name == "codes.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            values = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if name == "Refused":
                assert values, f"{path}: a refusal's code is a plain word, so that it can be found"
                yield str(values[0]), None
            elif name in {"problem", "_refuse"}:
                codes = [each for each in values if isinstance(each, str) and each in CODES]
                for code in codes[:1]:
                    yield code, next(each for each in values if isinstance(each, int))


def test_every_refusal_has_its_code_in_the_table_and_every_code_is_used() -> None:
    used = dict.fromkeys(code for code, _ in refusals_in_the_source())
    from_litestar = {"not_found", "method_not_allowed", "too_large", "not_json"}

    assert set(used) | from_litestar == set(CODES)


def test_a_problem_has_the_status_its_code_stands_for() -> None:
    for code, status in refusals_in_the_source():
        assert status in {None, CODES[code].status}, code
    assert {code.status for code in CODES.values()} <= {405, 431, *REFUSALS}


def test_the_handbook_lists_every_code() -> None:
    handbook = document()["info"]["description"]

    assert "{codes}" not in handbook
    assert [code for code in CODES if f"| `{code}` |" not in handbook] == []


@pytest.mark.parametrize("name", ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"])
def test_every_answer_but_a_strangers_tells_what_is_left_of_the_allowance(name: str) -> None:
    for _, path, operation in operations():
        for status, response in operation["responses"].items():
            if status != "401":
                assert name in followed(response)["headers"], (path, status)
    for status in (429, 503):
        assert "Retry-After" in REFUSALS[status].headers


def test_the_examples_are_accepted_as_they_stand(furnished: TestClient[Any]) -> None:
    orders = furnished.get("/api/v1/orders").json()["items"]

    assert [order["state"] for order in orders] == ["part_shipped"]
    assert furnished.post("/api/v1/cart-releases", json={"cart": "basket-7"}, headers={"Idempotency-Key": "r"}).json()
