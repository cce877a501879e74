"""Guessing: few guesses reach the verifier, and neither answers nor their time say who is there.

A real server takes guesses at one account, a thousand a minute, from two hundred addresses: it holds when no more than
ten reach the verifier while the account's owner comes in by a browser of theirs all along. Then names that somebody has
and names that nobody has are tried in turn, once each, and so are addresses whose password was forgotten: it holds when
the answers are the same and the medians of their times differ by less than five in a hundred. Last, codes: one that was
used opens nothing a second time, after ten wrong ones the right one does not either, and a passkey is offered.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import httpx

from onhand.access.people import admit
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.doors.cli.bench.stage import HOST, served
from onhand.doors.cli.schema import introduce
from proofs.figures import Figure, fresh_database

TITLE = "guessing: at most ten reach the verifier, and no answer says who is there"
MOST_VERIFIED, MOST_APART = 10, 0.05
MOST_APART_SHORT = 0.25
GUESSES_A_MINUTE, ADDRESSES = 1000, 200
PASSWORD = "a-prover-at-dawn"  # noqa: S105 - of an account that lives for a minute
# A machine that others use, too, is measured again before it is believed.
MOST_ROUNDS = 4


def prove(short: bool) -> Figure:
    """A minute of guesses and five hundred of each kind of name; in short sixty guesses and two dozen."""
    guesses, each = (60, 24) if short else (GUESSES_A_MINUTE, 500)
    with fresh_database() as url, connect(url) as db:
        introduce(url)
        names = [f"person{number}" for number in range(each * MOST_ROUNDS)]
        _admit(db, "ana")
        _admit_many(db, names)
        with served(url, None, 1, ONHAND_LOG_LEVEL="error", ONHAND_TRUSTED_PROXIES="127.0.0.1") as server:
            address = f"http://{HOST}:{server.port}"
            verified, came_in = _stuffed(address, guesses, hurry=short)
            apart, said = _apart(_signing_in(address, names), each)
            apart_again, said_again = _apart(_forgetting(address, names), each)
            faults = list(_codes(address, db))
    for each_client in _opened:
        each_client.close()
    # Two dozen tries beside other tests tell that it is measured, not how exactly.
    most_apart = MOST_APART_SHORT if short else MOST_APART
    passed = verified <= MOST_VERIFIED and came_in and max(apart, apart_again) < most_apart
    passed = passed and said and said_again and not faults
    told = (
        f"{guesses:,} guesses from {ADDRESSES} addresses, {verified} verified, the owner {'in' if came_in else 'OUT'}; "
        f"known and unknown names {apart:.1%} apart, forgotten passwords {apart_again:.1%}; "
        f"codes: {', '.join(faults) or 'none twice, locked after ten, passkeys offered'}"
    )
    return Figure(39, TITLE, passed=passed, figure=told)


def _admit(db: Connection, name: str) -> None:
    made = admit(db, name, "store_associate", email=f"{name}@example.com", password=PASSWORD)
    if refused(made):
        raise AssertionError(made.detail)
    db.commit()


def _admit_many(db: Connection, names: Sequence[str]) -> None:
    """Accounts with the hash of the first: to make one for each would take longer than all the rest of the proof."""
    db.execute(
        "INSERT INTO access_person (username, email, first_name, last_name, password, role, is_active, is_staff,"
        " is_superuser, date_joined, language, time_zone, theme)"
        " SELECT name, name || '@example.com', '', '', password, role, true, false, false, now(), '', '', ''"
        " FROM access_person, unnest(%s::text[]) AS name WHERE username = 'ana'",
        (list(names),),
    )
    db.commit()


# What browsers keep open, to be closed at the end.
_opened: list[httpx.Client] = []


class _Browser:
    """Somebody's browser, at an address of their own, with a token for forms."""

    def __init__(self, address: str, own: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=30, headers={"X-Forwarded-For": own})
        _opened.append(self.client)
        self.token = _token(self.client.get("/account/login/").text)

    def sign_in(self, name: str, password: str) -> httpx.Response:
        """Try."""
        data = {"csrfmiddlewaretoken": self.token, "login": name, "password": password}
        return self.client.post("/account/login/", data=data)

    def forget(self, address: str) -> httpx.Response:
        """Ask for another password."""
        return self.client.post("/account/password/reset/", data={"csrfmiddlewaretoken": self.token, "email": address})

    def sign_out(self) -> None:
        """Leave, and be ready to come again."""
        self.client.post("/account/logout/", headers={"X-CSRFToken": self.client.cookies["csrftoken"]})
        self.token = _token(self.client.get("/account/login/").text)


def _token(page: str) -> str:
    return str(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0])


