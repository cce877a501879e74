"""The audit trail of the tests. It is not emptied before each, as the other tables are: it only grows, as in life."""

from __future__ import annotations

from datetime import UTC, datetime

from onhand.access.audit.archiving import prepare
from onhand.access.audit.verifying import GENESIS
from onhand.core.database import Connection


def anew(db: Connection) -> None:
    """Begin an empty trail."""
    db.execute("TRUNCATE access_audit_entry, access_audit_link, access_audit_seal, access_audit_archive")
    db.execute("UPDATE access_audit_lane SET place = 0, digest = %s", [GENESIS])
    prepare(db, datetime.now(UTC))
    db.commit()
