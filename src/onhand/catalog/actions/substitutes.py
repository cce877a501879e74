"""Say what may be offered instead of what."""

from __future__ import annotations

from collections.abc import Sequence

from onhand.catalog import checks, errors
from onhand.catalog.queries import ids_of_skus
from onhand.catalog.records import SavedSubstitutes, SubstitutesRecord
from onhand.core.batch import Answers, Diary, columns, in_order, moment, rounds, take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused


def set_substitutes(
    db: Connection, records: Sequence[SubstitutesRecord], *, actor: str = "system"
) -> list[SavedSubstitutes | Refused]:
    """Replace the substitutes of SKUs, ranked from 1 in the order given.

    Refuses ``own_substitute``, ``listed_twice`` and ``unknown_sku``.
    """
    take_turns(db, "catalog")
    diary = Diary(actor, moment(db, None))
    named = {code for record in records for code in (record.sku, *record.others)}
    sku_ids = ids_of_skus(db, list(named))
    answers: Answers[SavedSubstitutes] = {
        at: fault for at, record in enumerate(records) if (fault := _fault(record, sku_ids))
    }
    sound = [at for at in range(len(records)) if at not in answers]
    for turn in rounds(sound, [record.sku for record in records]):
        changed = _write(db, [records[at] for at in turn], sku_ids)
        for at in turn:
            code = records[at].sku
            answers[at] = saved = SavedSubstitutes(code, "changed" if sku_ids[code] in changed else "unchanged")
            diary.note("sku.substitutes_set", f"sku/{code}", saved.change, records[at])
    diary.write(db)
    return in_order(answers)


def _fault(record: SubstitutesRecord, sku_ids: dict[str, int]) -> Refused | None:
    if record.sku not in sku_ids:
        return errors.unknown_sku(record.sku, "sku")
    if fault := checks.substitutes_fault(record):
        return fault
    unknown = (at for at, code in enumerate(record.others) if code not in sku_ids)
    return next((errors.unknown_sku(record.others[at], f"others[{at}]") for at in unknown), None)


def _write(db: Connection, records: list[SubstitutesRecord], sku_ids: dict[str, int]) -> set[int]:
    """Write the lists; answers the SKUs whose substitutes were others before."""
    rows = [
        (sku_ids[record.sku], sku_ids[other], rank)
        for record in records
        for rank, other in enumerate(record.others, start=1)
    ]
    wanted = columns(rows, "sku_id", "other_id", "rank") | {"skus": [sku_ids[record.sku] for record in records]}
    return {sku_id for (sku_id,) in db.execute(statement("catalog", "save_substitutes"), wanted)}
