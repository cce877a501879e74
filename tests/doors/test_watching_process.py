"""What a serving process puts on record by itself: its samples, what its doors noticed, and a figure that is none."""

from __future__ import annotations

from typing import Any

import pytest

from onhand.access.keys import create
from onhand.access.permissions import everywhere
from onhand.access.roles import ROLES
from onhand.core.database import Connection
from onhand.doors.api.live.topics import Topic, forbidden
from onhand.doors.api.live.visitors import Visitor
from serving import onhand, serving


@pytest.mark.parametrize("words", [("serve",), ("serve", "--processes", "2")])
def test_its_last_minute_and_what_it_noticed_are_written_down_when_it_ends(
    db: Connection, database_url: str, words: tuple[str, ...]
) -> None:
    key = create(db, "reader", ["read"])
    db.commit()
    with serving(*words, url=database_url, ONHAND_LOG_LEVEL="warning") as served:
        headers = {"Authorization": f"Bearer {key}"}
        for _ in range(20):
            assert served.client.get("/api/v1/orders", headers=headers).status_code == 200
        assert served.client.post("/api/v1/orders", headers=headers, json={}).status_code == 403
        assert served.client.get("/").status_code == 200
        assert served.stop() == 0

    rows = db.execute("SELECT door, sum(requests)::int FROM core_health_minute GROUP BY door").fetchall()
    assert dict(rows) == {"": 0, "api": 21, "pages": 1}
    told = db.execute("SELECT kind, subject, origin FROM core_event WHERE kind ~ '^(key.used|access)' ORDER BY kind")
    assert told.fetchall()[0] == ("access.refused", "key/reader", "api 127.0.0.1")


def test_of_alerts_only_those_hear_who_may_see_them() -> None:
    topics = [Topic("kind", "alert.raised")]
    clerk, keeper = (Visitor(name, everywhere(ROLES[name])) for name in ("store_manager", "administrator"))

    assert forbidden(topics, clerk) == topics[0]
    assert forbidden(topics, keeper) is None
    assert forbidden([Topic("kind", "order.placed")], clerk) is None


def test_a_figure_that_is_none_stops_the_start(database_url: str) -> None:
    unknown = onhand("work", "--once", url=database_url, ONHAND_WATCH="speed=1")
    odd = onhand("settings", ONHAND_WATCH="returns=many")

    assert (unknown.returncode, "ONHAND_WATCH has no figure 'speed'" in unknown.stderr) == (1, True)
    assert (odd.returncode, "ONHAND_WATCH must be name=number" in odd.stderr) == (1, True)


def test_alerts_and_networks_at_the_terminal(db: Connection, database_url: str, tmp_path: Any) -> None:
    table = tmp_path / "networks.csv"
    table.write_text("network,latitude,longitude,name,site\n203.0.113.0/24,51.5,-0.1,London,\n")
    brought = onhand("watch", "networks", str(table), url=database_url)
    table.write_text("network\nnonsense\n")
    wrong = onhand("watch", "networks", str(table), url=database_url)
    listed = onhand("watch", "list", "--json", url=database_url)

    assert "1 networks are known" in brought.stdout
    assert (wrong.returncode, "Line 2" in wrong.stderr) == (1, True)
    assert listed.stdout.strip() == "[]"
