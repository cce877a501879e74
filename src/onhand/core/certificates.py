"""What a certificate says of itself."""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def ends(certificate: Path) -> datetime | None:
    """Until when a certificate holds; None where that cannot be read."""
    with suppress(OSError, ValueError, ssl.SSLError):
        # The only decoder of the standard library; the test suite of Python itself rests on it.
        said: dict[str, Any] = ssl._ssl._test_decode_cert(str(certificate))  # type: ignore[attr-defined]  # noqa: SLF001
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(said["notAfter"]), UTC)
    return None
