"""Refusals become web answers here and nowhere else: problem details as RFC 9457 has them."""

from __future__ import annotations

import logging
import re
from typing import Any

import msgspec
import psycopg
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from psycopg_pool import PoolTimeout

from onhand.core import texts
from onhand.core.database import NotReplicated
from onhand.core.logs import request_id
from onhand.core.pages import BadCursor
from onhand.core.refusals import Refused
from onhand.core.writer import InDoubt, Overloaded
from onhand.doors.api.codes import status_of

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


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


class Malformed(Exception):
    """A request that cannot be read; the problem says what and where."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.detail)
        self.problem = found


def of_refusal(refusal: Refused) -> Problem:
    """The problem a refusal is."""
    return problem(status_of(refusal.code), refusal.code, refusal.detail, refusal.field)


def encoded(found: Problem) -> bytes:
    """A problem as it goes out; ``instance`` is the request's name, under which the log speaks of it."""
    return msgspec.json.encode(msgspec.structs.replace(found, instance=request_id.get()))


def answer(found: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    """The response that carries a problem."""
    return Response(encoded(found), status_code=found.status, media_type=MEDIA_TYPE, headers=headers)


_CODES = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
}
_DETAILS = {
    404: "There is nothing at this path; /api/docs shows what there is.",
    405: "This path does not take this method; the header Allow names those it takes.",
    413: "The body is too large; send it in parts of at most 10 MiB.",
}


def on_http_exception(request: Request[Any, Any, Any], fault: HTTPException) -> Response[bytes]:
    """Litestar's own refusals: an unknown path, a method it does not take, a body that is missing or too large."""
    status = fault.status_code
    if isinstance(fault, ValidationException):
        return answer(_of_validation(fault))
    headers = {name: value for name, value in (fault.headers or {}).items() if name.lower() in {"allow", "retry-after"}}
    return answer(problem(status, _CODES.get(status, "bad_request"), _DETAILS.get(status, fault.detail)), headers)


def _of_validation(fault: ValidationException) -> Problem:
    extra = fault.extra if isinstance(fault.extra, list) else []
    faults = [(str(each.get("key", "")), str(each.get("message", ""))) for each in extra if isinstance(each, dict)]
    # Litestar calls the body "data"; whoever sent it knows no such field.
    errors = [
        FieldFault("body" if field == "data" else field.removeprefix("data."), detail) for field, detail in faults
    ]
    detail = "; ".join(f"{each.field or 'body'}: {each.detail}" for each in errors) or fault.detail
    return Problem(_TITLES[400], 400, detail, "bad_request", errors=errors)


_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$?\.?(?P<where>.*)`)?$", re.DOTALL)
_PATTERN = re.compile(r"^Expected `str` matching regex (?P<source>.*)$", re.DOTALL)
_OF_LENGTH = re.compile(r"^Expected `(?P<kind>str|array)` of length (?P<bound>>=|<=) (?P<length>[0-9]+)$")
_BOUNDS, _COUNTED = {">=": "at least", "<=": "at most"}, {"str": "characters", "array": "in it"}
_NAMES_FIELD = re.compile(
    r"^(?:Object missing required field|Object contains unknown field|Field) `(?P<name>.*?)`", re.DOTALL
)


def of_malformed(fault: Exception) -> Problem:
    """The problem a body or a query is that is not JSON, or not of the shape that was asked for.

    msgspec ends its sentence with where it was: "Expected `int`, got `str` - at `$.lines[0].quantity`". Of a field
    that is missing or unknown it names the object alone; whoever reads the problem wants the path of the field. And
    whoever reads of a pattern wants a sentence.
    """
    match = _WHERE.match(str(fault))
    what, where = (match["what"], match["where"] or "") if match else (str(fault), "")
    named = _NAMES_FIELD.match(what)
    field = ".".join(part for part in (where, named["name"] if named else "") if part) or "body"
    return problem(400, "bad_request", f"{field}: {_plainly(what)}", field)


def _plainly(what: str) -> str:
    """What msgspec says, without the signs of its trade."""
    if pattern := _PATTERN.match(what):
        return texts.sentence(pattern["source"])
    if what.endswith(" of length >= 1"):
        return "must not be empty"
    if found := _OF_LENGTH.match(what):
        return f"must have {_BOUNDS[found['bound']]} {found['length']} {_COUNTED[found['kind']]}"
    return what


def on_bad_cursor(request: Request[Any, Any, Any], fault: BadCursor) -> Response[bytes]:
    """A cursor of another list, or one somebody made up."""
    detail = "This cursor was not given out by this list; begin again without one."
    return answer(problem(422, "bad_cursor", detail, "cursor"))


def on_malformed(request: Request[Any, Any, Any], fault: Malformed) -> Response[bytes]:
    """A request that cannot be read."""
    return answer(fault.problem)


BUSY = problem(503, "busy", "Too much waits just now; come back in a second.")
IN_DOUBT = problem(
    503,
    "in_doubt",
    "Whether this was done is not known yet: ask again with the same Idempotency-Key (or order number), and you hear.",
)
BAD_VALUE = problem(400, "bad_value", "A value is out of range or holds a character that cannot be stored.")
FAILED = problem(500, "failed", "Something went wrong on our side; this was not done.")


def on_overloaded(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """More waits than can be carried out soon; or it is not known whether this was."""
    if isinstance(fault, (InDoubt, NotReplicated)):
        return answer(IN_DOUBT, {"Retry-After": str(InDoubt.retry_after)})
    return answer(BUSY, {"Retry-After": "1"})


def on_failure(request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """What nobody foresaw: said in the log, not to the caller."""
    found = of_failure(fault)
    if found is BUSY or found is IN_DOUBT:
        return on_overloaded(request, fault)
    if found is FAILED:
        log.error("%s %s failed", request.method, request.url.path, exc_info=fault)
    return answer(found)


def of_failure(fault: BaseException) -> Problem:
    """The problem it is that something went wrong while a request was carried out."""
    if isinstance(fault, (InDoubt, NotReplicated)):
        return IN_DOUBT
    if isinstance(fault, (Overloaded, PoolTimeout, psycopg.OperationalError)):
        return BUSY
    return BAD_VALUE if isinstance(fault, psycopg.errors.DataError) else FAILED
