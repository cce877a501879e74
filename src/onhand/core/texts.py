r"""Texts as they may come in: what is a code, a name, a note; and the sentence for each that is not.

A code is copied, scanned and compared, so nothing is in it that cannot be seen: no blank at its ends, no control
character, none that joins, reverses or breaks a line (Unicode TR 36, "Unicode Security Considerations"). A name may
hold joiners, which some scripts need. Anything else may be any text that the database can store.

A pattern ends in ``$(?!\n)``: alone, ``$`` also matches before a line break at the very end.
"""

from __future__ import annotations

import re
from email.headerregistry import Address
from typing import Annotated

from msgspec import Meta

_CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_REVERSALS = r"\u200e\u200f\u202a-\u202e\u2066-\u2069"
_JOINERS = r"\u200b-\u200d\u2060-\u2065\ufeff"
_STEERING = _CONTROLS + _REVERSALS
_UNSEEN = _STEERING + _JOINERS
_END = r"$(?!\n)"

CODE = rf"^[^\s{_UNSEEN}]([^{_UNSEEN}]*[^\s{_UNSEEN}])?{_END}"
NAME = rf"^[^{_STEERING}]*[^\s{_STEERING}][^{_STEERING}]*{_END}"
MARK = rf"^[^{_STEERING}]*{_END}"
TEXT, SOME_TEXT = r"^[^\x00]*$", r"^[^\x00]+$"
COUNTRY = rf"^[A-Z]{{2}}{_END}"
CURRENCY = rf"^[A-Z]{{3}}{_END}"

Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=CODE)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=NAME)]
Country = Annotated[str, Meta(pattern=COUNTRY, description="ISO 3166-1 alpha-2")]
Currency = Annotated[str, Meta(pattern=CURRENCY, description="ISO 4217")]

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s.,;<>\"]+")
MOST_EMAIL = 254


def is_email(text: str) -> bool:
    """Whether this may be an e-mail address: one that has what no address can do without, and that a header can hold.

    Whether it is anybody's a letter will show.
    """
    if len(text) > MOST_EMAIL or not _EMAIL.fullmatch(text):
        return False
    try:
        Address(addr_spec=text)
    except Exception:  # noqa: BLE001 - the parser of headers fails in many ways at what is no address
        return False
    return True


_SENTENCES = {
    CODE: "must be visible characters, without a blank at its beginning or end",
    NAME: "must have a character, and none that steers or reverses text",
    MARK: "must not have characters that steer or reverse text",
    TEXT: "must not have the character NUL",
    SOME_TEXT: "must have a character, and not NUL",
    COUNTRY: "must be the two capitals of a country (ISO 3166-1), such as PT",
    CURRENCY: "must be the three capitals of a currency (ISO 4217), such as EUR",
}
_BY_SOURCE = {repr(pattern): said for pattern, said in _SENTENCES.items()}


def sentence(pattern: str) -> str:
    """What a text must be that does not match this pattern, given as it stands in source (its ``repr``)."""
    return _BY_SOURCE.get(pattern) or f"must match {pattern}"
