"""Card numbers never enter: what looks like one is refused at the edge, and masked in whatever is logged.

A card number (PAN) is 13 to 19 digits, alone or in groups parted by blanks, dashes, dots or pluses, that begins as an
issuer's do and whose last digit is right by Luhn. Shops are full of other long numbers, so the rule has a second half:

* What is a number by nature (a JSON number, a quantity, a price) is not a text and is not looked at.
* A GTIN of 13 digits and a UUID are known by their own form and pass everywhere. (Cards of 13 digits ended in the
  1990s; one whose GS1 check digit is wrong is still refused in a text.)
* In a **code** (an order's number, a SKU, a barcode, a lot, a reference: ``CODES``) a number of 14 or 18 digits with
  a right GS1 check digit is a GTIN-14 or an SSCC; 13 digits are a marketplace's order number; and digits that touch a
  letter belong to a longer code. All else that looks like a card is refused there, too: the remedy is a letter.
* In any other text only the first two exceptions hold.

Most texts have no 13 digits at all. ``may_hold`` finds that out in well under a microsecond for a request's body, by
turning all digits into one and looking for thirteen of them; only then is a text looked at in earnest.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

from onhand.core.refusals import Refused

CODES = frozenset(
    {
        *("number", "sku", "code", "barcode", "barcodes", "reference", "lot", "serial", "serials", "cart", "customer"),
        *("channel", "site", "location", "source", "target", "category", "product", "parent", "key", "id", "asking"),
        *("substitutes", "webhook", "cursor", "after", "subject", "postcode"),
    }
)
# Never kept, or kept as a digest: looking into a password would tell something about it.
SECRETS = frozenset({"password", "password1", "password2", "oldpassword", "csrfmiddlewaretoken", "secret"})

DETAIL = (
    "This looks like a card number, which must never be stored here; leave it out, or name the payment by the"
    " provider's token. A code that only looks like one needs a letter before its digits."
)

_LEAST, _MOST = 13, 19
_DIGITS_ALIKE = bytes.maketrans(b"0123456789", b"0000000000")
_APART = b" -.+\t\r\n"
_RUN = b"0" * _LEAST
_UUID = re.compile(r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b")
_GROUPS = re.compile(r"[0-9]+(?:[ \-.+\t\r\n]{1,3}[0-9]+)*")
_LUHN = str.maketrans("0123456789", "0246813579")
# What issuers' numbers begin with, and how long they are: ISO/IEC 7812 as the schemes publish it.
_ISSUERS = re.compile(
    r"""
      4(?:\d{12}|\d{15}|\d{18})                                      # Visa
    | (?:5[1-5]\d{14} | 2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12})  # Mastercard
    | 3[47]\d{13}                                                    # American Express
    | (?:30[0-5]|309|36\d|3[89]\d)\d{11} | 36\d{13,17}               # Diners Club
    | (?:6011|64[4-9]\d|65\d\d|60\d\d)\d{12,15}                      # Discover, RuPay, Hipercard
    | 35(?:2[89]|[3-8]\d)\d{12,15}                                   # JCB
    | (?:62|81)\d{14,17}                                             # UnionPay
    | (?:50|5[6-8]|63|67)\d{11,17}                                   # Maestro, Elo
    | 220[0-4]\d{12,15}                                              # Mir
    | 9792\d{12}                                                     # Troy
    """,
    re.VERBOSE,
)


class Found(NamedTuple):
    """Where a card number stands in a text."""

    start: int
    end: int


def may_hold(text: bytes) -> bool:
    """Whether a text could hold a card number at all; False is certain, True means: look."""
    return _RUN in text.translate(_DIGITS_ALIKE, _APART)


def _is_luhn(digits: str) -> bool:
    doubled = digits[-2::-2].translate(_LUHN)
    return (sum(map(int, doubled)) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _is_gs1(digits: str) -> bool:
    """Whether the last digit checks the others as GTINs and SSCCs have it."""
    return (3 * sum(map(int, digits[-2::-2])) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _is_card(digits: str, *, code: bool) -> bool:
    length = len(digits)
    if not _LEAST <= length <= _MOST or not _ISSUERS.fullmatch(digits) or not _is_luhn(digits):
        return False
    if length == 13:
        return not code and not _is_gs1(digits)
    return not (code and length in {14, 18} and _is_gs1(digits))


def found(text: str, *, code: bool = False) -> list[Found]:
    """The card numbers in a text, from left to right; ``code``: the text is a code, see above."""
    if len(text) < _LEAST:
        return []
    plain = text if text.isascii() else _in_ascii(text)
    if not may_hold(plain.encode("ascii", "replace")):
        return []
    skipped = [match.span() for match in _UUID.finditer(plain)]
    return [each for match in _GROUPS.finditer(plain) for each in _among(plain, match, skipped, code=code)]


def _in_ascii(text: str) -> str:
    """The text, sign by sign, with every digit, blank and dash of other scripts as ASCII has them."""
    return "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if sign.isascii():
        return sign
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    kind = unicodedata.category(sign)
    return " " if kind in {"Zs", "Cf"} else "-" if kind == "Pd" else "\ufffd" if not sign.isalpha() else "x"


def _among(text: str, match: re.Match[str], skipped: list[tuple[int, int]], *, code: bool) -> Iterator[Found]:
    """The card numbers among groups of digits: any row of whole groups that makes one, the longest first."""
    start, end = match.span()
    if any(begin < end and start < finish for begin, finish in skipped):
        return
    if code and (text[start - 1 : start].isalpha() or text[end : end + 1].isalpha()):
        return
    groups = [(start + each.start(), start + each.end()) for each in re.finditer(r"[0-9]+", match.group())]
    at = 0
    while at < len(groups):
        for last in range(min(len(groups), at + _MOST) - 1, at - 1, -1):
            digits = "".join(text[begin:finish] for begin, finish in groups[at : last + 1])
            if _is_card(digits, code=code):
                yield Found(groups[at][0], groups[last][1])
                at = last
                break
        at += 1


def masked(text: str, *, code: bool = False) -> str:
    """The text with all but the last four digits of each card number as dots."""
    for each in reversed(found(text, code=code)):
        text = f"{text[: each.start]}[card …{text[each.start : each.end][-4:]}]{text[each.end :]}"
    return text


def fault_in(text: str, name: str) -> Refused | None:
    """The refusal of a text that holds a card number; ``name``: the field it stands in."""
    if len(text) < _LEAST or name.lower() in SECRETS or not found(text, code=_last_name(name) in CODES):
        return None
    return refusal(name)


def refusal(field: str) -> Refused:
    """What is said of a field that holds a card number."""
    return Refused("card_number", DETAIL, field)


def _last_name(path: str) -> str:
    return re.sub(r"\[\d*\]", "", path.rpartition(".")[2])


def fault_in_json(body: bytes) -> Refused | None:
    """The refusal of a JSON body one of whose texts, or names, holds a card number; for most bodies a glance is enough.

    A body that writes signs as escapes, or is not ASCII, is looked at in earnest. One that is no JSON is left to
    whoever reads it.
    """
    if not may_hold(body) and b"\\" not in body and body.isascii():
        return None
    try:
        value = json.loads(body, parse_float=_nothing, parse_int=_nothing)
    except (ValueError, RecursionError):
        return None
    return next((fault for name, text in _texts(value, "") if (fault := fault_in(text, name))), None)


def _nothing(_: str) -> int:
    """A number is not a text."""
    return 0


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a decoded body with the path of its field; a name that is no field's is a text, too."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield path, name
            yield from _texts(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _texts(each, f"{path}[{at}]")
