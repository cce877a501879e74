"""What is refused about a file as a whole, by name. What is wrong with a row is a fault of that row, kept with it."""

from __future__ import annotations

from collections.abc import Iterable

from onhand.core import cards
from onhand.core.refusals import Refused


class CannotImport(ValueError):
    """The file, or what is asked of it, is refused; ``refusal`` says why and what to do."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


def unreadable(detail: str) -> CannotImport:
    """No table can be made out."""
    return CannotImport(Refused("unreadable_file", detail, "file"))


def too_large(detail: str) -> CannotImport:
    """More than we are willing to read."""
    return CannotImport(Refused("file_too_large", detail, "file"))


def card_number(where: str) -> CannotImport:
    """What is kept of the file besides its rows holds a card number."""
    return CannotImport(cards.refusal(where))


def unknown_kind(kind: str, kinds: Iterable[str]) -> CannotImport:
    """Nothing of this kind can be imported."""
    detail = f"{kind!r} cannot be imported; choose one of {', '.join(kinds)}."
    return CannotImport(Refused("unknown_kind", detail, "kind"))


def unknown_column(column: str, columns: list[str]) -> CannotImport:
    """A mapping names a column the file does not have."""
    detail = f"The file has no column {column!r}; it has {', '.join(columns[:30])}."
    return CannotImport(Refused("unknown_column", detail, "mapping"))


def unknown_field(field: str, fields: list[str]) -> CannotImport:
    """A mapping names a field this kind of thing does not have."""
    detail = f"{field!r} is no field here; choose one of {', '.join(fields)}."
    return CannotImport(Refused("unknown_field", detail, "mapping"))


def mapped_twice(field: str) -> CannotImport:
    """Two columns cannot both be one field."""
    detail = f"Two columns are mapped to {field!r}; leave one out."
    return CannotImport(Refused("mapped_twice", detail, "mapping"))


def no_column_for(field: str, meaning: str) -> CannotImport:
    """Without this field no row says what it is about."""
    detail = f"No column gives the {field} ({meaning}); map one (COLUMN={field}), or set one value for all rows."
    return CannotImport(Refused("no_column_for", detail, "mapping"))


def unknown_mapping(kind: str, name: str) -> CannotImport:
    """Nobody kept a mapping under this name."""
    detail = f"No mapping of {kind} is called {name!r}; map the columns by hand."
    return CannotImport(Refused("unknown_mapping", detail, "mapping"))


def unknown_option(field: str, words: Iterable[str]) -> CannotImport:
    """An option has a closed list of words."""
    return CannotImport(Refused("unknown_option", f"{field} is {' or '.join(words)}; choose one.", field))


def unknown_time_zone(name: str) -> CannotImport:
    """A zone the IANA database does not know."""
    detail = f"{name!r} is no time zone; give its IANA name, such as 'Europe/London'."
    return CannotImport(Refused("unknown_time_zone", detail, "time_zone"))


def ambiguous_dates(column: str, example: str) -> CannotImport:
    """Day and month cannot be told apart, and are never guessed."""
    detail = f"In column {column!r}, {example!r} may begin with its day or its month; say which (dates: dmy or mdy)."
    return CannotImport(Refused("ambiguous_dates", detail, "dates"))


def unknown_import(number: int) -> CannotImport:
    """Nobody started it."""
    detail = f"There is no import {number}; `onhand import list` shows them."
    return CannotImport(Refused("unknown_import", detail, "import"))


def not_now(number: int, state: str, wanted: str) -> CannotImport:
    """What is asked does not fit what has become of the import."""
    detail = f"Import {number} is {state}; only one that is {wanted} can do that."
    return CannotImport(Refused("import_not_ready", detail, "import"))


def rows_forgotten(number: int) -> CannotImport:
    """The rows of a file are kept for a while only, and not through a crash."""
    detail = f"The rows of import {number} are not there (any more); send the file again."
    return CannotImport(Refused("rows_forgotten", detail, "import"))


def overtaken() -> CannotImport:
    """Others use or change the same things again and again."""
    detail = (
        "Others are busy with the same things, again and again; what was done stays; try once more when it is quieter."
    )
    return CannotImport(Refused("import_overtaken", detail, "import"))


def rows_wrong(wrong: int) -> CannotImport:
    """All or nothing was asked, and not all rows are good."""
    detail = (
        f"{wrong:,} rows are wrong, and all or nothing was asked; mend them and send the file again,"
        " or take only the good rows."
    )
    return CannotImport(Refused("rows_wrong", detail, "whole"))


def too_many_at_once(most: int) -> CannotImport:
    """All or nothing holds every lock to the end; sales would wait for it."""
    detail = (
        f"All or nothing is one transaction, during which sales of these goods wait: at most {most:,} rows at once;"
        " take the good rows instead, or send the file in parts."
    )
    return CannotImport(Refused("too_many_at_once", detail, "whole"))


def unknown_export(what: str, known: Iterable[str]) -> CannotImport:
    """Nothing of this kind can be exported."""
    detail = f"{what!r} cannot be exported; choose one of {', '.join(known)}."
    return CannotImport(Refused("unknown_export", detail, "what"))


def unknown_format(name: str) -> CannotImport:
    """We write two formats."""
    return CannotImport(Refused("unknown_format", f"{name!r} ends in neither .csv nor .xlsx; choose one.", "to"))


def too_many_rows(most: int) -> CannotImport:
    """More than a workbook can hold."""
    return CannotImport(Refused("too_many_rows", f"A workbook holds {most:,} rows; write a .csv instead.", "to"))
