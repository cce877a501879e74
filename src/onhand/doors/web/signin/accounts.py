"""How signing in behaves here: accounts are made by those who may, nobody makes one for themselves.

These are our answers to allauth's questions, and what it does for us is put on record here, in its own transaction.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from onhand.access.models import Person
from onhand.access.signin import first_passwords, sessions
from onhand.core.clock import utc_now
from onhand.doors.origins import of_page
from onhand.doors.web import guard, post
from onhand.doors.web.recording import connection, told
from onhand.doors.web.signin import lifetimes, single_sign_on
from onhand.doors.web.signin.sign_in_facts import device_of


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Our answers about accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """No."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Before a password is compared: whether there is a turn left, counted in the database for all processes."""
        typed = str(credentials.get("username") or credentials.get("email") or "")
        self._turn = guard.password_turn(request, typed)
        if self._turn is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right."""
        if self._turn is not None:
            guard.right(self._turn)

    def clean_password(self, password: str, user: Any = None) -> str:
        """A new password; it is not the old one, and so never the one that was made up for somebody."""
        if user is not None and user.pk and user.has_usable_password() and user.check_password(password):
            raise ValidationError(_("Choose another password than the one you have."))
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def pre_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse | None:
        """A password that was made up for somebody opens nothing after its time."""
        ends = first_passwords.until(connection(), user.pk)
        if ends and ends < utc_now() and "password" in guard.ways_in(request, user):
            messages.error(request, _("The password you were given was good for three days. Ask for another one."))
            return redirect("account_login")
        answer: HttpResponse | None = super().pre_login(request, user, **facts)
        return answer

    def login(self, request: HttpRequest, user: Person) -> None:
        """Begin a session under a new key, and say so."""
        with transaction.atomic():
            known, ways = guard.knows(request, user), guard.ways_in(request, user)
            super().login(request, user)
            lifetimes.begin(request)
            if "password" in ways and first_passwords.until(connection(), user.pk):
                request.session[lifetimes.FIRST_PASSWORD] = True
            user.origin = of_page(request)
            data = {"by": ways, "known_browser": known, "device": device_of(request)}
            told("session.begun", user.actor, user.actor, data)

    def post_login(self, request: HttpRequest, user: Person, **facts: Any) -> HttpResponse:
        """Lead on, and know this browser from now on."""
        response: HttpResponse = super().post_login(request, user, **facts)
        provided = (facts.get("signal_kwargs") or {}).get("sociallogin")
        if provided is not None:
            single_sign_on.saw(request, provided)
        guard.know(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        """End the session, and say so."""
        lifetimes.end(request, "signed out")

    def set_password(self, user: Person, password: str) -> None:
        """A new password ends all sessions but the one it is set in."""
        request = current.request
        spare = request.session.session_key if request and request.user == user else None
        with transaction.atomic():
            super().set_password(user, password)
            first_passwords.own(connection(), user.pk)
            if spare and request:
                request.session.pop(lifetimes.FIRST_PASSWORD, None)
            told("password.changed", user.actor, user.actor, {})
            sessions.end(connection(), user.pk, actor=user.actor, reason="new password", now=utc_now(), spare=spare)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """An address is theirs, as they read a letter sent there."""
        with transaction.atomic():
            confirmed: bool = super().confirm_email(request, email_address)
            if confirmed:
                actor = f"person/{email_address.user.username}"
                told("email.verified", actor, actor, {})
        return confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a letter now and have it sent later; it names us as the settings do, not as the browser did."""
        here = SimpleNamespace(name="Onhand", domain=settings.ADDRESS)
        letter = self.render_mail(
            template_prefix, email, {"request": current.request, "email": email, "current_site": here, **context}
        )
        post.later(current.request, letter.send)

    def format_email_subject(self, subject: str) -> str:
        """Who it is from."""
        return f"Onhand: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Where a password is set anew: at our address, not at one the asker names."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.ADDRESS + path.replace("UID-KEY", quote(key)))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:  # noqa: ARG002
        """Where an address is confirmed."""
        return str(settings.ADDRESS + reverse("account_confirm_email", args=[emailconfirmation.key]))


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Our answers about second factors."""

    def _get_site_name(self) -> str:
        return "Onhand"
