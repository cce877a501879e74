"""What is said of rows, sentence by sentence, with its places open: for doors that speak other languages.

Reasons and remedies are written in English where they are found, most of them in SQL, and kept with the row. A door
that wants another language finds the sentence again by its words (``parted``), and fills in what stood in its places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# Of two sentences that one text could be, the narrower stands first.
SENTENCES: Final = (
    # Cells in themselves: the reason, then the remedy.
    "it holds characters that cannot be read in this encoding",
    "save the file as UTF-8 and send it again",
    "it looks like a card number, which is never kept",
    "leave it out; a code that only looks like one needs a letter",
    "there is no {field} of this name",
    "create it first, or correct the code",
    "it has {count} characters, at most {most} are kept",
    "shorten it",
    "it holds a line end or another sign that cannot be seen",
    "it holds a sign that cannot be seen",
    "type it anew",
    "a spreadsheet has rounded this number",
    "format the column as text, and put the whole number in",
    "its check digit is {digit} but should be {right}",
    "scan or type the code again",
    "it is neither yes nor no",
    "write yes or no",
    "no country is called so",
    "give its two letters (ISO 3166-1), such as GB or BR",
    "no currency is called so",
    "give its three letters (ISO 4217), such as EUR",
    "it is no date",
    "write it as 2026-03-31, or 2026-03-31 14:30",
    "write it as 2026-03-31",
    "it is none of those there are",
    "choose one of {words}",
    "it is no number (numbers are read with a decimal comma)",
    "it is no number (numbers are read with a decimal point)",
    "write digits only",
    "it must be at least {least}",
    "it must be at most {most}",
    "correct the number",
    "it must be a whole number",
    "it may have at most {places} decimals",
    "round it",
    # Rows among themselves.
    "every row needs the {field}: {meaning}",
    "fill it in, or leave the row out",
    "what is new needs it: {meaning}",
    "fill it in",
    "the row has {cells} cells and the file {headers} headers",
    "put values that hold the delimiter or a quotation mark in quotation marks",
    "row {row} has the same {key} and another {others}",
    "row {row} has the same {key}",
    "keep one of the rows",
    "row {row} says {said} of the same order",
    "say the same in every row of the order, or only in one",
    "row {row} says {said} of product {product}",
    "say the same in every row of the product, or only in one",
    # Products, barcodes and prices.
    "row {row} gives this barcode to SKU {sku}",
    "correct the code in one of the rows",
    "it belongs to SKU {sku} already",
    "take it away there, or correct the code",
    "there is no category of this code or name",
    "create it first, correct it, or allow new categories",
    "a price needs its currency",
    "give one, or set one currency for all rows",
    "SKU {sku} belongs to product {product}",
    "name that product, or choose another SKU code",
    "SKU {sku} has stock history, so its {field} is fixed",
    "create another SKU and retire this one",
    # Sites and locations.
    "the other coordinate is given",
    "give both or neither",
    "this location is the ledger's own",
    "it is {kind} now, and what lies there would change between saleable and not",
    "create another location and move the goods there",
    # Opening stock.
    "site {site} has no such location",
    "create the location first, or correct the code",
    "this SKU is tracked",
    "name the lot or serial number",
    "this SKU is not tracked",
    "leave the lot out",
    "a serial number is one piece",
    "say 1, or 0 when it is gone",
    "the lot's last day is {day}",
    "leave it out, or choose another lot",
    "{unit} is counted whole",
    "{unit} has at most {places} decimals",
    "round the quantity",
    "this SKU is no longer sold",
    "reactivate it, or leave the row out",
    # Orders.
    "the order has {lines} lines, at most 200 are taken",
    "make several orders of it",
    "this order is placed already, with other contents",
    "amend that order, or give this one its own number",
    "row {row} of the same order is wrong",
    "mend that row; the order is placed whole or not at all",
    "Row {row} of the same order was refused",
    "Row {row} of the same product was refused",
    "mend that one",
    # What an undo left as it was.
    "it was changed since; it was left as it is",
    "something depends on it by now; it was left as it is",
    "something of it has left; take it back as a return",
    "what lies there has been promised; cancel those orders or adjust it by hand",
    # How an import as a whole came to rest.
    "Somebody broke it off.",
    "It broke off ({fault}).",
    "A row was refused, and all or nothing was asked: nothing was done.",
    "Others are busy with the same things, again and again; what was done stays; try once more when it is quieter.",
)

_WHOLE: Final = frozenset(each for each in SENTENCES if "{" not in each)
_OPEN: Final = [
    (each, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(each)), re.DOTALL))
    for each in SENTENCES
    if "{" in each
]


def parted(text: str) -> tuple[str, Mapping[str, str]] | None:
    """The sentence that a text is, and what stands in its places; None when it is none of them."""
    if text in _WHOLE:
        return text, {}
    found = ((sentence, form.fullmatch(text)) for sentence, form in _OPEN)
    return next(((sentence, match.groupdict()) for sentence, match in found if match), None)
