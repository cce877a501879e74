"""The registry of personal data: every column that is about people, whose, why, for how long, and how it is erased.

Each room declares its own in ``personal.py``, beside its models, as ``HOLDINGS``, and what only looks personal as
``NOT_PERSONAL``; here they are gathered. A test compares them with the live schema: a new column that smells of a
person, or any new text in a table about people, fails until it is declared. The record of processing activities
(GDPR, Article 30) is written from it, an export covers all of it, an erasure goes by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final, Literal

from onhand.core.database import Connection
from onhand.core.refusals import Refused

Kind = Literal["name", "email", "phone", "address", "location", "free text", "sign-in", "preference", "consent", "link"]
Protected = Literal["sealed", "coarse", "digest", "plain"]


@dataclass(frozen=True, slots=True)
class Column:
    """A personal column. ``blank``: the SQL it becomes when its subject is erased; None: it stays, ``stays`` says why.

    ``protected``: sealed under the subject's key; coarse: kept less exactly than it was said; digest: of it only.
    ``sealed_in``: the table whose sealed texts it holds, where that is another one.
    """

    name: str
    kind: Kind
    protected: Protected = "plain"
    blank: str | None = None
    stays: str = ""
    sealed_in: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A table that is about people.

    ``rows``: by kind of subject, which rows are theirs: SQL over the table, with ``%(name)s`` for what stands after the
    kind and ``%(subject)s`` for both. ``beside``: columns that are exported with the personal ones, to make sense of
    them. ``removed``: erasing deletes the rows; ``also``: what else it sets.
    """

    table: str
    purpose: str
    basis: str
    kept: str
    rows: Mapping[str, str]
    columns: Sequence[Column]
    beside: Sequence[str] = ()
    removed: bool = False
    also: Mapping[str, str] = field(default_factory=dict)
    recipients: str = ""

    def named(self, name: str) -> Column | None:
        """The personal column of this name."""
        return next((each for each in self.columns if each.name == name), None)


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """Columns that a test would take for personal, and why they are not; ``*`` for all of a table."""

    table: str
    columns: Sequence[str]
    why: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Personal data in tables that come and go (the rows of a sheet): how it is shown, and erased."""

    name: str
    purpose: str
    basis: str
    kept: str
    kinds: Sequence[str]
    export: Callable[[Connection, str], list[dict[str, Any]]]
    erase: Callable[[Connection, str], int]


# Asked about a subject who shall be erased: why that must wait.
Blocker = Callable[[Connection, str], Refused | None]
# Asked for subjects whose time is over since a moment; so many at most.
Overdue = Callable[[Connection, Any, int], list[str]]
# Finds a subject by what stands after its kind: as it is called here, or None.
Lookup = Callable[[Connection, str], str | None]
# Seals so many rows that are still plain; answers how many there were.
Sealer = Callable[[Connection, int], int]

# Why data may be processed at all (GDPR, Article 6), as the registry's reader knows it.
CONTRACT: Final = "contract (Art. 6 (1) b)"
LEGAL_DUTY: Final = "legal duty (Art. 6 (1) c)"
LEGITIMATE: Final = "legitimate interest (Art. 6 (1) f)"
CONSENT: Final = "consent (Art. 6 (1) a)"


@cache
def rooms() -> tuple[ModuleType, ...]:
    """The ``personal`` module of every room that has one."""
    from django.apps import apps

    names = [f"{each.name}.personal" for each in apps.get_app_configs() if each.name.startswith("onhand.")]
    return tuple(import_module(name) for name in names if find_spec(name))


def _declared(what: str) -> Iterator[Any]:
    for room in rooms():
        yield from getattr(room, what, ())


def holdings() -> list[Holding]:
    """Every table about people."""
    return list(_declared("HOLDINGS"))


def not_personal() -> list[NotPersonal]:
    """Everything that only looks personal."""
    below = [NotPersonal(*each) for each in _declared("LOOKS_PERSONAL")]
    return below + list(_declared("NOT_PERSONAL"))


def elsewhere() -> list[Elsewhere]:
    """What lies in tables that come and go."""
    return list(_declared("ELSEWHERE"))


def blockers() -> list[Blocker]:
    """Who may say that an erasure must wait."""
    return list(_declared("BLOCKERS"))


def overdue() -> list[Overdue]:
    """Who knows whose time is over."""
    return list(_declared("OVERDUE"))


def under_address(db: Connection, mark: str) -> list[str]:
    """The subjects somebody is known as by nothing but their e-mail address, of its mark: ``wish/…``, ``address/…``.

    A room that keeps something under an address's mark alone names the kind in ``BY_ADDRESS``. Whoever has proven that
    the address is theirs is each of them.
    """
    said = [known(db, f"{kind}/{mark}") for kind in _declared("BY_ADDRESS")]
    return [each for each in said if isinstance(each, str)]


def sealers() -> list[Sealer]:
    """Who seals rows of before there were keys."""
    return list(_declared("SEALERS"))


def lookups() -> dict[str, str | Lookup]:
    """By kind of subject, the statement (or the function) that finds one by what stands after the kind."""
    return {kind: text for room in rooms() for kind, text in getattr(room, "SUBJECTS", {}).items()}


def known(db: Connection, said: str) -> str | Refused:
    """A subject as it is called here, of how somebody calls it: ``customer/C77``, ``order/web/N1``, ``person/ana``."""
    kind, _, name = said.partition("/")
    statements = lookups()
    if kind not in statements or not name:
        return Refused(
            "unknown_subject",
            f"{said!r} is nobody: write {', '.join(f'{each}/…' for each in sorted(statements))}.",
            "subject",
        )
    found = _found(db, statements[kind], name)
    return found or Refused("unknown_subject", f"There is no {kind} {name!r}.", "subject")


def _found(db: Connection, lookup: str | Lookup, name: str) -> str | None:
    if callable(lookup):
        return lookup(db, name)
    row = db.execute(lookup, {"name": name}).fetchone()
    return row[0] if row else None
