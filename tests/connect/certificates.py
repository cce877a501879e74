"""A certificate for a name, for an afternoon."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def certificate_for(name: str, folder: Path) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("certificates are made with openssl")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    words = [
        program,
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    words += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*words, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True, timeout=30)
    return certificate, key
