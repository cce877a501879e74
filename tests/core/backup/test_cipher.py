"""What is sealed comes back as it was, or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onhand.core.backup.cipher import CHUNK, BadKey, Damaged, Key, Sealer, Unsealed, unseal

KEY = Key.parse("ab" * 32)
# It does not get smaller, so that it takes several chunks.
MUCH = b"".join((number * 2_654_435_761 % 2**32).to_bytes(4) for number in range(CHUNK))


def sealed(plain: bytes, key: Key = KEY, name: str = "it") -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, key, name)
    sealer.write(plain)
    sealer.close()
    return out.getvalue()


def opened(words: bytes, key: Key = KEY, name: str = "it") -> bytes:
    return b"".join(unseal(io.BytesIO(words), key, name))


@given(st.lists(st.binary(max_size=2000)))
@settings(max_examples=50)
def test_what_is_sealed_comes_back_as_it_was(pieces: list[bytes]) -> None:
    out = io.BytesIO()
    sealer = Sealer(out, KEY, "it")
    for piece in pieces:
        sealer.write(piece)
    sealer.close()

    assert opened(out.getvalue()) == b"".join(pieces)
    assert Unsealed(io.BytesIO(out.getvalue()), KEY, "it").read() == b"".join(pieces)


def test_much_takes_several_chunks_and_zeros_hardly_any_room() -> None:
    words = sealed(MUCH)

    assert len(words) > 2 * CHUNK
    assert opened(words) == MUCH
    assert len(sealed(bytes(16 * CHUNK))) < CHUNK
    assert opened(sealed(bytes(16 * CHUNK))) == bytes(16 * CHUNK)


def test_it_is_not_to_be_read() -> None:
    assert b"Ana Silva" not in sealed(b"Ana Silva" * 1000)


@pytest.mark.parametrize("place", [0, 10, 30, 2000, -1, -20])
def test_one_changed_bit_is_noticed(place: int) -> None:
    words = bytearray(sealed(MUCH))
    words[place] ^= 1

    with pytest.raises(Damaged):
        opened(bytes(words))


def test_what_is_cut_off_between_two_chunks_is_noticed() -> None:
    words = sealed(MUCH)
    whole_chunks = 24 + 2 * (4 + CHUNK + 16)

    with pytest.raises(Damaged, match="chunk 3"):
        opened(words[:whole_chunks])


def test_chunks_that_changed_places_are_noticed() -> None:
    words, size = sealed(MUCH), 4 + CHUNK + 16
    head, one, two, rest = words[:24], words[24 : 24 + size], words[24 + size : 24 + 2 * size], words[24 + 2 * size :]

    with pytest.raises(Damaged, match="chunk 1"):
        opened(head + two + one + rest)


def test_what_follows_the_end_is_noticed() -> None:
    with pytest.raises(Damaged, match="follows"):
        opened(sealed(b"words") + b"more")


def test_another_key_or_another_name_opens_nothing() -> None:
    words = sealed(b"words")

    with pytest.raises(Damaged):
        opened(words, Key.parse("cd" * 32))
    with pytest.raises(Damaged):
        opened(words, name="other")


@pytest.mark.parametrize("text", ["", "short", "zz" * 32, "ab" * 31, "ñ" * 64])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadKey, match="onhand backup key"):
        Key.parse(text)


def test_a_key_that_was_made_is_one() -> None:
    assert opened(sealed(b"words", Key.parse(text := Key.make())), Key.parse(f" {text}\n")) == b"words"
