"""The page of the house's health, and what is done about incidents."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client

from doors.people import fill, read, sign_in, toast
from onhand.core.clock import utc_now
from onhand.core.database import connect
from onhand.core.health import actions, queries
from onhand.core.health.rules import Trouble
from onhand.core.health.sampling import Sampler
from onhand.core.settings import read as read_settings
from onhand.doors.jobs.caretaker import look_after, signs
from shop import Shop


def sampled(url: str, minutes: int = 5) -> None:
    """So many minutes of good service, but for the last of them, until just now."""
    sampler, begin = Sampler(), utc_now().replace(second=0) - timedelta(minutes=minutes + 1)
    sampler.second(begin - timedelta(minutes=1), ready=True, queued=0)
    for second in range(60 * minutes):
        sampler.second(begin + timedelta(seconds=second), ready=second < 60 * (minutes - 1), queued=3)
        sampler.answered("pages", 200, 0.03)
        sampler.answered("api", 500 if second % 10 == 0 else 200, 0.4)
    sampler.write(lambda: connect(url), last=True)


def test_it_shows_uptime_errors_and_times_by_door(browser: Client, shop: Shop, database_url: str) -> None:
    sampled(database_url)
    sign_in(browser, shop, "administrator")

    page = read(browser, "/health")

    # 80 %, or less where a minute has passed meanwhile in which nobody wrote anything.
    assert re.search(r"Uptime, 24 hours \d\d\.\d{3} % nobody served for (60 seconds|\d minutes)", page)
    assert "Pages 300 0.00 % 37 ms 48 ms 49 ms" in page
    assert "API 300 10.00 %" in page
    assert "Last backup never" in page
    assert "Certificate the proxy's" in page
    for span in ("30d", "90d"):
        assert "Seconds in which nobody served" in read(browser, f"/health?span={span}")
    assert browser.get("/health?span=1y").status_code == 404


def test_an_empty_house_has_a_page_too(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "owner")

    page = read(browser, "/health")

    assert "The first minute is not over yet." in page
    assert "There was none." in page


def test_only_owner_and_administrator_see_health_and_watch(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "store_manager")

    for path in ("/health", "/watch", "/health/begin"):
        assert browser.get(path).status_code == 403


def test_an_incident_is_told_of_come_to_and_ended(browser: Client, shop: Shop) -> None:
    sign_in(browser, shop, "administrator")

    assert fill(browser, "/health/begin", words="", severity="major").status_code == 422
    told = fill(browser, "/health/begin", words="The tills are slow", severity="major")
    (incident,) = queries.incidents(shop.db).items
    come = fill(browser, f"/health/{incident.id}/come-to")
    again = fill(browser, f"/health/{incident.id}/come-to")
    over = fill(browser, f"/health/{incident.id}/end", note="A cable")

    assert [toast(each)["words"] for each in (told, come, over)] == [
        "The incident is on record.",
        "It is yours.",
        "The incident is over.",
    ]
    assert again.status_code == 422
    assert "The tills are slow A cable major" in read(browser, "/health")
    assert browser.get("/health/999999/end").status_code == 404


def test_incidents_begin_by_themselves(shop: Shop, database_url: str) -> None:
    sampled(database_url)
    with connect(database_url, autocommit=True) as db:
        found = signs(read_settings(), db, utc_now())
        opened = look_after(read_settings(), db)

    kinds = {(each.kind, each.about) for each in queries.incidents(shop.db).items}
    assert found.down_seconds >= 60
    assert ("down", "") in kinds
    assert ("errors", "api") in kinds
    assert opened == len(kinds)


def test_an_incident_that_began_by_itself_is_told_in_words(browser: Client, shop: Shop, database_url: str) -> None:
    with connect(database_url, autocommit=True) as db:
        actions.follow_up(db, [Trouble("behind", "webhooks", "major", {"seconds": 90})], utc_now())
    sign_in(browser, shop, "administrator")

    assert "A follower is behind webhooks · 90 seconds major" in read(browser, "/health")
