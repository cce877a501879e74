"""What comes in, taken apart exactly: what does not fit is refused with the path of the field it stands in.

A body is decoded straight into the command it stands for, so that a number stays as exact as it was written and
nothing is read into a text that only looks like a number. Litestar's own reading is laxer, and says only roughly
where a fault lies; ``ExactRequest`` puts this one in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from msgspec import inspect

from onhand.core import cards
from onhand.doors.api import slashes
from onhand.doors.api.problems import Malformed, of_malformed, of_refusal, problem

T = TypeVar("T")

MOST_PARAMETERS = 1000
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_TRUTH = {"true": True, "false": False}


class ExactRequest(Request[Any, Any, Any]):
    """A request whose body is read as the very type its handler asks for."""

    async def json(self) -> Any:
        """The body, decoded and checked; raises ``Malformed``."""
        _must_be_json(self.headers.get("content-type", ""))
        field = self.route_handler.parsed_data_field
        return decoded(_decoder(Any if field is None else field.raw), await self.body())


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _must_be_json(content_type: str) -> None:
    media = content_type.partition(";")[0].strip().lower()
    if media and media != "application/json" and not media.endswith("+json"):
        detail = f"The body is {media!r}; send JSON, with the header Content-Type: application/json."
        raise Malformed(problem(415, "not_json", detail, "Content-Type"))


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """A body as what it stands for; raises ``Malformed``. One that holds a card number goes no further than here."""
    if card := cards.fault_in_json(body):
        raise Malformed(of_refusal(card))
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as fault:
        if "got `float`" in str(fault):
            return _reading_whole(decoder, body)
        raise Malformed(of_malformed(fault)) from fault
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        raise Malformed(of_malformed(fault)) from fault


def _reading_whole(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Read again, taking 40.0 for the 40 it is: to JSON there is one kind of number, and some callers write it so."""
    try:
        value: T = msgspec.convert(json.loads(body, parse_float=_number), decoder.type)
    except (msgspec.ValidationError, ValueError, RecursionError) as fault:
        raise Malformed(of_malformed(fault)) from fault
    return value


def _number(text: str) -> int | Decimal:
    """A number with a point or an exponent, as exact as it was written."""
    number = Decimal(text)
    return int(number) if abs(number) < 2**53 and number == number.to_integral_value() else number


def asked(kind: Callable[..., T], query: bytes, path: Mapping[str, Any]) -> T:
    """A question as its path and query ask it; raises ``Malformed`` also for a parameter nobody knows."""
    given: dict[str, Any] = {name: slashes.restored(str(value)) for name, value in path.items()}
    readers = _readers(kind)
    for name, text in _pairs(query):
        if card := cards.fault_in(text, name):
            raise Malformed(of_refusal(card))
        read = readers.get(name)
        if read is None or name in path:
            detail = f"There is no parameter {name!r} here; there are {', '.join(sorted(set(readers) - set(path)))}."
            raise Malformed(problem(400, "bad_request", detail, name))
        if read is _many:
            given.setdefault(name, []).append(text)
        elif name in given:
            raise Malformed(problem(400, "bad_request", "is given twice; give it once.", name))
        else:
            given[name] = read(text)
    try:
        question: T = msgspec.convert(given, kind)
    except msgspec.ValidationError as fault:
        raise Malformed(of_malformed(fault)) from fault
    return question


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as fault:
        detail = f"The query cannot be read: percent-encode UTF-8, and give at most {MOST_PARAMETERS} parameters."
        raise Malformed(problem(400, "bad_request", detail)) from fault


@cache
def _readers(kind: Any) -> dict[str, Any]:
    """How the text of each parameter is read: as a whole number, a truth, one of many, or as it stands."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)  # noqa: S101 - questions are structs
    return {field.encode_name: _reader(field.type) for field in info.fields}


def _reader(kind: inspect.Type) -> Any:
    kinds = set(_kinds(kind))
    if inspect.ListType in kinds:
        return _many
    if inspect.IntType in kinds:
        return _whole
    return _truth if inspect.BoolType in kinds else str


def _kinds(kind: inspect.Type) -> Iterator[type[inspect.Type]]:
    """The kinds of value a type lets through, whatever is said about them besides."""
    if isinstance(kind, inspect.Metadata):
        yield from _kinds(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _kinds(each)
    else:
        yield type(kind)


def _many(text: str) -> str:
    return text


def _whole(text: str) -> Any:
    return int(text) if _WHOLE.fullmatch(text) else text


def _truth(text: str) -> Any:
    return _TRUTH.get(text, text)