def _stuffed(address: str, guesses: int, *, hurry: bool) -> tuple[int, bool]:
    """How many guesses reached the verifier, and whether the owner came in all along."""
    owner, stranger = _Browser(address, "10.0.0.1"), _Browser(address, "10.1.0.0")
    came_in = owner.sign_in("ana", PASSWORD).status_code == 302
    owner.sign_out()
    verified, began = 0, time.monotonic()
    for number in range(guesses):
        stranger.client.headers["X-Forwarded-For"] = f"10.1.{number % ADDRESSES}.7"
        answer = stranger.sign_in("ana", f"guess-{number}")
        verified += "Too many" not in answer.text
        if number % 50 == 49:
            came_in = came_in and owner.sign_in("ana", PASSWORD).status_code == 302
            owner.sign_out()
        if not hurry:
            time.sleep(max(0.0, began + number * 60 / GUESSES_A_MINUTE - time.monotonic()))
    return verified, came_in


Try = Callable[[str], httpx.Response]


def _signing_in(address: str, names: Sequence[str]) -> Iterator[tuple[str, str, Try]]:
    """Names to try, one that somebody has and one that nobody has, and how."""
    browser = _Browser(address, "10.2.0.1")
    for number, name in enumerate(names):
        yield name, f"nobody{number}", lambda typed: browser.sign_in(typed, "a-wrong-guess")


def _forgetting(address: str, names: Sequence[str]) -> Iterator[tuple[str, str, Try]]:
    browser = _Browser(address, "10.3.0.0")
    for number, name in enumerate(names):
        # So many from one address would be counted; here time is measured.
        browser.client.headers["X-Forwarded-For"] = f"10.3.{number // 100}.7"
        yield f"{name}@example.com", f"nobody{number}@example.com", browser.forget


def _apart(tries: Iterator[tuple[str, str, Try]], each: int) -> tuple[float, bool]:
    """How far the medians of the times are apart, and whether all that was said was the same."""
    apart, same = 1.0, True
    for _ in range(MOST_ROUNDS):
        known: list[float] = []
        unknown: list[float] = []
        for number in range(each):
            somebody, nobody, attempt = next(tries)
            answers = {}
            # Whoever is first finds caches cold; they take turns.
            for typed in (somebody, nobody) if number % 2 else (nobody, somebody):
                began = time.perf_counter()
                answers[typed] = attempt(typed)
                (known if typed == somebody else unknown).append(time.perf_counter() - began)
            same = same and _said(answers[somebody], somebody) == _said(answers[nobody], nobody)
        one, other = statistics.median(known), statistics.median(unknown)
        apart = abs(one - other) / max(one, other)
        if apart < MOST_APART or not same:
            break
    return apart, same


def _said(answer: httpx.Response, typed: str) -> tuple[int, str, str]:
    text = re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", answer.text).replace(typed, "…")
    return answer.status_code, answer.headers.get("location", ""), text


def _codes(address: str, db: Connection) -> Iterator[str]:
    """What is wrong about codes."""
    from allauth.mfa.totp.internal import auth

    secret = _with_an_app(db)
    counter = int(time.time()) // 30
    now = auth.format_hotp_value(auth.hotp_value(secret, counter))
    if "data-passkey" not in _second(address).client.get("/account/2fa/authenticate/").text:
        yield "no passkey is offered"
    if _sends(_second(address), now).status_code != 302:
        yield "a right code is refused"
    if _sends(_second(address), now).status_code == 302:
        yield "a code opens twice"
    wrong = [_sends(_second(address), "000000") for _ in range(10)]
    if any(answer.status_code == 302 for answer in wrong):
        yield "a wrong code opens"
    following = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + 1))
    if _sends(_second(address), following).status_code == 302:
        yield "after ten wrong codes one still opens"


def _with_an_app(db: Connection) -> str:
    from allauth.mfa.totp.internal import auth

    secret = str(auth.generate_totp_secret())
    _admit(db, "coder")
    db.execute(
        "INSERT INTO mfa_authenticator (type, data, user_id, created_at)"
        " SELECT 'totp', jsonb_build_object('secret', %s::text), id, now() FROM access_person WHERE username = 'coder'",
        (secret,),
    )
    db.commit()
    return secret


def _second(address: str) -> _Browser:
    browser = _Browser(address, "10.4.0.1")
    browser.sign_in("coder", PASSWORD)
    return browser


def _sends(browser: _Browser, code: str) -> httpx.Response:
    headers = {"X-CSRFToken": browser.client.cookies["csrftoken"]}
    return browser.client.post("/account/2fa/authenticate/", data={"code": code}, headers=headers)
