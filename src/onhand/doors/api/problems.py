"""Refusals become web answers here and nowhere else: problem details as RFC 9457 has them."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import psycopg
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from psycopg_pool import PoolTimeout

from onhand.core.logs import request_id
from onhand.core.refusals import Refused
from onhand.core.writer import Overloaded

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# What is refused for the state of things is a conflict; what is not there is not found; the rest is the caller's word.
_CONFLICTS = {
    "number_taken",
    "out_of_stock",
    "held",
    "promised",
    "nothing_open",
    "nothing_reserved",
    "closed",
    "serial_on_hand",
    "in_use",
}
_STATUS = dict.fromkeys(_CONFLICTS, 409) | {
    "missing_key": 400,
    "unknown_order": 404,
    "unknown_cart": 404,
    "not_found": 404,
}


class FieldFault(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not carried out (RFC 9457)."""

    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"
    instance: str = ""
    errors: list[FieldFault] = []


_TITLES = {
    400: "Bad request",
    401: "Sign in first",
    403: "Not yours to do",
    404: "Not found",
    405: "Not that way",
    409: "Not possible now",
    413: "Too large",
    415: "Not in that format",
    422: "Not acceptable as it is",
    429: "Too often",
    500: "Our mistake",
    503: "Too busy",
}


def problem(status: int, code: str, detail: str, field: str = "") -> Problem:
    """Shape a problem."""
    errors = [FieldFault(field, detail)] if field else []
    return Problem(_TITLES.get(status, "Refused"), status, detail, code, errors=errors)


def of_refusal(refusal: Refused) -> Problem:
    """The problem a refusal is."""
    return problem(_STATUS.get(refusal.code, 422), refusal.code, refusal.detail, refusal.field)


def answer(found: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    """The response that carries a problem; ``instance`` is the request's name, under which the log speaks of it."""
    content = msgspec.json.encode(msgspec.structs.replace(found, instance=request_id.get()))
    return Response(content, status_code=found.status, media_type=MEDIA_TYPE, headers=headers)


def on_http_exception(request: Request[Any, Any, Any], fault: HTTPException) -> Response[bytes]:
    """Litestar's own refusals: an unknown path, a malformed body, a field that does not fit."""
    if isinstance(fault, ValidationException):
        return answer(_of_validation(fault))
    codes = {401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    headers = {name: value for name, value in (fault.headers or {}).items() if name.lower() in {"allow", "retry-after"}}
    return answer(problem(fault.status_code, codes.get(fault.status_code, "bad_request"), fault.detail), headers)


def _of_validation(fault: ValidationException) -> Problem:
    extra = fault.extra if isinstance(fault.extra, list) else []
    errors = [
        FieldFault(str(each.get("key", "")), str(each.get("message", ""))) for each in extra if isinstance(each, dict)
    ]
    detail = "; ".join(f"{each.field or 'body'}: {each.detail}" for each in errors) or fault.detail
    return Problem(_TITLES[400], 400, detail, "bad_request", errors=errors)


def of_malformed(fault: msgspec.DecodeError) -> Problem:
    """The problem a body is that is not JSON, or not of the shape that was asked for; names the field.

    msgspec ends its sentence with where it was: "Expected `int`, got `str` - at `$.lines[0].quantity`".
    """
    sentence, _, where = str(fault).partition(" - at `$")
    field = where.rstrip("`").removeprefix(".")
    return problem(400, "bad_request", f"{field}: {sentence}" if field else f"body: {sentence}", field or "body")


BUSY = problem(503, "busy", "Too much waits just now; come back in a second.")


def on_overloaded(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """More waits than can be carried out soon."""
    return answer(BUSY, {"Retry-After": "1"})


def on_failure(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """What nobody foresaw: said in the log, not to the caller."""
    if isinstance(fault, (Overloaded, PoolTimeout, psycopg.OperationalError)):
        return on_overloaded(request, fault)
    if isinstance(fault, psycopg.errors.DataError):
        return answer(problem(400, "bad_value", "A value is out of range or holds a character that cannot be stored."))
    log.error("%s %s failed", request.method, request.url.path, exc_info=fault)
    return answer(problem(500, "failed", "Something went wrong on our side; nothing was changed."))
