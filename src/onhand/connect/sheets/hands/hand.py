"""What every hand is given and gives back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from onhand.connect.sheets.images import Image
from onhand.core.database import Connection
from onhand.core.refusals import Refused


@dataclass(frozen=True, slots=True)
class Bearer:
    """On whose behalf rows are carried, when, and what else was said about all of them."""

    actor: str
    number: int
    now: datetime
    new_categories: bool = False

    @property
    def reference(self) -> str:
        """The document that moves and adjustments of this import name."""
        return f"import/{self.number}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be carried: what it says, and how the thing it names is now."""

    number: int
    said: dict[str, Any]
    image: Image

    def value(self, name: str, otherwise: Any = None) -> Any:
        """What the row says of a field; where it says nothing, what is so now; else ``otherwise``."""
        if (said := self.said.get(name)) is not None:
            return said
        now = self.image.facts.get(name)
        return otherwise if now is None else now


@dataclass(frozen=True, slots=True)
class Logged:
    """Something an import created (``before`` is None) or changed, as an undo finds it."""

    number: int
    found_by: dict[str, Any]
    before: dict[str, Any] | None
    image: Image


# Why something could not be done, by the number of the row or the logged change; what is not named was done.
Refusals = dict[int, Refused]
Left = dict[int, str]

IN_USE = "something depends on it by now; it was left as it is"


class Hand(ABC):
    """Carries rows of one trade."""

    def prepare(self, db: Connection, rows: sql.Composable) -> None:  # noqa: B027 - most hands need nothing
        """Make ready what must be there before the first batch, and may stay when nothing else is done; commits."""

    @abstractmethod
    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Save the rows, in the caller's transaction; answers those that were refused."""

    @abstractmethod
    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Remove what an import created; answers what was left, and why."""

    @abstractmethod
    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Put back what an import changed; answers what was left, and why."""


def told(rows: Sequence[Row], answers: Sequence[Any]) -> Refusals:
    """The refusals among answers, by row."""
    return {row.number: answer for row, answer in zip(rows, answers, strict=True) if isinstance(answer, Refused)}


def left(things: Sequence[Logged], answers: Sequence[Any]) -> Left:
    """What was refused when it was to be put back, and why."""
    return {
        thing.number: answer.detail
        for thing, answer in zip(things, answers, strict=True)
        if isinstance(answer, Refused)
    }
