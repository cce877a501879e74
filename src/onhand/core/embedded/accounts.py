"""The account the server runs under, and the folders it may enter.

As root, where PostgreSQL refuses to run, that is ``pgserver``, which is made when missing; else it is our own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from onhand.core.embedded.errors import EmbeddedServerError

ACCOUNT = "pgserver"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """The account the server runs under when we are root; otherwise it runs under our own (None)."""

    uid: int
    gid: int


def account_for(cluster: Path) -> Account | None:
    """The account a cluster's server is to run under; nothing when it is our own. Root gives away what is root's."""
    here = cluster.stat() if cluster.exists() else None
    if os.geteuid() != 0:
        if here and here.st_uid != os.geteuid():
            raise EmbeddedServerError(
                f"{cluster} belongs to the account {account_name(here.st_uid)}: "
                "start as root or as that account, or set ONHAND_DATA to another folder."
            )
        return None
    if here and here.st_uid != 0:
        return Account(here.st_uid, here.st_gid)
    account = _account_of_our_own()
    if here:  # Restored from a backup by root, say.
        give(cluster, account)
    return account


def give_away(folder: Path) -> None:
    """Let what root laid out belong to the account the server will run under; others need not."""
    if os.geteuid() == 0:
        give(folder, _account_of_our_own())


def give(cluster: Path, account: Account) -> None:
    """Let a folder and all in it belong to an account."""
    for each in (cluster, *cluster.rglob("*")):
        os.chown(each, account.uid, account.gid, follow_symlinks=False)


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
            f"{folder}, meant for the database's socket, is not a private folder of the account {account_name(uid)}: "
            "remove it and start again."
        )


def may_enter(account: Account | None, folder: Path) -> bool:
    """Whether the server could reach what lies in a folder."""
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


def account_name(uid: int) -> str:
    """What an account is called; its number when it has no name."""
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
