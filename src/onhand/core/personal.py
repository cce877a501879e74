"""What the log and its followers hold that only looks personal, for the registry.

Nothing here may import the registry, which stands above: the entries are made there of these plain facts.
"""

from __future__ import annotations

# Each a table, its columns, and why they are not personal.
LOOKS_PERSONAL = (
    (
        "core_event",
        ("subject", "actor", "data", "kind", "origin"),
        "references and figures; where somebody worked from stands in the audit trail as well, which is declared",
    ),
    ("core_follower", ("name",), "what a follower is called"),
    ("core_answer", ("answer", "key"), "outcomes, which name things by their codes"),
)
