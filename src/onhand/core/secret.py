"""The secret of this installation, from which keys for single purposes are made: it is never in the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from onhand.core.settings import Settings

FILE = "secret"


def key_for(settings: Settings, purpose: str) -> bytes:
    """A key of 32 bytes for a purpose: the same at each start, and of no use for guessing any other."""
    return hmac.digest(_secret(settings), f"onhand/{purpose}".encode(), hashlib.sha256)


def _secret(settings: Settings) -> bytes:
    """What the operator set, else what the first start wrote into the data folder."""
    if settings.secret:
        return settings.secret.encode()
    return _kept(settings.data)


def _kept(folder: Path) -> bytes:
    file = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        made = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return file.read_bytes()
    with os.fdopen(made, "wb") as opened:
        opened.write(secrets.token_hex(32).encode())
    return file.read_bytes()
