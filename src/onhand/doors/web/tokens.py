"""The letters of tokens against forged forms, drawn from the kernel all at once.

Django draws them one by one: sixty-four questions to the kernel for a page that a newcomer sees. At each the thread
lets go of the interpreter, and where much is going on it has it back after everybody else: a third of the time that a
page of the shop window took while a product sold out.
"""

from __future__ import annotations

import secrets

from django.middleware import csrf

_BYTE = 256


def letters(length: int, allowed_chars: str) -> str:
    """So many letters, each of those allowed as likely as any other; as Django's ``get_random_string``."""
    fair = _BYTE - _BYTE % len(allowed_chars)
    drawn = ""
    while len(drawn) < length:
        drawn += "".join(
            allowed_chars[each % len(allowed_chars)] for each in secrets.token_bytes(length) if each < fair
        )
    return drawn[:length]


def draw_at_once() -> None:
    """Have Django draw its tokens so."""
    csrf.get_random_string = letters  # type: ignore[attr-defined]  # it asks with both words
