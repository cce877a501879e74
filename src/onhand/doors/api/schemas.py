"""The schemas of the document, made from the types that decode what is sent and encode what is told.

The two are described apart: a quantity may be sent as a number, and is told as a string.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

import msgspec
from msgspec import inspect as types

from onhand.core.pages import Page

Json = dict[str, Any]

REF = "#/components/schemas/{name}"
TOLD = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"}
SENT = {
    "type": ["string", "number"],
    "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
    "description": "a number, or to keep every digit a string of one",
}


def schemas_of(kinds: Iterable[Any], number: Json) -> dict[str, Json]:
    """The schemas of types and of all they are made of; ``number`` is how exact numbers are written."""
    kinds = list(kinds)
    _, schemas = msgspec.json.schema_components(kinds, ref_template=REF)
    for kind, field in _moments(kinds):
        schema = schemas[kind]["properties"][field]
        (schema["anyOf"][0] if "anyOf" in schema else schema)["format"] = "date-time"
    return {_plain(name): _tidied(schema, number) for name, schema in schemas.items()}


def _moments(kinds: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """The fields that hold moments, by struct: all of ours carry their zone, which a type need not say."""
    waiting = list(types.multi_type_info(kinds))
    seen: set[Any] = set()
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, types.UnionType):
            waiting += kind.types
        elif isinstance(kind, types.ListType):
            waiting.append(kind.item_type)
        elif isinstance(kind, (types.StructType, types.DataclassType)) and kind.cls not in seen:
            seen.add(kind.cls)
            waiting += [field.type for field in kind.fields]
            yield from ((kind.cls.__name__, field.encode_name) for field in kind.fields if _is_moment(field.type))


def _is_moment(kind: types.Type) -> bool:
    kinds = kind.types if isinstance(kind, types.UnionType) else (kind,)
    return any(isinstance(each, types.DateTimeType) for each in kinds)


def _plain(name: str) -> str:
    return re.sub(r"^Page_(\w+)_$", r"PageOf\1", name)


def _tidied(schema: Any, number: Json) -> Any:
    """A schema as the document shows it: exact numbers, plain names, docstrings as Markdown."""
    if isinstance(schema, list):
        return [_tidied(each, number) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "decimal":
        return number | {key: value for key, value in schema.items() if key not in {"type", "format"}}
    tidied = {key: _tidied(value, number) for key, value in schema.items()}
    if isinstance(tidied.get("$ref"), str):
        tidied["$ref"] = REF.format(name=_plain(tidied["$ref"].rpartition("/")[2]))
    if isinstance(tidied.get("description"), str):
        tidied["description"] = markdown(tidied["description"])
    if isinstance(tidied.get("title"), str):
        tidied["title"] = re.sub(r"^Page\[(\w+)\]$", r"Page of \1", tidied["title"])
    return tidied


def markdown(docstring: str) -> str:
    """A docstring as the document shows it."""
    return inspect.cleandoc(docstring).replace("``", "`")


def said(kind: type) -> str:
    """What a type says of itself."""
    return markdown(kind.__doc__ or "")


def ref(kind: Any) -> Json:
    """Where the schema of a type stands."""
    if get_origin(kind) is Page:
        return {"$ref": REF.format(name=f"PageOf{get_args(kind)[0].__name__}")}
    return {"$ref": REF.format(name=kind.__name__)}
