"""What may stand in a code or a name, and what is said of the rest."""

from __future__ import annotations

import msgspec
import pytest

from onhand.core import texts
from onhand.core.texts import Code, Name
from onhand.doors.api.problems import of_malformed


@pytest.mark.parametrize("code", ["mug", "A/1", "two words", "ünï", "中文", "x", "#1", "a" * 64])
def test_a_code_is_anything_that_can_be_seen(code: str) -> None:
    assert msgspec.convert(code, Code) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        " mug",
        "mug ",
        "\u00a0mug",
        "mug\n",
        "a\tb",
        "mug\u202egum",
        "mug\u200b",
        "\ufeffmug",
        "a\u2028b",
        "a\u0085b",
    ],
)
def test_what_cannot_be_seen_is_no_code(code: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(code, Code)


@pytest.mark.parametrize("name", ["نمی\u200cخواهم", "👩\u200d🍳", " Mug ", "x"])
def test_a_name_may_have_joiners_and_blanks(name: str) -> None:
    assert msgspec.convert(name, Name) == name


@pytest.mark.parametrize("name", [" ", "\u00a0", "a\nb", "mug\n", "a\u202eb", "a\x00"])
def test_a_name_is_not_blank_and_steers_no_text(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(name, Name)


class Thing(msgspec.Struct):
    code: Code
    name: Name = "a thing"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code": " x"}', "code: must be visible characters, without a blank at its beginning or end"),
        (b'{"code": ""}', "code: must not be empty"),
        (b'{"code": "%s"}' % (b"x" * 65), "code: must have at most 64 characters"),
        (b'{"code": "x", "name": " "}', "name: must have a character, and none that steers or reverses text"),
    ],
)
def test_a_sentence_says_what_it_must_be(body: bytes, said: str) -> None:
    with pytest.raises(msgspec.ValidationError) as fault:
        msgspec.json.decode(body, type=Thing)

    assert of_malformed(fault.value).detail == said


def test_a_pattern_without_a_sentence_is_shown() -> None:
    assert texts.sentence("'^[0-9]$'") == "must match '^[0-9]$'"
