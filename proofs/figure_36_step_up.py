"""Acts that can do harm ask for a second factor at the moment they are done, for that very act, and once.

A real server; for each kind of act that is high, an owner who signed in a moment ago and has an authenticator app
fills in its form and sends it: with nothing, a wrong code, the password, a confirmation that is forged, older than five
minutes, another's, or for another amount. Nothing may change by any of these. Then it is confirmed as it should be, and
done; and sent twice more, with a fresh code and with the used one, and not done again.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import msgspec

from onhand.access.confirming import rules
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.doors.cli.bench.stage import HOST, served
from onhand.doors.cli.schema import introduce
from onhand.flows import commands as c
from proofs.figures import Figure, fresh_database
from shop import Shop

TITLE = "what can do harm asks for a second factor"
SECRET = "a secret for this proof alone"  # noqa: S105 - it opens nothing
PASSWORD = "warehouse-at-dawn"  # noqa: S105 - of people who are made here


class High(NamedTuple):
    """A high act: where its form is, what is filled in, another amount or thing, and the event that tells of it."""

    name: str
    path: str
    filled: Mapping[str, str | list[str]]
    other: Mapping[str, str]
    told: str


ACTS = (
    High(
        "count override",
        "/stock/mug/at/london/adjust",
        {"location": "pick", "by": "-2", "reason": "broken"},
        {"by": "-20"},
        "stock.adjusted",
    ),
    High(
        "return over the limit",
        "/orders/web/N1/take-back",
        {"line_1": "60", "site": "london", "condition": "saleable", "reason": "wrong colour"},
        {"line_1": "70"},
        "order.returned",
    ),
    High("threshold", "/stock/mug/at/london/threshold", {"quantity": "15"}, {"quantity": "1"}, "stock.threshold_set"),
    High(
        "large transfer",
        "/stock/mug/at/london/transfer",
        {"target": "lisbon", "quantity": "1000", "reference": "T1"},
        {"quantity": "1500"},
        "stock.transferred",
    ),
    High("role given", "/people/of/bob/give", {"role": "driver"}, {"role": "owner"}, "person.posts_changed"),
    High(
        "role changed",
        "/roles/of/marketing/change",
        {"permissions": ["see.stock"], "second_factor": ""},
        {"permissions": "do.counts"},
        "role.changed",
    ),
    High(
        "key made",
        "/keys/make",
        {"name": "till", "scopes": ["read"], "per_second": "0"},
        {"scopes": "stock"},
        "key.made",
    ),
    High("limit set", "/limits/Adjust", {"high_quantity": "1"}, {"high_quantity": "999"}, "limit.changed"),
    High("somebody shut out", "/people/of/bob/let-in/disable", {}, {"asking": ""}, "person.disabled"),
)


def prove(short: bool) -> Figure:
    """Every act; in short the first four, which are those of the shop's floor."""
    acts = ACTS[:4] if short else ACTS
    with _secret(), fresh_database() as url:
        introduce(url)
        with connect(url) as db:
            _furnish(Shop(db), acts)
        with served(url, None, 1) as server, connect(url, autocommit=True) as db:
            address = f"http://{HOST}:{server.port}"
            seen = [_try(db, address, at, act) for at, act in enumerate(acts)]
    asked = sum(each.asked for each in seen)
    tried, passed = sum(each.tried for each in seen), [fault for each in seen for fault in each.faults]
    done = sum(each.done for each in seen)
    holds = not passed and asked == done == len(acts)
    worst = f"; first: {passed[0]}" if passed else ""
    said = (
        f"{asked} of {len(acts)} acts ask for it; {tried} attempts without, or with a wrong, used, forged, old,"
        f" another's or another act's confirmation: {len(passed)} got through{worst}; {done} done once when confirmed"
    )
    return Figure(36, TITLE, passed=holds, figure=said)


class _Seen(NamedTuple):
    """What came of an act: whether it was asked for, the attempts, those that got through, if it was done once."""

    asked: bool
    tried: int
    faults: list[str]
    done: bool


