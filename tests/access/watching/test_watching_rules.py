"""What is unlike somebody, by the rules alone: no database, no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onhand.access.watching.memory import Fix, Memory, read, written
from onhand.access.watching.reading import Logged, sighting
from onhand.access.watching.rules import (
    Minds,
    Policy,
    Sighting,
    Suspicion,
    World,
    distance_km,
    look,
    network_of,
    policy,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONDON, PARIS, TOKYO = Fix(51.5, -0.1, "London"), Fix(48.9, 2.4, "Paris"), Fix(35.7, 139.7, "Tokyo")
HOME, AWAY = "203.0.113.9", "198.51.100.7"
ANA = "person/ana"


class Watch:
    """Somebody who watches, and what they remember."""

    def __init__(self, world: World | None = None) -> None:
        self.minds, self.world, self.seq = Minds(), world or World(), 0

    def see(self, deed: str, at: datetime, who: str = ANA, address: str = "", **facts: Any) -> list[Suspicion]:
        self.seq += 1
        given = {"subject": who, "network": network_of(address), **facts}
        seen = Sighting(self.seq, at, deed, who, deed=deed, address=address, **given)
        return look(self.minds, seen, Policy(), self.world)

    def days(self, number: int, *, hours: tuple[int, ...] = (0, 2, 4), who: str = ANA, **facts: Any) -> None:
        """So many ordinary days, the last of them yesterday."""
        for day in range(number, 0, -1):
            begins = MONDAY - timedelta(days=day)
            assert self.see("signed_in", begins, who, HOME, known_device=True, fix=LONDON) == []
            for hour in hours:
                assert self.see("worked", begins + timedelta(hours=hour), who, **facts) == []


def kinds(found: list[Suspicion]) -> list[str]:
    return [each.kind for each in found]


def test_distance_is_that_of_the_great_circle() -> None:
    assert round(distance_km(LONDON, PARIS)) in range(335, 350)


@pytest.mark.parametrize(
    ("address", "network"),
    [(HOME, "203.0.113.0/24"), ("2001:db8:1:2::9", "2001:db8:1::/48"), ("", ""), ("testclient", "")],
)
def test_addresses_are_told_apart_by_their_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_new_place_by_a_new_browser_is_told_of_and_either_alone_is_not() -> None:
    watch = Watch()
    watch.days(6)

    assert watch.see("signed_in", MONDAY, address=AWAY, known_device=True) == []
    assert watch.see("signed_in", MONDAY, address=HOME, known_device=False, fix=LONDON) == []
    (found,) = watch.see("signed_in", MONDAY, address="192.0.2.1", known_device=False)

    assert (found.kind, found.severity, found.facts["address"]) == ("new_place", "medium", "192.0.2.1")


def test_who_is_new_has_no_place_to_be_away_from() -> None:
    watch = Watch()
    watch.days(2)

    assert watch.see("signed_in", MONDAY, address=AWAY, known_device=False) == []


def test_a_device_several_people_use_is_new_to_nobody() -> None:
    watch = Watch()
    watch.days(6)
    for other in ("person/ben", "person/cleo"):
        watch.see("signed_in", MONDAY, other, HOME, device="till")

    assert watch.see("signed_in", MONDAY, address=AWAY, device="till") == []


def test_nobody_is_in_two_places_at_once() -> None:
    watch = Watch()
    watch.days(3)
    assert watch.see("signed_in", MONDAY, address=HOME, known_device=True, fix=LONDON) == []

    assert watch.see("signed_in", MONDAY + timedelta(hours=2), address=AWAY, known_device=True, fix=PARIS) == []
    (found,) = watch.see("signed_in", MONDAY + timedelta(hours=3), address=AWAY, known_device=True, fix=TOKYO)

    assert (found.kind, found.severity) == ("impossible_travel", "high")
    assert (found.facts["from"], found.facts["to"], found.facts["minutes"]) == ("Paris", "Tokyo", 60)
    assert len(found.evidence) == 2


def test_more_corrections_than_ever_are_told_of_with_what_shows_them() -> None:
    watch = Watch()
    watch.days(8, amounts={"adjustments": 1.0}, site="london")
    found = [
        each
        for minute in range(20)
        for each in watch.see("worked", MONDAY + timedelta(minutes=minute), amounts={"adjustments": 1.0}, site="london")
    ]

    assert {each.kind for each in found} == {"adjustments"}
    assert len({each.situation for each in found}) == 1
    assert found[0].facts == {"what": "adjustments", "today": 16, "usual": 15, "site": "london"}
    assert len(found[0].evidence) == 16


def test_who_does_much_every_day_does_nothing_unusual() -> None:
    watch = Watch()
    watch.days(10, amounts={"adjustments": 14.0}, site="london", hours=(0,))

    assert watch.see("worked", MONDAY, amounts={"adjustments": 25.0}, site="london") == []


def test_a_day_on_which_all_do_more_is_nobodys_misuse() -> None:
    watch = Watch()
    crew = [f"person/{name}" for name in ("ana", "ben", "cleo", "dan", "eve")]
    for who in crew:
        watch.days(8, who=who, amounts={"returns": 2.0}, site="london")
    for who in crew[1:]:
        for _ in range(4):
            watch.see("worked", MONDAY, who, amounts={"returns": 2.0}, site="london")

    busy = watch.see("worked", MONDAY, amounts={"returns": 19.0}, site="london")
    mad = watch.see("worked", MONDAY, amounts={"returns": 90.0}, site="london")

    assert (kinds(busy), kinds(mad)) == ([], ["returns"])


def test_one_large_loss_is_enough() -> None:
    watch = Watch()
    watch.days(6, amounts={"adjustments": 1.0, "lost": 3.0}, site="london")

    (found,) = watch.see("worked", MONDAY, amounts={"adjustments": 1.0, "lost": 400.0}, site="london")

    assert (found.kind, found.facts["what"]) == ("adjustments", "lost")


def test_much_taken_out_in_slices_is_as_much() -> None:
    watch = Watch()
    watch.days(6, amounts={"rows": 900.0})
    found = [kinds(watch.see("worked", MONDAY, amounts={"rows": 9_000.0})) for _ in range(7)]

    assert found.index(["mass_export"]) == 5


def test_an_odd_hour_is_one_neither_they_nor_the_site_know() -> None:
    closed, open_ = World(lambda _site, _at: False), World(lambda _site, _at: True)
    night = MONDAY.replace(hour=3)
    for world, told in ((closed, ["odd_hours"]), (open_, [])):
        watch = Watch(world)
        watch.days(12, site="london")
        assert kinds(watch.see("worked", night, site="london")) == told
        assert watch.see("signed_in", night, address=HOME, known_device=True, fix=LONDON) == []


def test_a_site_where_nights_are_worked_has_no_odd_hours() -> None:
    watch = Watch()
    watch.days(12, site="london")
    watch.days(12, who="person/owl", site="london", hours=(17, 18, 19))

    assert watch.see("worked", MONDAY.replace(hour=3), site="london") == []


def test_rights_for_oneself_and_for_each_other_are_told_of() -> None:
    watch = Watch()

    assert kinds(watch.see("raised", MONDAY)) == ["own_rights"]
    assert watch.see("raised", MONDAY, "person/ben", subject="person/cleo") == []
    assert kinds(watch.see("raised", MONDAY, "person/cleo", subject="person/ben")) == ["own_rights"]


def test_many_refusals_are_told_of_and_a_few_are_not() -> None:
    watch = Watch()
    few = watch.see("refused", MONDAY, amounts={"refused": 10.0})
    later = watch.see("refused", MONDAY + timedelta(minutes=11), amounts={"refused": 20.0})
    many = watch.see("refused", MONDAY + timedelta(minutes=12), amounts={"refused": 6.0})

    assert (few, later, kinds(many)) == ([], [], ["many_refusals"])


def test_a_password_guessed_at_is_told_of_and_more_so_when_it_is_found() -> None:
    watch = Watch()
    tries = [watch.see("failed", MONDAY + timedelta(seconds=each), address=AWAY, about="x") for each in range(10)]
    then = watch.see("signed_in", MONDAY + timedelta(minutes=1), address=AWAY)

    assert [kinds(each) for each in tries[-2:]] == [[], ["guessing"]]
    assert [(each.kind, each.severity) for each in then] == [("guessing", "high")]


def test_many_names_from_one_address_are_told_of_as_the_addresss_doing() -> None:
    watch = Watch()
    found = [
        each
        for number in range(12)
        for each in watch.see("failed", MONDAY, f"person/p{number}", AWAY, about=f"name{number}")
    ]

    assert {(each.kind, each.who) for each in found} == {("spraying", f"address/{AWAY}")}


def test_a_key_of_few_places_is_missed_elsewhere_and_one_of_many_is_not() -> None:
    watch = Watch()
    for day in range(4):
        at = MONDAY - timedelta(days=4 - day)
        watch.see("key_used", at, "key/shop", HOME)
        for number in range(3):
            watch.see("key_used", at, "key/cloud", f"10.{day}.{number}.1")

    assert kinds(watch.see("key_used", MONDAY, "key/shop", AWAY)) == ["key_elsewhere"]
    assert watch.see("key_used", MONDAY, "key/shop", AWAY) == []
    assert watch.see("key_used", MONDAY, "key/cloud", AWAY) == []


def test_what_is_remembered_is_little_however_much_is_done() -> None:
    watch = Watch()
    for number in range(3_000):
        at = MONDAY + timedelta(minutes=10 * number)
        watch.see("signed_in", at, address=f"10.{number % 200}.{number % 97}.1", device=f"d{number}", known_device=True)
        watch.see("worked", at, amounts={"adjustments": 1.0}, site="london")
        watch.see("failed", at, address=AWAY, about=f"name{number}")

    assert all(len(written(memory)) < 60_000 for memory in watch.minds.known.values())


def test_what_is_remembered_can_be_kept() -> None:
    watch = Watch()
    watch.days(3, amounts={"adjustments": 1.0}, site="london")

    assert {who: read(written(memory)) for who, memory in watch.minds.known.items()} == watch.minds.known
    assert read("{}") == Memory()


def test_figures_are_set_by_name_and_a_wrong_one_is_named() -> None:
    assert policy({"travel_kmh": 1200}).travel_kmh == 1200
    with pytest.raises(ValueError, match="no figure 'speed'"):
        policy({"speed": 1})
    with pytest.raises(ValueError, match="returns must be more"):
        policy({"returns": 0})


def adjusted(**command: Any) -> Sighting:
    data = {"command": {"sku": "mug", **command}, "was": "10", "is": "7"}
    return sighting(Logged(1, MONDAY, "stock.adjusted", "site/london", ANA, data, f"web {HOME}"), {HOME: LONDON})


def test_events_say_who_where_from_where_and_how_much() -> None:
    seen = adjusted(by="-3")

    assert (seen.who, seen.site, seen.fix, seen.network) == (ANA, "london", LONDON, "203.0.113.0/24")
    assert seen.amounts == {"adjustments": 1.0, "lost": 3.0}
    assert adjusted(counted="7").amounts == {"counts": 1.0, "lost": 3.0}
    assert adjusted(counted="7", reference="import/9").amounts == {"imported": 1.0}


def test_a_role_taken_away_raises_nobody() -> None:
    data = {"before": [{"role": "owner", "sites": []}], "after": []}
    less = sighting(Logged(1, MONDAY, "person.posts_changed", "person/ben", ANA, data, ""), {})
    more = sighting(
        Logged(1, MONDAY, "person.posts_changed", "person/ben", ANA, {"before": [], "after": data["before"]}, ""), {}
    )

    assert (less.deed, more.deed, more.said) == ("worked", "raised", "owner")
