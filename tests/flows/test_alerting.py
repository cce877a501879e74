"""Stock falls below thresholds: one alert for a situation, and whoever should know is told once."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from onhand.access.people import admit
from onhand.core.refusals import refused
from onhand.flows import alerting
from onhand.flows import commands as c
from onhand.messages.alerts import actions, devices, preferences
from onhand.messages.alerts.devices import Given
from onhand.messages.alerts.rules import Preference
from onhand.messages.queries import LetterView, letters
from shop import Shop

ADDRESS = "https://onhand.example"
ALERTS = "SELECT kind, sku, site, closed_at IS NULL FROM messages_alert ORDER BY id"


def watched(shop: Shop, sku: str = "mug", site: str = "london", threshold: int = 5, stock: int = 10) -> None:
    """So much is there, and somebody wants to know below how much."""
    shop.stock(sku, stock, site)
    shop.do(c.SetThreshold(site, sku, Decimal(threshold)))


def lost(shop: Shop, quantity: int, sku: str = "mug", site: str = "london") -> None:
    shop.do(c.Adjust(site, "pick", sku, "broken", by=Decimal(-quantity)))


def manager(shop: Shop, name: str = "ana", role: str = "store_manager", sites: tuple[str, ...] = ()) -> None:
    admit(shop.db, name, role, email=f"{name}@example.com", password="a-quiet-harbour-9", sites=sites)
    shop.db.commit()


def follow(shop: Shop, **later: float) -> None:
    """The herald comes by."""
    shop.later(**later)
    shop.db.commit()
    while alerting.follow(shop.db, shop.now, address=ADDRESS) >= alerting.PAGE:
        shop.db.commit()
    shop.db.commit()


def told(shop: Shop) -> list[LetterView]:
    return list(reversed(letters(shop.db).items))


def alerts(shop: Shop) -> list[Any]:
    return shop.db.execute(ALERTS).fetchall()


def first(shop: Shop) -> int:
    row = shop.db.execute("SELECT min(id) FROM messages_alert").fetchone()
    assert row
    return int(row[0])


def test_a_crossing_opens_an_alert_and_tells_who_decides_there(shop: Shop) -> None:
    manager(shop)
    manager(shop, "eve", "driver")
    watched(shop)

    lost(shop, 6)
    follow(shop)

    assert alerts(shop) == [("below_threshold", "mug", "london", True)]
    (letter,) = told(shop)
    assert (letter.to_name, letter.template) == ("ana", "alert.below_threshold")
    assert letter.subject == "Mug at London: 4 left"
    assert "https://onhand.example/alerts" in letter.text


def test_while_it_lasts_there_is_one_alert_and_it_closes_by_itself(shop: Shop) -> None:
    manager(shop)
    watched(shop)
    lost(shop, 6)
    follow(shop)

    lost(shop, 1)
    follow(shop, minutes=10)
    assert len(alerts(shop)) == 1

    shop.stock("mug", 20)
    follow(shop)
    assert alerts(shop) == [("below_threshold", "mug", "london", False)]

    lost(shop, 20)
    follow(shop, minutes=10)
    assert [closed for *_, closed in alerts(shop)] == [False, True]
    assert len(told(shop)) == 2


def test_a_threshold_taken_away_ends_its_alert(shop: Shop) -> None:
    watched(shop)
    lost(shop, 6)
    follow(shop)

    shop.do(c.SetThreshold("london", "mug", None))
    follow(shop)

    assert alerts(shop) == [("below_threshold", "mug", "london", False)]


def test_what_came_and_went_before_anybody_looked_is_no_alert(shop: Shop) -> None:
    manager(shop)
    watched(shop)
    lost(shop, 6)
    shop.stock("mug", 20)

    follow(shop)

    assert alerts(shop) == []
    assert told(shop) == []


def test_many_at_once_are_one_letter_with_the_most_urgent_first(shop: Shop) -> None:
    manager(shop)
    for sku in ("mug", "lamp"):
        watched(shop, sku)
    lost(shop, 6, "mug")
    lost(shop, 10, "lamp")

    follow(shop)

    (letter,) = told(shop)
    assert letter.template == "alert.digest"
    assert letter.subject == "2 alerts of stock"
    assert letter.text.index("Lamp (lamp) at London: 0 left") < letter.text.index("Mug (mug) at London: 4 left")


def test_what_comes_soon_after_a_letter_is_gathered_into_the_next(shop: Shop) -> None:
    manager(shop)
    skus = [f"cup{number}" for number in range(30)]
    for sku in skus:
        shop.product(sku)
        watched(shop, sku)
    for sku in skus:
        lost(shop, 6, sku)
        follow(shop, seconds=1)
    assert [letter.template for letter in told(shop)] == ["alert.below_threshold"]

    follow(shop, minutes=5)

    _one, gathered = told(shop)
    assert gathered.subject == "29 alerts of stock"
    assert gathered.text.count("left, threshold") == 20
    assert "+ 9" in gathered.text


def test_people_hear_of_their_own_sites(shop: Shop) -> None:
    manager(shop, "ana", sites=("london",))
    manager(shop, "bea", sites=("lisbon",))
    watched(shop, site="lisbon")

    lost(shop, 6, site="lisbon")
    follow(shop)

    assert [letter.to_name for letter in told(shop)] == ["bea"]


def wish(shop: Shop, name: str, site: str = "", **wishes: Any) -> None:
    preferences.wish(shop.db, name, site, Preference(**wishes), actor=f"person/{name}", now=shop.now)
    shop.db.commit()


def test_who_wishes_to_hears_and_who_does_not_is_left_alone(shop: Shop) -> None:
    manager(shop, "ana")
    manager(shop, "bea")
    manager(shop, "carl", "store_associate")
    manager(shop, "dora", "store_associate")
    wish(shop, "ana", muted=True)
    wish(shop, "bea", "london", channels=())
    wish(shop, "carl")
    watched(shop)

    lost(shop, 6)
    follow(shop)

    assert [letter.to_name for letter in told(shop)] == ["carl"]


def test_quiet_hours_are_kept_and_what_is_over_by_then_is_not_told(shop: Shop) -> None:
    manager(shop)
    wish(shop, "ana", quiet_from=time(11), quiet_until=time(14))
    for sku in ("mug", "lamp"):
        watched(shop, sku)
        lost(shop, 6, sku)
    follow(shop)
    assert told(shop) == []

    shop.stock("lamp", 20)
    follow(shop, hours=2)

    assert [letter.subject for letter in told(shop)] == ["Mug at London: 4 left"]


def test_what_somebody_acts_upon_is_told_to_nobody_else(shop: Shop) -> None:
    manager(shop)
    wish(shop, "ana", pace="digest", digest_at=time(15))
    watched(shop)
    lost(shop, 6)
    follow(shop)

    acted = actions.acknowledge(shop.db, [first(shop)], actor="person/bea", now=shop.now)
    again = actions.acknowledge(shop.db, [first(shop)], actor="person/bea", now=shop.now)
    follow(shop, hours=4)

    assert not refused(acted)
    assert refused(again)
    assert told(shop) == []
    assert "stock.alert_acknowledged" in shop.kinds()


def test_what_is_put_off_comes_back_when_it_is_still_so(shop: Shop) -> None:
    manager(shop)
    watched(shop)
    lost(shop, 6)
    follow(shop)
    actions.snooze(shop.db, [first(shop)], shop.now + timedelta(hours=2), actor="person/ana", now=shop.now)

    follow(shop, hours=1)
    assert len(told(shop)) == 1
    follow(shop, hours=1)

    assert len(told(shop)) == 2


def test_where_nobody_acts_somebody_else_is_told(shop: Shop) -> None:
    manager(shop)
    manager(shop, "olga", "owner")
    wish(shop, "olga", "london", muted=True)
    wish(shop, "olga", "lisbon", muted=True)
    actions.set_escalation(shop.db, "", after_minutes=30, to="role/owner", actor="person/olga", now=shop.now)
    watched(shop)
    lost(shop, 6)
    follow(shop)
    follow(shop, minutes=29)
    assert [letter.to_name for letter in told(shop)] == ["ana"]

    follow(shop, minutes=1)

    assert {letter.to_name for letter in told(shop)} == {"ana", "olga"}
    assert "Nobody has acted upon it since 2026-03-02 12:00." in told(shop)[-1].text
    follow(shop, hours=5)
    assert len(told(shop)) == 3


def test_a_site_with_a_rule_of_its_own_is_handed_up_by_that(shop: Shop) -> None:
    manager(shop, "olga", "owner")
    wish(shop, "olga", "london", muted=True)
    actions.set_escalation(shop.db, "", after_minutes=30, to="role/owner", actor="person/olga", now=shop.now)
    actions.set_escalation(shop.db, "london", after_minutes=600, to="role/owner", actor="person/olga", now=shop.now)
    watched(shop)
    lost(shop, 6)
    follow(shop)

    follow(shop, hours=9)
    assert told(shop) == []
    follow(shop, hours=1)
    assert [letter.to_name for letter in told(shop)] == ["olga"]


def test_old_news_is_listed_and_wakes_nobody(shop: Shop) -> None:
    manager(shop)
    watched(shop)
    lost(shop, 6)

    follow(shop, days=2)

    assert len(alerts(shop)) == 1
    assert told(shop) == []


def test_letters_are_in_the_language_of_whoever_reads_them(shop: Shop) -> None:
    manager(shop)
    shop.db.execute("UPDATE access_person SET language = 'pt-br'")
    watched(shop)

    lost(shop, 6)
    follow(shop)

    assert told(shop)[0].subject == "Mug em London: restam 4"


def test_a_thousand_crossings_are_a_handful_of_statements_and_one_letter(shop: Shop) -> None:
    manager(shop)
    skus = [f"cup{number}" for number in range(1000)]
    for sku in skus:
        shop.product(sku)
    for start in range(0, 1000, 250):
        part = skus[start : start + 250]
        shop.ask(*(c.Receive("london", [c.ReceivedLine(sku, Decimal(10))]) for sku in part))
        shop.ask(*(c.SetThreshold("london", sku, Decimal(20)) for sku in part))

    follow(shop)

    assert len(alerts(shop)) == 1000
    (letter,) = told(shop)
    assert letter.subject == "1000 alerts of stock"


def shows(shop: Shop, name: str, *endpoints: str) -> list[int]:
    """Somebody has alerts shown on so many devices."""
    found = [
        devices.turn_on(shop.db, name, "Firefox", Given(each, "{}"), actor=f"person/{name}", now=shop.now)
        for each in endpoints
    ]
    shop.db.commit()
    return [each for each in found if not refused(each)]


def pushed(shop: Shop) -> list[tuple[str, int, str]]:
    """What goes to devices: of what kind, to which, about what."""
    return shop.db.execute("SELECT channel, device, topic FROM messages_letter ORDER BY id").fetchall()


def test_each_device_of_somebody_is_told_and_a_situation_has_one_topic(shop: Shop) -> None:
    manager(shop)
    first, second = shows(shop, "ana", "https://push.example/1", "https://push.example/2")
    wish(shop, "ana", channels=("email", "push"))
    watched(shop)

    lost(shop, 6)
    follow(shop)

    topic = "below_threshold/mug/london"
    assert sorted(pushed(shop)) == [("email", 0, ""), ("push", first, topic), ("push", second, topic)]
    assert {letter.subject for letter in told(shop)} == {"Mug at London: 4 left"}


def test_a_bad_hour_is_one_notification(shop: Shop) -> None:
    manager(shop)
    (device,) = shows(shop, "ana", "https://push.example/1")
    wish(shop, "ana", channels=("push",))
    for sku in ("mug", "lamp"):
        watched(shop, sku)
        lost(shop, 6, sku)

    follow(shop)

    assert pushed(shop) == [("push", device, "alerts")]


def test_who_has_no_device_left_is_written_to(shop: Shop) -> None:
    manager(shop)
    wish(shop, "ana", channels=("push",))
    watched(shop)
    lost(shop, 6)

    follow(shop)

    assert [letter.channel for letter in told(shop)] == ["email"]


def test_where_nothing_carries_what_devices_show_letters_do(shop: Shop) -> None:
    manager(shop)
    shows(shop, "ana", "https://push.example/1")
    wish(shop, "ana", channels=("push",))
    watched(shop)
    lost(shop, 6)

    shop.db.commit()
    alerting.follow(shop.db, shop.now, address=ADDRESS, pushes=False)

    assert [letter.channel for letter in told(shop)] == ["email"]


def test_when_the_last_device_is_gone_what_it_was_to_show_comes_by_mail(shop: Shop) -> None:
    manager(shop)
    gone = shows(shop, "ana", "https://push.example/1")
    wish(shop, "ana", channels=("push",))
    watched(shop)
    lost(shop, 6)
    follow(shop)

    devices.forget(shop.db, gone, shop.now)
    follow(shop, seconds=1)

    assert [letter.channel for letter in told(shop)] == ["push", "email"]


def test_digests_and_quiet_hours_hold_for_devices(shop: Shop) -> None:
    manager(shop)
    shows(shop, "ana", "https://push.example/1")
    wish(shop, "ana", channels=("push",), quiet_from=time(11), quiet_until=time(13))
    watched(shop)
    lost(shop, 6)

    follow(shop)
    assert told(shop) == []
    follow(shop, hours=2)
    assert [letter.channel for letter in told(shop)] == ["push"]
