"""What people send: sheets written to a folder, and imported in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onhand.connect.sheets import imports
from onhand.connect.sheets.imports import BadRow, Done, ImportView
from onhand.connect.sheets.sentences import parted
from onhand.core.database import Connection
from onhand.doors.api.codes import CODES


class Desk:
    """Somebody with a folder of sheets."""

    def __init__(self, db: Connection, folder: Path) -> None:
        self.db = db
        self.folder = folder
        self.sheets = 0

    def sheet(self, text: str, *, encoding: str = "utf-8") -> Path:
        """A sheet as a file; indented lines of a test are a table's rows."""
        self.sheets += 1
        path = self.folder / f"sheet{self.sheets}.csv"
        rows = [line.strip() for line in text.strip().splitlines()]
        path.write_bytes("\n".join(rows).encode(encoding))
        return path

    def start(self, kind: str, text: str, **facts: Any) -> ImportView:
        """Read and check a sheet."""
        return imports.start(self.db, self.sheet(text), kind, actor="tester", **facts)

    def take(self, kind: str, text: str, *, whole: bool = False, **facts: Any) -> Done:
        """Read a sheet and carry out its good rows."""
        return imports.go_ahead(self.db, self.start(kind, text, **facts).id, whole=whole)

    def faults(self, found: ImportView) -> list[tuple[int, str, str]]:
        """Row, field and code of everything that is wrong."""
        return [(each.row, each.field, each.code) for each in self.bad(found)]

    def bad(self, found: ImportView) -> list[BadRow]:
        """Everything that is wrong, in sentences that other languages know."""
        bad = imports.bad_rows(self.db, found.id).items
        assert [each.reason for each in bad if not parted(each.reason) and each.code not in CODES] == []
        assert [each.remedy for each in bad if each.remedy and not parted(each.remedy) and each.code not in CODES] == []
        return bad

    def sole(self, query: str) -> Any:
        """The one thing a question answers."""
        row = self.db.execute(query).fetchone()
        self.db.commit()
        assert row is not None
        return row[0] if len(row) == 1 else row


def counts(found: ImportView) -> tuple[int, int, int, int]:
    """How many rows are new, changed, unchanged and wrong."""
    return (found.new, found.changed, found.unchanged, found.wrong)
