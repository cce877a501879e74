"""Shape the tree of categories."""

from __future__ import annotations

from collections.abc import Sequence

from onhand.catalog import errors, rules
from onhand.catalog.records import CategoryRecord, SavedCategory
from onhand.core.batch import Answers, Diary, columns, in_order, moment, rounds, take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused

Parents = dict[str, str | None]


def save_categories(
    db: Connection, categories: Sequence[CategoryRecord], *, actor: str = "system"
) -> list[SavedCategory | Refused]:
    """Create or update categories by code; a parent may come later in the same batch.

    Refuses ``unknown_category`` (a parent neither there nor made here) and ``category_circle``.
    """
    take_turns(db, "catalog")
    answers: Answers[SavedCategory] = {}
    for turn in rounds(range(len(categories)), [category.code for category in categories]):
        records = {at: categories[at] for at in turn}
        faults = _faults(records, _parents(db))
        answers |= faults
        answers |= _write(db, {at: record for at, record in records.items() if at not in faults})
    _tell(db, categories, answers, actor)
    return in_order(answers)


def _tell(db: Connection, categories: Sequence[CategoryRecord], answers: Answers[SavedCategory], actor: str) -> None:
    diary = Diary(actor, moment(db, None))
    for at, record in enumerate(categories):
        if isinstance(saved := answers[at], SavedCategory):
            diary.note("category.saved", f"category/{record.code}", saved.change, record)
    diary.write(db)


def _parents(db: Connection) -> Parents:
    """The whole tree: each category's parent. Categories are few: a large shop has some thousands."""
    return dict(
        db.execute(
            "SELECT category.code, parent.code FROM catalog_category AS category"
            " LEFT JOIN catalog_category AS parent ON parent.id = category.parent_id"
        )
    )


def _faults(records: dict[int, CategoryRecord], parents: Parents) -> dict[int, Refused]:
    """Accept what hangs on something known, again and again, until nothing more does; refuse the rest."""
    faults: dict[int, Refused] = {}
    waiting = dict(records)
    while ready := [at for at, record in waiting.items() if record.parent is None or record.parent in parents]:
        for at in ready:
            record = waiting.pop(at)
            if record.parent is not None and rules.circles(parents, record.code, record.parent):
                faults[at] = errors.category_circle(record.code, record.parent)
            else:
                parents[record.code] = record.parent
    return faults | {at: errors.unknown_category(record.parent or "", "parent") for at, record in waiting.items()}


def _write(db: Connection, records: dict[int, CategoryRecord]) -> dict[int, SavedCategory]:
    """Names first, then parents, which may have been made a moment ago."""
    rows = [(record.code, record.name, record.parent) for record in records.values()]
    wanted = columns(rows, "code", "name", "parent")
    ids = {
        code: (row_id, change) for code, row_id, change in db.execute(statement("catalog", "save_categories"), wanted)
    }
    moved = {code for (code,) in db.execute(statement("catalog", "hang_categories"), wanted)}
    saved = {}
    for at, record in records.items():
        row_id, change = ids[record.code]
        changed = change == "unchanged" and record.code in moved
        saved[at] = SavedCategory(record.code, row_id, "changed" if changed else change)
    return saved
