"""Nothing keeps anybody out: axe-core over every page, light and dark, on a phone and on a desk, in three languages.

The story that is part of the tests is run as it is (``tests/stories/test_accessible.py``): 0 violations of WCAG 2.2 AA,
no target below 24 px, nothing wider than the screen.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from proofs.figures import Figure

TITLE = "accessible: axe on every page, target sizes, in three languages"
STORY = "tests/stories/test_accessible.py"
ROOT = Path(__file__).parents[1]


def prove(short: bool) -> Figure:
    """Every combination; in short the page of signing in."""
    only = ["-k", "signing_in"] if short else []
    command = [sys.executable, "-m", "pytest", STORY, *only]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    last = run.stdout.strip().splitlines()[-1] if run.stdout.strip() else run.stderr[-200:]
    passed = re.search(r"(\d+) passed", last)
    done = run.returncode == 0 and passed is not None and "skipped" not in last
    return Figure(50, TITLE, passed=done, figure=f"{passed[1] if passed else 0} looks at all pages ({last})")
