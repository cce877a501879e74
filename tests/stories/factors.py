"""Second factors of the people in the stories: an app, its recovery codes, and what is done with them in the drawer."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import Page, expect

from doors.people import PASSWORD
from onhand.access.models import Person


def enrol(name: str) -> list[str]:
    """Give somebody an authenticator app; its recovery codes, each good once, as a story is faster than an app."""
    person = Person.objects.get(username=name)
    TOTP.activate(person, generate_totp_secret())
    codes: list[str] = RecoveryCodes.activate(person).get_unused_codes()
    assert Authenticator.objects.filter(user=person).count() == 2
    return codes


def confirm_by_password(page: Page) -> None:
    """Confirm what the drawer shows, as who has no second factor."""
    page.locator("#drawer [name=proof_password]").fill(PASSWORD)
    page.keyboard.press("Enter")


def confirm(page: Page, codes: list[str]) -> None:
    """Confirm what the drawer shows, from the keyboard."""
    expect(page.locator("#drawer [name=proof_code]")).to_be_focused()
    page.keyboard.type(codes.pop())
    page.keyboard.press("Enter")
