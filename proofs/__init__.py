"""Proofs: each module ``figure_NN_…`` shows one thing the shop must be trusted in, by doing it at full size.

``python -m proofs`` runs them all, ``python -m proofs 1 6`` those named, ``--short`` a small form of each that only
shows that the proof itself works. A proof has a function ``prove(short)`` that returns a ``Figure``.
"""

import sys
from pathlib import Path

# The proofs are played by the cast of the tests; outside pytest nobody else shows the way there.
_TESTS = str(Path(__file__).resolve().parents[1] / "tests")
if _TESTS not in sys.path:
    sys.path.append(_TESTS)
