"""What is decided about customers: the languages they are written to in."""

from __future__ import annotations

from typing import Final, Literal, get_args

Language = Literal["en", "es", "pt-br"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
