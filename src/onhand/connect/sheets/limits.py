"""How much we read, at most. Beyond these lie mistakes and malice, not a shop's files."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
MOST_BYTES = 512 * MEBIBYTE
MOST_BYTES_OF_WORKBOOK = 128 * MEBIBYTE
MOST_BYTES_UNPACKED = 1536 * MEBIBYTE
# Real sheets shrink ten- to fiftyfold; a bomb a thousandfold. Small parts may shrink as they like.
MOST_RATIO = 200
RATIO_COUNTS_FROM = 4 * MEBIBYTE
MOST_PARTS = 2_000
MOST_ROWS = 2_000_000
MOST_COLUMNS = 500
# What a cell of a spreadsheet may hold.
MOST_CHARACTERS = 32_767
MOST_CHARACTERS_OF_LINE = 1_000_000
MOST_MEMORY_OF_WORKBOOK = 3 * 1024 * MEBIBYTE
MOST_SECONDS_OF_WORKBOOK = 300