@contextmanager
def _secret() -> Iterator[None]:
    """Let the server sign with a secret this proof knows, so that it can make a confirmation that is too old."""
    before = os.environ.get("ONHAND_SECRET")
    os.environ["ONHAND_SECRET"] = SECRET
    try:
        yield
    finally:
        del os.environ["ONHAND_SECRET"]
        if before is not None:
            os.environ["ONHAND_SECRET"] = before


def _furnish(shop: Shop, acts: Sequence[High]) -> None:
    from onhand.access.people import admit

    shop.stock("mug", 5000)
    shop.do(shop.order(("mug", 200)))
    shop.do(c.AdvanceOrder("web", "N1", "ship"))
    for name in [*(_name(at) for at in range(len(acts))), "stranger"]:
        made = admit(shop.db, name, "owner", password=PASSWORD)
        if refused(made):
            raise AssertionError(made.detail)
    admit(shop.db, "bob", "store_associate", password=PASSWORD)
    shop.db.commit()


def _name(at: int) -> str:
    return f"owner-{at}"


def _try(db: Connection, address: str, at: int, act: High) -> _Seen:
    with httpx.Client(base_url=address, timeout=30) as owner, httpx.Client(base_url=address, timeout=30) as stranger:
        _sign_in(owner, _name(at))
        _sign_in(stranger, "stranger")
        codes = _enrol(_name(at))
        form = {**_hidden(owner.get(act.path).text), **act.filled}
        step = _send(owner, act, form)
        if "confirmation" not in step:
            return _Seen(asked=False, tried=1, faults=[f"{act.name}: nothing was asked"], done=False)
        spent = codes.pop()
        faults = []
        attempts = _attempts(step, act, spent)
        for name, changed in attempts.items():
            who = stranger if name == "another's" else owner
            _send(who, act, {**step, **changed})
            faults += [f"{act.name}: {name}"] if _told(db, act) else []
        _send(owner, act, {**step, "proof_code": spent})
        once = _told(db, act) == 1
        _send(owner, act, {**step, "proof_code": codes.pop()})
        _send(owner, act, {**step, "proof_code": spent})
        faults += [f"{act.name}: again"] if _told(db, act) > 1 else []
        return _Seen(asked=True, tried=len(attempts) + 2, faults=faults, done=once)


def _attempts(step: Mapping[str, Any], act: High, code: str) -> dict[str, dict[str, Any]]:
    """Ways to have it done without confirming it, each as what is changed of the form that would."""
    known = rules.unseal(str(step["confirmation"]), SECRET, utc_now())
    if refused(known):
        raise AssertionError(known.detail)
    old = msgspec.structs.replace(known, at=utc_now() - timedelta(minutes=5, seconds=5))
    return {
        "nothing": {},
        "a wrong code": {"proof_code": "000000"},
        "the password": {"proof_password": PASSWORD},
        "forged": {"proof_code": code, "confirmation": rules.seal(known, "guess")},
        "old": {"proof_code": code, "confirmation": rules.seal(old, SECRET)},
        "another's": {"proof_code": code},
        "another act's": {"proof_code": code, **act.other},
    }


def _told(db: Connection, act: High) -> int:
    row = db.execute(
        "SELECT count(*) FROM core_event WHERE kind = %s AND actor LIKE 'person/%%'", [act.told]
    ).fetchone()
    return int(row[0]) if row else 0


def _sign_in(browser: httpx.Client, name: str) -> None:
    token = _hidden(browser.get("/account/login/").text)["csrfmiddlewaretoken"]
    browser.post("/account/login/", data={"csrfmiddlewaretoken": token, "login": name, "password": PASSWORD})


def _enrol(name: str) -> list[str]:
    """An authenticator app for somebody who has signed in; its recovery codes, each good once."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from onhand.access.models import Person

    person = Person.objects.get(username=name)
    TOTP.activate(person, generate_totp_secret())
    codes: list[str] = RecoveryCodes.activate(person).get_unused_codes()
    return codes


def _send(browser: httpx.Client, act: High, form: Mapping[str, Any]) -> dict[str, Any]:
    """Send a form of an act; what the answer's form carries."""
    headers = {"X-CSRFToken": browser.cookies.get("csrftoken") or "", "HX-Request": "true"}
    return _hidden(browser.post(act.path, data=dict(form), headers=headers).text)


def _hidden(page: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(html.unescape(value))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
