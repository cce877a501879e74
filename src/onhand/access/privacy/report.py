"""The record of processing activities (GDPR, Article 30), written from the registry."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from onhand.access.privacy import registry


class Line(msgspec.Struct, frozen=True):
    """A column of the record."""

    table: str
    column: str
    whose: str
    kind: str
    protected: str
    purpose: str
    basis: str
    kept: str
    erased: str
    recipients: str


def lines() -> list[Line]:
    """Every personal column there is, in the order of rooms."""
    return [*_of_tables(), *_elsewhere()]


def _of_tables() -> Iterator[Line]:
    for each in registry.holdings():
        for column in each.columns:
            yield Line(
                each.table,
                column.name,
                ", ".join(each.rows),
                column.kind,
                column.protected,
                each.purpose,
                each.basis,
                each.kept,
                _erased(each, column),
                each.recipients,
            )


def _elsewhere() -> Iterator[Line]:
    for each in registry.elsewhere():
        yield Line(
            each.name, "*", ", ".join(each.kinds), "name", "plain", each.purpose, each.basis, each.kept, "removed", ""
        )


def _erased(holding: registry.Holding, column: registry.Column) -> str:
    if holding.removed:
        return "removed"
    if column.blank is None:
        return f"stays: {column.stays}"
    return "key destroyed, blanked" if column.protected == "sealed" else "blanked"


def as_markdown() -> str:
    """The record as a page."""
    names = Line.__struct_fields__
    rows = ["| " + " | ".join(getattr(each, name) or "–" for name in names) + " |" for each in lines()]
    return "\n".join([_HEAD, "| " + " | ".join(names) + " |", "|" + " --- |" * len(names), *rows, ""])


_HEAD = """\
# Record of processing activities

What is kept about people, whose it is, why, for how long, and how it is erased (GDPR, Article 30). Written from the
registry by `onhand privacy report`. The controller is the shop that runs this system; its name, its contact and its
data protection officer belong here when this page is handed on."""
