"""How the document shows what every operation shares: the statuses that refuse, and the headers."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from onhand.doors.api.problems import Problem, problem

Json = dict[str, Any]


def _header(description: str, schema: Json, example: Any) -> Json:
    return {"description": description, "schema": schema, "example": example}


_WHOLE = {"type": "integer", "minimum": 0}
HEADERS: dict[str, Json] = {
    "RateLimit-Limit": _header("Requests a second the key may make; absent when it has no limit.", _WHOLE, 50),
    "RateLimit-Remaining": _header("Requests left just now.", _WHOLE, 49),
    "RateLimit-Reset": _header("Seconds until the allowance is whole again.", _WHOLE, 1),
    "X-Request-Id": _header(
        "The request's name: the one you sent, else one of ours; the log speaks of it so.",
        {"type": "string"},
        "7c9e6f0b2a1d-4f",
    ),
    "Retry-After": _header("Seconds to wait before asking again.", _WHOLE, 1),
    "WWW-Authenticate": _header("How to come in.", {"type": "string"}, "Bearer"),
}


def _headers(*names: str) -> dict[str, Json]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


# What every answer carries, but for a stranger's, who has no allowance.
USUAL = _headers("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class _Refusal(NamedTuple):
    """A status that refuses: when, an example, and the headers that come with it."""

    when: str
    example: Problem
    headers: tuple[str, ...] = ()


REFUSALS: dict[int, _Refusal] = {
    400: _Refusal(
        "The request cannot be read.",
        problem(400, "bad_request", "Expected `int`, got `str`.", "lines[1].line"),
    ),
    401: _Refusal(
        "No key, or one that opens nothing.",
        problem(401, "unauthenticated", "Send a key as `Authorization: Bearer oh_…`; `onhand key create` makes one."),
        ("WWW-Authenticate",),
    ),
    403: _Refusal("The key lacks the scope.", problem(403, "forbidden", "This key lacks the scope 'orders'.")),
    404: _Refusal(
        "It is not there.",
        problem(404, "unknown_order", "There is no order 'W1001' in channel 'web'.", "number"),
    ),
    409: _Refusal(
        "Not possible as things stand.",
        problem(409, "out_of_stock", "Only 3 of 'mug' can be had now.", "lines[0].quantity"),
    ),
    413: _Refusal("The body is too large.", problem(413, "too_large", "Send it in parts of at most 10 MiB.")),
    415: _Refusal(
        "The body is not JSON.",
        problem(415, "not_json", "The body is 'text/csv'; send JSON.", "Content-Type"),
    ),
    422: _Refusal(
        "Understood, and not possible as it is asked.",
        problem(422, "unknown_sku", "There is no SKU 'mugg'; check the code.", "lines[0].sku"),
    ),
    429: _Refusal(
        "The key's allowance is spent.",
        problem(429, "too_often", "This key may ask 50 times a second."),
        ("Retry-After",),
    ),
    500: _Refusal(
        "A fault of ours; nothing was changed.",
        problem(500, "failed", "Something went wrong on our side; nothing was changed."),
    ),
    503: _Refusal(
        "Too busy just now; or (`in_doubt`) it is not known yet whether this was done: ask again under the same key.",
        problem(503, "busy", "Too much waits just now; come back in a second."),
        ("Retry-After",),
    ),
}


def refusal(status: int) -> Json:
    """What the document says of a status that refuses."""
    shown = REFUSALS[status]
    usual = _headers("X-Request-Id") if status == 401 else USUAL
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": msgspec.to_builtins(shown.example)}
    return {
        "description": shown.when,
        "headers": usual | _headers(*shown.headers),
        "content": {"application/problem+json": content},
    }
