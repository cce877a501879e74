"""Places in PostgreSQL's log, and the files it is kept in."""

from __future__ import annotations


def parse(text: str) -> int:
    """``0/16B3748`` as a number of bytes."""
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def text(place: int) -> str:
    """A number of bytes as PostgreSQL writes it."""
    return f"{place >> 32:X}/{place & 0xFFFFFFFF:X}"


def file_name(timeline: int, number: int, size: int) -> str:
    """What the log's file of that number is called; ``size`` is that of all its files, in bytes."""
    each = 0x100000000 // size
    return f"{timeline:08X}{number // each:08X}{number % each:08X}"


def file_number(name: str, size: int) -> int:
    """The number of the file of that name."""
    return int(name[8:16], 16) * (0x100000000 // size) + int(name[16:24], 16)
