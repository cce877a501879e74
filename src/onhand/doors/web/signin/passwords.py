"""Passwords made of our own words: whoever guesses at a shop's accounts tries these first."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from onhand.access.roles import ROLES

# docs/security.md lists them, and a test holds that it does.
_WORDS = """
onhand inventory warehouse stock retail store shop order orders product products supplier customer delivery picking
packing shipping barcode admin buyer welcome password passwort contrasena senha
"""
WORDS = frozenset(_WORDS.split()) | {word for role in ROLES for word in role.split("_")}
# So many letters must be left when our own words are taken out.
LEAST_OTHERS = 4


class OfOurOwnWords:
    """Django's validator: refuses what is made of the product's and the trade's words, or the shop's own address."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002
        """Raise ``ValidationError`` when hardly anything is left without them; digits and signs do not count."""
        left = "".join(filter(str.isalpha, password.casefold()))
        found = False
        for word in sorted(WORDS | _of_the_address(), key=len, reverse=True):
            found, left = found or word in left, left.replace(word, "")
        if found and len(left) < LEAST_OTHERS:
            raise ValidationError(self.get_help_text(), code="password_of_our_words")

    def get_help_text(self) -> str:
        """What is asked of a password, in a sentence."""
        return _("Your password cannot be made of words of this shop, such as its name or what it does.")


def _of_the_address() -> set[str]:
    host = settings.ADDRESS.partition("://")[2].partition("/")[0].partition(":")[0]
    return {part for part in re.split(r"[^a-z]+", host.casefold()) if len(part) >= LEAST_OTHERS}
