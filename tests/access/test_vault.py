"""What is sealed opens for whose it is, where it is, and for nobody without the keys."""

from __future__ import annotations

import os
import stat
import timeit
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from onhand.access.privacy import marks, masters
from onhand.access.privacy.errors import BadMasterKeys, NoMasterKey
from onhand.access.privacy.vault import Vault, destroy, enroll, is_sealed, unlock
from onhand.core.database import Connection

NAME = "customers_customer.name"


def a_key(name: str) -> str:
    return f"{name}:{b64encode(os.urandom(32)).decode()}"


def test_what_is_sealed_opens_again(db: Connection) -> None:
    sealed = enroll(db, ["customer/ana"]).seal("customer/ana", NAME, "Ana Núñez")

    assert is_sealed(sealed)
    assert "Ana" not in sealed
    assert unlock(db, ["customer/ana"]).open("customer/ana", NAME, sealed) == "Ana Núñez"


def test_the_same_text_is_never_sealed_the_same_way(db: Connection) -> None:
    vault = enroll(db, ["customer/ana"])

    assert vault.seal("customer/ana", NAME, "Ana") != vault.seal("customer/ana", NAME, "Ana")


def test_moved_to_another_column_or_person_it_does_not_open(db: Connection) -> None:
    vault = enroll(db, ["customer/ana", "customer/bob"])
    sealed = vault.seal("customer/ana", NAME, "Ana")

    with pytest.raises(InvalidTag, match="another place"):
        vault.open("customer/ana", "customers_customer.email", sealed)
    assert vault.open("customer/bob", NAME, sealed) == ""
    moved = sealed.replace(vault.keys["customer/ana"].id, vault.keys["customer/bob"].id)
    with pytest.raises(InvalidTag):
        vault.open("customer/bob", NAME, moved)


def test_what_was_altered_does_not_open(db: Connection) -> None:
    vault = enroll(db, ["customer/ana"])
    sealed = vault.seal("customer/ana", NAME, "Ana")

    with pytest.raises(InvalidTag):
        vault.open("customer/ana", NAME, sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB"))


def test_plain_text_of_before_opens_as_it_is(db: Connection) -> None:
    assert unlock(db, []).open("customer/ana", NAME, "Ana") == "Ana"
    assert unlock(db, []).open("customer/ana", NAME, "oh1:not sealed") == "oh1:not sealed"


def test_without_its_key_nothing_opens(db: Connection) -> None:
    sealed = enroll(db, ["customer/ana"]).seal("customer/ana", NAME, "Ana")

    assert len(destroy(db, ["customer/ana"])) == 1
    assert unlock(db, ["customer/ana"]).open("customer/ana", NAME, sealed) == ""
    assert enroll(db, ["customer/ana"]).open("customer/ana", NAME, sealed) == ""


def test_a_batch_costs_two_statements_however_large(db: Connection) -> None:
    subjects = [f"customer/{number}" for number in range(500)]
    first = enroll(db, subjects)

    assert {name: key.id for name, key in enroll(db, subjects).keys.items()} == {
        name: key.id for name, key in first.keys.items()
    }


def test_sealing_is_cheap(db: Connection) -> None:
    vault = Vault(masters.SOURCE.now(), {})
    subjects = iter([f"order/{number}" for number in range(5000)])

    def seal_for_a_guest() -> None:
        subject = next(subjects)
        vault.make(subject)
        vault.seal(subject, "orders_order.postcode", "SW1A 1AA")

    assert min(timeit.repeat(seal_for_a_guest, number=1000, repeat=5)) / 1000 < 100e-6


def test_a_key_that_is_not_known_is_named(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONHAND_FIELD_KEYS", a_key("one"))
    enroll(db, ["customer/ana"])
    monkeypatch.setenv("ONHAND_FIELD_KEYS", a_key("two"))

    with pytest.raises(NoMasterKey, match="'one'"):
        unlock(db, ["customer/ana"])


def test_master_keys_are_made_for_their_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONHAND_FIELD_KEYS")
    monkeypatch.setenv("ONHAND_DATA", str(tmp_path / "data"))

    first = masters.Source().now().first

    path = tmp_path / "data" / masters.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert masters.Source().now().first == first


@pytest.mark.parametrize("text", ["", "one", "one:short", "one two", f"{a_key('a')},{a_key('a')}", ":" + "A" * 44])
def test_master_keys_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(BadMasterKeys):
        masters.read(text)


def test_marks_find_what_people_write_in_several_ways() -> None:
    marker = marks.Marker(b"k" * 32)

    assert marker.email(" Ana@Shop.Example ") == marker.email("ana@shop.example")
    assert marker.phone("+44 20 7946 0958") == marker.phone("020-7946-0958")
    assert set(marker.name("José NÚÑEZ")) == set(marker.name("nunez, jose"))
    assert marker.email("a@b.example") != marks.Marker(b"x" * 32).email("a@b.example")
    assert marker.name("ana") != marker.email("ana")
