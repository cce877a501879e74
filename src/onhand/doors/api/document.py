"""The API described in OpenAPI 3.1, drawn from the same tables that make its routes.

Schemas come from the very types that decode requests and encode answers, so the document says what is accepted,
neither more nor less. What the types cannot say (which refusals there are, how keys and cursors work) stands in
``handbook.md`` beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from onhand import __version__
from onhand.access.keys import scopes_with
from onhand.access.permissions import PERMISSIONS
from onhand.core.asks import Command
from onhand.doors.api import examples, masters, privacy, reads, reviews, service, verbs, webhooks
from onhand.doors.api.asking import Read
from onhand.doors.api.codes import CODES
from onhand.doors.api.problems import FieldFault, Problem, problem
from onhand.doors.api.schemas import REF, SENT, TOLD, markdown, ref, said, schemas_of
from onhand.doors.api.statuses import HEADERS, REFUSALS, USUAL, refusal
from onhand.flows.commands import OrderNamed, ReleaseCart
from onhand.flows.permits import permissions_of

Json = dict[str, Any]

ROOT = "/api/v1"
_ALWAYS = (400, 401, 403, 429, 500, 503)
_OF_BODIES = (413, 415)

TAGS = {
    "Orders": "What was promised to whom; what is held for them, and who waits.",
    "Stock": "What is where, what is coming, and how it came to be so.",
    "Places": "Sites, their locations and calendars.",
    "Catalogue": "Products, SKUs, barcodes, prices, substitutes.",
    "Customers": "Who buys.",
    "Reviews": "What customers think of what they bought; shown once somebody of the house let it.",
    "Sourcing": "How channels choose the sites they draw on.",
    "Log": "Everything that happened, to be followed event by event.",
    "Privacy": "What is held on people: shown, agreed to, and erased.",
    "Service desk": "Who is meant, what customers asked for, and who looks after them.",
    "Webhooks": "What happened, posted to whoever asked for it, signed, until it has arrived.",
}


_SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "oh_…",
    "description": "A key made with `onhand key create NAME`; its scopes are `read`, `orders`, `stock`, `catalog`,"
    " `webhooks`, `desk` and `privacy`.",
}


@cache
def document() -> Json:
    """The whole document."""
    sent, told = _sent(), _told()
    schemas = schemas_of(sent, SENT) | schemas_of(told, TOLD)
    schemas["Problem"]["properties"]["code"] |= {"examples": ["out_of_stock"]}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Onhand",
            "version": __version__,
            "summary": "Every unit of stock, every promise made on it.",
            "description": _handbook(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "this server"}],
        "security": [{"key": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"key": _SECURITY},
            "headers": HEADERS,
            "responses": {str(status): refusal(status) for status in REFUSALS},
            "schemas": dict(sorted(schemas.items())),
        },
    }


def _handbook() -> str:
    """How the API works, with the table of refusals set in its place."""
    text = resources.files("onhand.doors.api").joinpath("handbook.md").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {code.status} | {code.meaning} |" for name, code in CODES.items()]
    return text.replace("{codes}", "\n".join(["| code | status | meaning |", "| --- | --- | --- |", *rows]))


def _sent() -> list[Any]:
    acts = [*(act.command for act in webhooks.ACTS), *(act.command for act in (*privacy.ACTS, *reviews.ACTS))]
    acts += [act.command for act in service.ACTS]
    return [command for command, *_ in verbs.VERBS.values()] + [kind.record for kind in masters.KINDS.values()] + acts


def _told() -> list[Any]:
    answers = [read.answers for read in reads.ALL] + [outcome for _, outcome, _ in verbs.VERBS.values()]
    answers += [*(act.outcome for act in webhooks.ACTS), *(act.outcome for act in (*privacy.ACTS, *reviews.ACTS))]
    answers += [act.outcome for act in service.ACTS]
    return [*answers, *(kind.saved for kind in masters.KINDS.values()), Problem, FieldFault]


def _paths() -> dict[str, Json]:
    """Every operation, in the order in which one learns them: what can be done, what can be asked, what is set up."""
    paths: dict[str, Json] = {}
    for path, (command, outcome, summary) in verbs.VERBS.items():
        paths.setdefault(f"{ROOT}/{path}", {})["post"] = _verb(path, command, outcome, summary)
        paths.setdefault(f"{ROOT}/{path}/bulk", {})["post"] = _bulk(path, command, outcome, summary)
    for read in reads.ALL:
        paths.setdefault(ROOT + read.path, {})["get"] = _question(read)
    for path, kind in masters.KINDS.items():
        paths.setdefault(f"{ROOT}/{path}", {})["post"] = _records(path, kind)
    for act in webhooks.ACTS:
        paths.setdefault(ROOT + act.path, {})[act.method.lower()] = _act(act, "Webhooks", _WEBHOOK)
    for deed in privacy.ACTS:
        paths.setdefault(ROOT + deed.path, {})[deed.method.lower()] = _act(deed, "Privacy", _CUSTOMER)
    for each in service.ACTS:
        paths.setdefault(ROOT + each.path, {})[each.method.lower()] = _act_of_the_desk(each)
    for judging in reviews.ACTS:
        paths.setdefault(ROOT + judging.path, {})[judging.method.lower()] = _act(judging, "Reviews", _CUSTOMER)
    return paths


def _operation(
    *,
    name: str,
    tag: str,
    summary: str,
    description: str,
    permissions: Collection[str],
    parts: Mapping[str, Any],
    refusals: Iterable[int],
) -> Json:
    """What every operation says, in the order in which one reads it."""
    success: Json = parts["responses"]
    responses = success | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(refusals)}
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "description": f"{description}\n\n{_needs(permissions)}",
        "security": [{"key": scopes_with(permissions)}],
        **{part: value for part, value in parts.items() if part != "responses"},
        "responses": responses,
    }


def _success(status: int, description: str, schema: Json, example: Any, **more: Any) -> Json:
    content = {"application/json": {"schema": schema, "example": example}}
    return {str(status): {"description": description, "headers": USUAL, "content": content, **more}}


def _question(read: Read) -> Json:
    named = re.findall(r"{(\w+)}", read.path)
    return _operation(
        name=read.name,
        tag=read.room,
        summary=read.summary,
        description=markdown(read.description),
        permissions=[read.permission],
        parts={
            "parameters": _parameters(read, named),
            "responses": _success(200, "The answer.", ref(read.answers), examples.response(read.answers)),
        },
        refusals={*_ALWAYS, 422, *([404] if named else [])},
    )


def _parameters(read: Read, named: list[str]) -> list[Json]:
    (_,), schemas = msgspec.json.schema_components([read.asks], ref_template=REF)
    schema = schemas[read.asks.__name__]
    required = set(schema.get("required", ()))
    return [
        _parameter(name, each, "path" if name in named else "query", required=name in required)
        for name, each in sorted(schema["properties"].items(), key=lambda pair: pair[0] not in named)
    ]


def _parameter(name: str, schema: Json, place: str, *, required: bool) -> Json:
    """A parameter; that it may be left out says all that its null would say."""
    schema = dict(schema)
    choices = [each for each in schema.pop("anyOf", []) if each != {"type": "null"}]
    if choices:
        schema = choices[0] | {key: value for key, value in schema.items() if value is not None}
    description = schema.pop("description", None)
    found: Json = {"name": name, "in": place, "required": required, "schema": schema}
    if description:
        found["description"] = description
    if schema.get("type") == "array":
        found |= {"style": "form", "explode": True}
    if name in examples.PARAMETERS and (required or place == "path"):
        example = examples.PARAMETERS[name]
        found["example"] = [example] if schema.get("type") == "array" else example
    return found


def _key_parameter(*, required: bool) -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "description": "Names this asking: the same key again gets the first answer and changes nothing.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
        "example": "3f1c8f0e-order-W1001",
    }


def _has_name(command: type[Command]) -> bool:
    """Whether a command carries a key of its own."""
    return command.natural_key is not Command.natural_key


def _verb(path: str, command: type[Command], outcome: type, summary: str) -> Json:
    missing = [404] if issubclass(command, (OrderNamed, ReleaseCart)) else []
    links = {"links": _LINKS} if path == "orders" else {}
    return _operation(
        name=f"{path}-one",
        tag=_tag(path),
        summary=summary,
        description=said(command),
        permissions=permissions_of(command),
        parts={
            "parameters": [_key_parameter(required=not _has_name(command))],
            "requestBody": _body(ref(command), examples.request(command)),
            "responses": _success(201, "Done, and durable.", ref(outcome), examples.response(outcome), **links),
        },
        refusals={*_ALWAYS, *_OF_BODIES, 409, 422, *missing},
    )


_ORDER = {"channel": "$response.body#/channel", "number": "$response.body#/number"}
_LINKS = {
    "the order": {"operationId": "read-order", "parameters": _ORDER},
    "its history": {"operationId": "read-order-history", "parameters": _ORDER},
}


def _bulk(path: str, command: type[Command], outcome: type, summary: str) -> Json:
    example = examples.request(command)
    refused = problem(422, "unknown_sku", "There is no SKU 'mugg'; check the code.", "lines[0].sku")
    lines = [
        {"status": 201, "outcome": examples.response(outcome)},
        {"status": 422, "problem": msgspec.to_builtins(refused)},
    ]
    return _operation(
        name=f"{path}-bulk",
        tag=_tag(path),
        summary=f"{summary}: many at once",
        description=f"{said(command)}\n\nUp to {verbs.MOST_IN_BULK:,} in one request, each answered on its own line.",
        permissions=permissions_of(command),
        parts={
            "parameters": [_key_parameter(required=not _has_name(command))],
            "requestBody": _body(_many(ref(command), verbs.MOST_IN_BULK), [example]),
            "responses": _success(200, "A line for each, in their order.", _lines(outcome, 201), lines),
        },
        refusals={*_ALWAYS, *_OF_BODIES, 422},
    )


def _records(path: str, kind: masters.Records) -> Json:
    lines = [{"status": 200, "outcome": examples.response(kind.saved)}]
    return _operation(
        name=f"save-{path}",
        tag=kind.room,
        summary=kind.summary,
        description=f"{said(kind.record)}\n\nSaving one twice changes nothing. Each is answered on its own line.",
        permissions=[kind.permission],
        parts={
            "requestBody": _body(_many(ref(kind.record), masters.MOST_RECORDS), [examples.request(kind.record)]),
            "responses": _success(200, "A line for each, in their order.", _lines(kind.saved, 200), lines),
        },
        refusals={*_ALWAYS, *_OF_BODIES},
    )


_WEBHOOK = {
    "name": "webhook",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "example": examples.PARAMETERS["webhook"],
    "description": "a webhook's id",
}
_CUSTOMER = {
    "name": "customer",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    "example": examples.PARAMETERS["customer"],
    "description": "a customer's code",
}


_CASE = {
    "name": "case",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    "example": examples.PARAMETERS["case"],
    "description": "the number of a case",
}


def _act(act: webhooks.Act | privacy.Act, tag: str, named: Json) -> Json:
    one = f"{{{named['name']}}}" in act.path
    return _operation(
        name=act.name,
        tag=tag,
        summary=act.summary,
        description=said(act.command),
        permissions=[f"do.{tag.lower()}"],
        parts={
            **({"parameters": [named]} if one else {}),
            "requestBody": _body(ref(act.command), examples.request(act.command)),
            "responses": _success(act.status, "Done, and durable.", ref(act.outcome), examples.response(act.outcome)),
        },
        refusals={*_ALWAYS, *_OF_BODIES, 409, 422, *([404] if one or isinstance(act, privacy.Act) else [])},
    )


def _act_of_the_desk(act: service.Act) -> Json:
    named = [each for each in (_CUSTOMER, _CASE) if f"{{{each['name']}}}" in act.path]
    keyed = [_key_parameter(required=True)] if act.keyed else []
    return _operation(
        name=act.name,
        tag=service.READS.room,
        summary=act.summary,
        description=said(act.command),
        permissions=[act.permission],
        parts={
            "parameters": [*named, *keyed],
            "requestBody": _body(ref(act.command), examples.request(act.command)),
            "responses": _success(act.status, "Done, and durable.", ref(act.outcome), examples.response(act.outcome)),
        },
        refusals={*_ALWAYS, *_OF_BODIES, 404, 409, 422},
    )


def _body(schema: Json, example: Any) -> Json:
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def _many(schema: Json, most: int) -> Json:
    return {"type": "array", "items": schema, "minItems": 1, "maxItems": most}


def _lines(outcome: type, status: int) -> Json:
    """A list of answers: each with its status as if asked alone, and the outcome or the problem."""
    done = {
        "type": "object",
        "properties": {"status": {"const": status}, "outcome": ref(outcome)},
        "required": ["status", "outcome"],
        "additionalProperties": False,
    }
    refused = {
        "type": "object",
        "properties": {"status": {"type": "integer", "minimum": 400, "maximum": 599}, "problem": ref(Problem)},
        "required": ["status", "problem"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": {"oneOf": [done, refused]}}


def _needs(permissions: Collection[str]) -> str:
    scopes = " or ".join(f"`{each}`" for each in scopes_with(permissions))
    named = " or ".join(f"`{each}`" for each in sorted(permissions))
    return f"The key needs the scope {scopes}, or the permission {named} by itself."


def _tag(path: str) -> str:
    permission = next(iter(permissions_of(verbs.VERBS[path][0])))
    return PERMISSIONS[permission].area.capitalize()
