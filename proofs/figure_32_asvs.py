"""OWASP ASVS 5.0, level 2: what applies is shown by tests that pass; what does not says why.

The full form runs every test the map names (docs/security/asvs.csv), in one process, and counts; a requirement counts
as met when all tests named for it pass. The short form sees that they exist, and counts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from proofs.asvs import ROOT, Requirement, count, faults, requirements
from proofs.figures import Figure, worst

TITLE = "OWASP ASVS 5.0, level 2: what applies is held by tests"
LEAST = {1: 1.0, 2: 0.9}
# How many there are in the standard.
ALL = {1: 70, 2: 183}
ADOPTED = ("2.3.5", "7.5.3")
SECONDS_AT_MOST = 3600


def prove(short: bool) -> Figure:
    """Count; in full, of what passes."""
    found = requirements()
    wrong = list(faults(found))
    wrong += [f"level {level} has {number}" for level, number in ALL.items() if _of(found, level) != number]
    wrong += [f"{each} is not adopted" for each in ADOPTED if not _is_met(found, each)]
    failed: set[str] = set()
    named = sorted({test for each in found for test in each.shown_by})
    if not short:
        failed = _failed(named)
        wrong += [f"{each} fails" for each in sorted(failed)]
        found = [each if failed.isdisjoint(each.shown_by) else each._replace(verdict="open") for each in found]
    one, two = count(found, 1), count(found, 2)
    reasons = sum(each.verdict == "n/a" for each in found)
    passed = not wrong and one.share >= LEAST[1] and two.share >= LEAST[2]
    how = "named" if short else "run"
    said = (
        f"level 1: {one.met} of {one.applicable} that apply, level 2: {two.met} of {two.applicable} ({two.share:.1%}),"
        f" {', '.join(ADOPTED)} of level 3; {reasons} do not apply, each with its reason; {len(named)} tests {how},"
        f" {len(failed)} failed{worst(wrong)}"
    )
    return Figure(32, TITLE, passed=passed, figure=said)


def _of(found: list[Requirement], level: int) -> int:
    return sum(each.level == level for each in found)


def _is_met(found: list[Requirement], number: str) -> bool:
    return any(each.number == number and each.verdict == "met" for each in found)


def _failed(tests: list[str]) -> set[str]:
    """Those of the tests that do not pass, run in one process."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfEs", "--no-header", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "COLUMNS": "500"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS_AT_MOST
    )
    said = re.findall(r"^(?:FAILED|ERROR) (\S+?::\w+)", done.stdout, re.MULTILINE)
    # What was passed over shows nothing.
    said += [test for test in tests for line in re.findall(r"^SKIPPED .*$", done.stdout, re.MULTILINE) if test in line]
    if done.returncode not in {0, 1} or (done.returncode and not said):
        return set(tests)
    return set(said)
