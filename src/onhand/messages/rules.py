"""How a template is filled and checked, and what follows from a try to deliver: pure decisions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

VARIABLE: Final = re.compile(r"\{([a-z][a-z_]*)\}")
_LINK: Final = re.compile(r"(\b[a-z]+://[^\s/?#]+)\S*", re.IGNORECASE)
MOST_SUBJECT: Final = 200
# A letter that does not get through is tried again after these pauses, and then given up: two days in all.
PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 4 * 3600, 8 * 3600, 12 * 3600, 24 * 3600)
)
# Of each pause, so much may be added by chance, so that what failed together does not come again together.
SPREAD: Final = 0.2
# Who is asked to come back later says when; not believed beyond this.
LONGEST_WAIT: Final = timedelta(hours=24)


def variables(text: str) -> set[str]:
    """The facts a text asks for, written ``{number}``."""
    return set(VARIABLE.findall(text))


def filled(text: str, facts: Mapping[str, str]) -> str:
    """A text with its facts. A line that asks for facts none of which says anything is left out."""
    lines = [line for line in text.splitlines() if _says_something(line, facts)]
    whole = VARIABLE.sub(lambda found: facts.get(found.group(1), ""), "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", whole).strip()


def without_links(text: str) -> str:
    """A text whose links say to which server they lead, and nothing of what opens there.

    >>> without_links("Say it here: https://shop.example/my/review/x7Qf")
    'Say it here: https://shop.example/…'
    """
    return _LINK.sub(r"\1/…", text)


def in_one_line(text: str) -> str:
    """A text without line breaks, as a subject must be, and no longer than one may be."""
    return " ".join(text.split())[:MOST_SUBJECT]


def _says_something(line: str, facts: Mapping[str, str]) -> bool:
    asked = variables(line)
    return not asked or any(facts.get(name, "").strip() for name in asked)


class Strange(NamedTuple):
    """What is wrong with a template's texts: facts it asks for that there are not, and those it must not leave out."""

    unknown: list[str]
    missing: list[str]


def strange(texts: Collection[str], known: Collection[str], needed: Collection[str]) -> Strange:
    """Which variables of a template's texts nobody knows, and which of those it needs stand in none of them."""
    asked = {name for text in texts for name in variables(text)}
    return Strange(sorted(asked - set(known)), sorted(set(needed) - asked))


class Outcome(NamedTuple):
    """How a try to deliver ended; ``hopeless``: no other try will end better. ``reference``: the provider's name.

    ``gone``: the address is no more, and nothing should go there again. ``wait``: not to be tried again before that.
    """

    well: bool
    said: str = ""
    hopeless: bool = False
    reference: str = ""
    gone: bool = False
    wait: timedelta = timedelta()


class Verdict(NamedTuple):
    """What becomes of a letter after a try."""

    state: str
    next_at: datetime | None


def judge(
    outcome: Outcome, *, tries: int, now: datetime, useful_until: datetime | None = None, chance: float = 0.0
) -> Verdict:
    """What follows from a try, of so many there have been; ``chance``: from 0 to 1, spreads the next tries."""
    if outcome.well:
        return Verdict("sent", None)
    if outcome.hopeless or tries > len(PAUSES):
        return Verdict("given_up", None)
    at = now + max(PAUSES[tries - 1] * (1 + SPREAD * chance), min(outcome.wait, LONGEST_WAIT))
    if useful_until and at >= useful_until:
        return Verdict("given_up", None)
    return Verdict("failed", at)
