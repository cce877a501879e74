"""Pages of people, roles and keys: what is shown, what is done and confirmed, what is refused and where."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from doors.people import PASSWORD, confirm, enrol, fill, hidden, read, sign_in, text, toast
from onhand.access.changing import change_role, role
from onhand.access.keys import KeyRing, find, listed
from onhand.access.people import admit
from onhand.access.permissions import PERMISSIONS
from onhand.access.posts import posts_of
from onhand.access.roles import ROLES
from onhand.doors.web.people import permission_words
from shop import Shop


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    sign_in(browser, shop)
    enrol(browser)
    admit(shop.db, "bob", "store_associate", full_name="Bob Lima", password=PASSWORD, sites=["london"])
    shop.db.commit()
    return browser


def events(shop: Shop, kind: str) -> list[Any]:
    shop.db.rollback()
    rows = shop.db.execute("SELECT subject, actor FROM core_event WHERE kind = %s ORDER BY seq", [kind])
    return rows.fetchall()


def number(shop: Shop, name: str) -> int:
    shop.db.rollback()
    row = shop.db.execute("SELECT id FROM access_person WHERE username = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])


def test_every_permission_role_area_and_scope_has_words() -> None:
    from onhand.access.keys import SCOPES

    assert set(permission_words.WORDS) == set(PERMISSIONS)
    assert set(permission_words.ROLES) == set(ROLES)
    assert set(permission_words.SCOPES) == set(SCOPES)
    assert {each.area for each in PERMISSIONS.values()} == set(permission_words.AREAS)


def test_people_are_listed_looked_for_and_narrowed_by_role(ana: Client) -> None:
    page = read(ana, "/people")

    assert "Bob Lima bob Store associate (london) active" in page
    assert "Bob" not in read(ana, "/people?q=ANA")
    assert "Bob Lima" in read(ana, "/people?q=li")
    assert "Bob Lima" not in read(ana, "/people?role=owner")
    assert "Nobody is called that" in read(ana, "/people?q=nobody")


def test_a_page_of_people_goes_on_at_the_next(ana: Client, shop: Shop) -> None:
    for at in range(55):
        shop.db.execute(
            "INSERT INTO access_person (username, email, first_name, last_name, password, role, is_active, is_staff,"
            " is_superuser, date_joined) VALUES (%s, '', '', '', '!', '', true, false, false, now())",
            [f"p{at:02}"],
        )
    shop.db.commit()

    page = ana.get("/people").content.decode()
    (further,) = re.findall(r'rel="next" href="([^"]+)"', page)
    rest = read(ana, further.replace("&amp;", "&"))

    assert ">p47<" in page
    assert "p54" in rest
    assert "p47" not in rest


def test_what_somebody_may_do_and_why_is_told_by_permission(ana: Client, shop: Shop) -> None:
    change_role(
        shop.db,
        "store_associate",
        (ROLES["store_associate"] | {"do.counts"}) - {"do.returns"},
        actor="person/zoe",
        now=shop.now,
    )
    shop.db.commit()

    page = read(ana, "/people/of/bob")

    assert "Correct stock high london As Store associate, london, since" in page
    assert "by the system; zoe added it to the role." in page
    assert "Store associate would allow it; zoe took it away from the role." in page
    assert "Change products and prices medium These roles would: Product manager, Owner." in page


def test_a_role_is_given_at_a_site_and_ended(ana: Client, shop: Shop) -> None:
    done = fill(ana, "/people/of/bob/give", role="store_manager", sites="lisbon")
    assert toast(done)["words"] == "bob is Store manager."
    assert [(each.role, each.sites, each.given_by) for each in posts_of(shop.db, number(shop, "bob"))][1:] == [
        ("store_manager", ["lisbon"], "person/ana")
    ]

    done = fill(ana, "/people/of/bob/end/store_associate")

    assert toast(done)["words"] == "bob is no longer Store associate."
    assert [each.role for each in posts_of(shop.db, number(shop, "bob"))] == ["store_manager"]
    assert events(shop, "person.posts_changed") == [("person/bob", "person/ana")] * 2
    assert len(events(shop, "act.confirmed")) == 2


def test_what_changes_is_shown_before_a_role_is_given(ana: Client) -> None:
    form = hidden(ana.get("/people/of/bob/give"))

    step = ana.post("/people/of/bob/give", {**form, "role": "store_associate", "sites": ["london", "lisbon"]})

    assert "Store associate london london, lisbon" in text(step)
    assert toast(confirm(ana, "/people/of/bob/give", step))


def test_a_confirmation_for_one_site_gives_no_other(ana: Client, shop: Shop) -> None:
    form = hidden(ana.get("/people/of/bob/give"))
    step = ana.post("/people/of/bob/give", {**form, "role": "owner", "sites": ["london"]})

    answer = confirm(ana, "/people/of/bob/give", step, role="administrator")

    assert answer.status_code == 409
    assert [each.role for each in posts_of(shop.db, number(shop, "bob"))] == ["store_associate"]


def test_somebody_is_shut_out_at_once_and_let_in_again(ana: Client, shop: Shop) -> None:
    bob = Client()
    assert bob.post("/account/login/", {"login": "bob", "password": PASSWORD}).status_code == 302

    fill(ana, "/people/of/bob/let-in/disable")
    assert bob.get("/stock").status_code == 302
    assert "shut out" in read(ana, "/people/of/bob")
    fill(ana, "/people/of/bob/let-in/enable")

    assert bob.post("/account/login/", {"login": "bob", "password": PASSWORD}).status_code == 302


def test_somebody_is_let_in_with_a_password_shown_once(ana: Client, shop: Shop) -> None:
    made = fill(ana, "/people/add", name="eva", full_name="Eva Reis", role="warehouse_operator", sites="london")

    (password,) = re.findall(r'<textarea id="secret"[^>]*>([^<]+)<', made.content.decode())
    assert Client().post("/account/login/", {"login": "eva", "password": password}).status_code == 302
    assert events(shop, "person.admitted")[-1] == ("person/eva", "person/ana")


def test_a_new_password_replaces_the_old_one(ana: Client) -> None:
    made = fill(ana, "/people/of/bob/password")

    (password,) = re.findall(r'<textarea id="secret"[^>]*>([^<]+)<', made.content.decode())
    assert Client().post("/account/login/", {"login": "bob", "password": PASSWORD}).status_code == 200
    assert Client().post("/account/login/", {"login": "bob", "password": password}).status_code == 302


def test_nobody_changes_their_own_roles(ana: Client, shop: Shop) -> None:
    assert "do-give" not in ana.get("/people/of/ana").content.decode()

    answer = fill(ana, "/people/of/ana/give", role="administrator")

    assert answer.status_code == 422
    assert "Nobody changes their own roles" in text(answer)
    assert [each.role for each in posts_of(shop.db, number(shop, "ana"))] == ["owner"]


def test_a_name_that_is_taken_is_refused_at_its_field(ana: Client) -> None:
    answer = fill(ana, "/people/add", name="bob", role="driver")

    assert answer.status_code == 422
    assert 'id="id_name_error"' in answer.content.decode()


@pytest.mark.parametrize(("kind", "sees"), [("store_manager", False), ("administrator", True), ("finance", False)])
def test_people_are_shown_to_whoever_may_see_them(browser: Client, shop: Shop, kind: str, *, sees: bool) -> None:
    sign_in(browser, shop, role=kind, name="cai")

    for path in ("/people", "/people/of/cai", "/roles", "/roles/of/owner", "/keys", "/limits"):
        assert browser.get(path).status_code == (200 if sees else 403), path


def test_nobody_is_not_there(ana: Client) -> None:
    assert ana.get("/people/of/nobody").status_code == 404
    assert ana.get("/people/of/nobody/give").status_code == 404
    assert ana.get("/roles/of/nobody").status_code == 404


def test_roles_stand_side_by_side_with_what_was_changed(ana: Client, shop: Shop) -> None:
    change_role(shop.db, "driver", [*ROLES["driver"], "see.stock"], actor="system", now=shop.now)
    shop.db.commit()

    page = ana.get("/roles").content.decode()

    assert page.count('<td class="granted">') == 1
    assert "Demand planner" in page


def test_a_role_is_changed_with_a_preview_and_put_back(ana: Client, shop: Shop) -> None:
    path = "/roles/of/store_associate/change"
    wanted = sorted((ROLES["store_associate"] | {"do.counts"}) - {"do.returns"})

    step = ana.post(path, {**hidden(ana.get(path)), "permissions": wanted})
    assert "It changes what 1 person may do." in text(step)
    assert "Take goods back from customers allowed –" in text(step)
    assert "Correct stock – allowed" in text(step)
    assert toast(confirm(ana, path, step))
    changed = role(shop.db, "store_associate")
    assert changed is not None
    assert (changed.granted, changed.withdrawn, changed.changed_by) == (["do.counts"], ["do.returns"], "person/ana")

    assert "added" in read(ana, "/roles/of/store_associate")
    fill(ana, "/roles/of/store_associate/end")
    shop.db.rollback()
    back = role(shop.db, "store_associate")
    assert back is not None
    assert back.permissions == ROLES["store_associate"]


def test_a_role_of_ones_own_is_made_and_given_up(ana: Client, shop: Shop) -> None:
    path = "/roles/make"
    filled = {"name": "night_shift", "title": "Night shift", "permissions": ["see.stock", "do.counts"]}
    step = ana.post(path, {**hidden(ana.get(path)), **filled, "second_factor": "yes"})
    assert toast(confirm(ana, path, step))

    made = role(shop.db, "night_shift")
    assert made is not None
    assert (made.title, made.second_factor) == ("Night shift", True)
    assert "Night shift" in read(ana, "/roles/of/night_shift")
    fill(ana, "/roles/of/night_shift/end")
    shop.db.rollback()
    assert role(shop.db, "night_shift") is None


def test_ones_own_role_and_the_last_master_are_left_alone(ana: Client, shop: Shop) -> None:
    answer = fill(ana, "/roles/of/owner/change")
    assert "You have the role" in text(answer)

    zoe = sign_in(Client(), shop, role="administrator", name="zoe")
    enrol(zoe)
    shop.db.execute("DELETE FROM access_post WHERE role = 'administrator'")
    shop.db.execute("UPDATE access_person SET role = '' WHERE username = 'zoe'")
    shop.db.commit()
    assert zoe.get("/roles").status_code == 403


def test_a_key_is_made_shown_once_and_revoked(ana: Client, shop: Shop) -> None:
    path = "/keys/make"
    filled = {
        "name": "till-1",
        "scopes": ["read", "do.returns"],
        "sites": ["london"],
        "channels": "web",
        "per_second": "5",
    }
    step = ana.post(path, {**hidden(ana.get(path)), **filled, "expires_on": "2099-12-31"})
    assert "Take goods back from customers" in text(step)

    made = confirm(ana, path, step)

    (secret,) = re.findall(r'<textarea id="secret"[^>]*>([^<]+)<', made.content.decode())
    shop.db.rollback()
    (key,) = listed(shop.db)
    assert (key.name, key.scopes, key.sites, key.channels, key.per_second) == (
        "till-1",
        ["read", "do.returns"],
        ["london"],
        ["web"],
        5,
    )
    assert key.expires_at is not None
    ring = KeyRing(lambda prefix: find(shop.db, prefix))
    assert ring.check(secret) is not None
    assert secret not in ana.get("/keys").content.decode()

    fill(ana, f"/keys/{key.prefix}/revoke")
    shop.db.rollback()
    assert KeyRing(lambda prefix: find(shop.db, prefix)).check(secret) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"scopes": ["do.people"]}, "scopes"), ({"channels": "nowhere"}, "channels"), ({"expires_on": "2001-01-01"}, "")],
)
def test_a_key_that_cannot_be_is_refused(ana: Client, shop: Shop, wrong: dict[str, Any], field: str) -> None:
    path = "/keys/make"
    filled = {"name": "till-1", "scopes": ["read"], "per_second": "0", "channels": "", "expires_on": "", **wrong}

    answer: Any = ana.post(path, {**hidden(ana.get(path)), **filled})
    if b'name="confirmation"' in answer.content:
        answer = confirm(ana, path, answer)

    assert answer.status_code == 422
    assert not field or f'id="id_{field}_error"' in answer.content.decode()
    assert listed(shop.db) == []
