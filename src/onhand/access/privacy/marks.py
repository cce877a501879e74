"""Finding what is sealed: a mark is a keyed digest of what somebody would search by.

E-mail addresses are marked without capitals and blanks at the ends; telephone numbers by their last nine digits, which
stay the same with and without the country's; names word by word, without accents and capitals. Who has the database but
not the master key can neither read a mark nor make one to compare with. The key of the marks is a key as subjects have,
wrapped as theirs are: a new master key changes no mark.

A mark finds whole words, never the beginning of one.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from onhand.access.privacy.vault import NOBODY, enroll
from onhand.core.database import Connection

BYTES = 12
LAST_DIGITS = 9
MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes marks."""

    key: bytes = field(repr=False)

    def email(self, text: str) -> list[str]:
        """The mark of an address."""
        plain = text.strip().casefold()
        return [self._mark("e", plain)] if plain else []

    def phone(self, text: str) -> list[str]:
        """The mark of a telephone number."""
        digits = "".join(re.findall(r"\d", unicodedata.normalize("NFKC", text)))
        return [self._mark("p", digits[-LAST_DIGITS:])] if digits else []

    def endpoint(self, text: str) -> str:
        """The mark of an address programs know, such as that of a browser's push service."""
        return self._mark("u", text)

    def name(self, text: str) -> list[str]:
        """The marks of a name's words."""
        return [self._mark("n", word) for word in dict.fromkeys(words(text))][:MOST_WORDS]

    def any_of(self, text: str) -> list[list[str]]:
        """What somebody who types this may mean: each entry is the marks that must all be there."""
        meant = [self.name(text)]
        if "@" in text:
            meant.append(self.email(text))
        if len(re.findall(r"\d", text)) >= 5:
            meant.append(self.phone(text))
        return [each for each in meant if each]

    def _mark(self, kind: str, plain: str) -> str:
        return hmac.digest(self.key, f"{kind}:{plain}".encode(), "sha256")[:BYTES].hex()


def words(text: str) -> Iterator[str]:
    """A name's words, without accents, capitals and signs."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    yield from re.findall(r"\w+", "".join(each for each in bare if not unicodedata.combining(each)))


def marker(db: Connection) -> Marker:
    """Who makes this database's marks; the key is made at the first call."""
    return Marker(enroll(db, [NOBODY]).keys[NOBODY].raw)
