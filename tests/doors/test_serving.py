"""Starting and stopping, as an operator does it."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from onhand.access.keys import create as create_key
from onhand.core.database import Connection, connect
from onhand.doors.cli.serving import begin_whole, hear_signals, leave_when_told
from onhand.orders import queries as orders
from onhand.stock import queries as stock
from serving import Served, eventually, free_port, gone, onhand, serving, started
from shop import Shop


def key_for(shop: Shop) -> dict[str, str]:
    """The headers of somebody who may do everything."""
    key = create_key(shop.db, "tester", ["read", "orders", "stock", "catalog"])
    shop.db.commit()
    return {"Authorization": f"Bearer {key}"}


def test_a_server_that_is_told_to_stop_closes_everything_behind_it() -> None:
    with tempfile.TemporaryDirectory(prefix="onhand-serve-") as folder:
        Path(folder).chmod(0o755)
        with serving("serve", ONHAND_DATA=folder) as served:
            assert served.stop() == 0
        assert not (Path(folder) / "postgres" / "postmaster.pid").exists()


def test_a_server_told_to_stop_while_the_demo_plays_leaves_clean_books(db: Connection, database_url: str) -> None:
    db.autocommit = True
    with serving("run", url=database_url) as served:
        playing = "SELECT FROM core_event WHERE actor = 'demo' AND kind = 'order.placed' LIMIT 1"
        eventually(lambda: db.execute(playing).fetchone() is not None)

        assert served.stop() == 0

    assert "Traceback" not in "".join(served.said)
    assert stock.check(db) == []
    assert orders.check(db) == []


def test_the_first_run_makes_a_key_and_shows_what_to_try(db: Connection, database_url: str) -> None:
    with serving("run", url=database_url) as served:
        first = "".join(served.said)
        key = re.findall(r"KEY=(oh_\S+)", first)[0]
        tried = served.client.get("/api/v1/orders?limit=3", headers={"Authorization": f"Bearer {key}"})
        served.stop()
    with serving("run", url=database_url) as served:
        second = "".join(served.said)
        served.stop()

    assert tried.status_code == 200
    assert "curl -H" in first
    assert "oh_" not in second
    assert "onhand key create" in second


def test_who_works_at_a_site_has_their_role_there_in_the_demo(db: Connection, database_url: str) -> None:
    with serving("run", url=database_url) as served:
        served.stop()

    placed = "SELECT person.username, cardinality(post.sites) FROM access_post AS post JOIN access_person AS person"
    rows = db.execute(f"{placed} ON person.id = post.person_id").fetchall()
    at_a_site = {name for name, number in rows if number}
    assert at_a_site == {"store_associate", "store_manager", "warehouse_operator", "warehouse_manager"}
    assert len(rows) > len(at_a_site)


def test_a_taken_port_is_said_at_once(database_url: str) -> None:
    port = free_port()
    with serving("serve", "--processes", "2", url=database_url, port=port):
        for processes in ("1", "2"):
            refused = onhand("serve", "--processes", processes, url=database_url, ONHAND_PORT=str(port))

            assert refused.returncode == 1
            assert f"127.0.0.1:{port} cannot be served on" in refused.stderr
            assert "set ONHAND_PORT" in refused.stderr


def test_a_serving_process_that_dies_is_replaced_and_all_stop_together(db: Connection, database_url: str) -> None:
    with serving("serve", "--processes", "2", url=database_url) as served:
        first = eventually(lambda: len(served.children) == 2 and served.children)
        os.kill(first[0], signal.SIGKILL)

        second = eventually(lambda: first[0] not in served.children and len(served.children) == 2 and served.children)
        assert served.client.get("/readyz").status_code == 200
        assert served.stop() == 0

    assert all(gone(pid) for pid in (*first, *second))


def test_serving_processes_do_not_outlive_their_supervisor(db: Connection, database_url: str) -> None:
    with serving("serve", "--processes", "2", url=database_url) as served:
        children = eventually(lambda: len(served.children) == 2 and served.children)

        served.kill()

        eventually(lambda: all(gone(pid) for pid in children))


def answered(served: Served) -> Counter[str]:
    """Health checks answered so far, by whichever process, and what the processes are."""
    page = served.client.get("/metrics").text
    health = re.findall(r'^onhand_http_requests_total\{.*route="/healthz".*\} (\S+)$', page, re.MULTILINE)
    processes = re.findall(r'^process_resident_memory_bytes\{pid="(\d+)"\}', page, re.MULTILINE)
    return Counter({"health": int(sum(map(float, health))), "processes": len(set(processes))})


def test_whichever_process_is_asked_answers_for_all(db: Connection, database_url: str) -> None:
    with serving("serve", "--processes", "2", url=database_url) as served:
        eventually(lambda: answered(served)["processes"] == 3)  # two that serve, and their supervisor
        for _ in range(20):
            # A connection each, so that both get some.
            httpx.get(f"{served.client.base_url}/healthz", timeout=30)

        assert {answered(served)["health"] for _ in range(5)} == {20}
        served.stop()


def test_split_doors_are_on_ports_of_their_own(db: Connection, database_url: str) -> None:
    pages = free_port()
    with serving("serve", "--split", url=database_url, ONHAND_PAGES_PORT=str(pages)) as served:
        there = httpx.Client(base_url=f"http://127.0.0.1:{pages}", timeout=30)

        seen = [client.get(path).status_code for client in (served.client, there) for path in ("/api/v1/orders", "/")]
        ready = there.get("/readyz").status_code
        there.close()
        served.stop()

    assert seen == [401, 404, 404, 200]
    assert ready == 200


def test_a_killed_server_loses_nothing_it_acknowledged_and_does_nothing_twice(shop: Shop, database_url: str) -> None:
    shop.stock("mug", 1000)
    headers, port, killed = key_for(shop), free_port(), 150
    answers: dict[int, int] = {}
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)

    def adjust(number: int) -> None:
        # Asked again, with the same key, until it is answered.
        body = {"site": "london", "location": "pick", "sku": "mug", "reason": "found", "by": 1}
        named = {**headers, "Idempotency-Key": f"found-{number}"}
        if number == killed:
            servers[-1].process.kill()
        answers[number] = eventually(lambda: post(client, "/api/v1/adjustments", body, named), 60)

    servers: list[Served] = []
    with ThreadPoolExecutor(17) as people:
        with serving("serve", url=database_url, port=port) as first:
            servers.append(first)
            asked = [people.submit(adjust, number) for number in range(300)]
            first.process.wait(60)
        with serving("serve", url=database_url, port=port) as second:
            for each in asked:
                each.result(60)
            assert second.stop() == 0

    client.close()
    assert set(answers.values()) == {201}
    assert shop.available("mug") == 1300


def post(client: httpx.Client, path: str, body: dict[str, object], headers: dict[str, str]) -> int:
    """The status of an answer; 0 when there was none."""
    try:
        return client.post(path, json=body, headers=headers).status_code
    except httpx.TransportError:
        return 0


def test_work_once_keeps_house_and_ends(db: Connection, database_url: str) -> None:
    assert onhand("work", "--once", url=database_url).returncode == 0


def test_work_keeps_house_until_told_to_stop(db: Connection, database_url: str) -> None:
    with started("work", url=database_url) as served:
        served.until("this process sees to it")
        assert served.stop() == 0


def test_tables_can_be_looked_at_before_they_are_changed(db: Connection, database_url: str) -> None:
    looked = onhand("migrate", "--check", url=database_url)

    assert (looked.returncode, looked.stdout) == (0, "The tables are those of this version.\n")


def test_a_database_without_tables_lacks_every_migration(db: Connection, database_url: str) -> None:
    with connect(database_url, autocommit=True) as owner:
        owner.execute("CREATE DATABASE onhand_empty")
        looked = onhand("migrate", "--check", url=database_url.replace("/onhand?", "/onhand_empty?"))
        owner.execute("DROP DATABASE onhand_empty")

    assert looked.returncode == 1
    assert "core.0001_initial" in looked.stdout


def test_a_database_that_does_not_answer_stops_the_start_with_a_sentence() -> None:
    refused = onhand("serve", url="postgresql://nobody@127.0.0.1:1/nothing", ONHAND_PORT=str(free_port()))

    assert refused.returncode == 1
    assert refused.stderr.startswith("The database does not answer: ")
    assert "Traceback" not in refused.stderr


def test_an_account_that_may_not_create_tables_is_told_who_may(db: Connection, database_url: str) -> None:
    with connect(database_url, autocommit=True) as owner:
        owner.execute("CREATE DATABASE onhand_closed")
        closed = database_url.replace("/onhand?", "/onhand_closed?")
        with connect(closed, autocommit=True) as inside:
            inside.execute("SET ROLE pg_database_owner")
            inside.execute("REVOKE CREATE ON SCHEMA public FROM onhand, pg_database_owner, public")
        refused = onhand("migrate", url=closed)
        owner.execute("DROP DATABASE onhand_closed")

    assert refused.returncode == 1
    assert "lacks the migration access.0001_initial" in refused.stderr
    assert "as the owner of the tables" in refused.stderr


def test_a_signal_that_comes_while_workers_are_started_is_heard_when_all_of_them_are() -> None:
    begun: list[str] = []

    class Worker:
        def start(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)
            begun.append("begun")

    # The system may hand a signal to any thread that lets it through.
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        leave_when_told()
        begin_whole(Worker(), Worker())
        with pytest.raises(SystemExit):
            hear_signals()
    finally:
        done.set()
        other.join()
        for each, handler in before.items():
            signal.signal(each, handler)

    assert begun == ["begun", "begun"]
