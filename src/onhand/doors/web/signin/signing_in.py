"""The forms and addresses of signing in: allauth's own, with our counting of guesses around them and our gates before.

Codes of an app hold for their half minute and the one on either side of it, as clocks differ; used once, a code is
refused for longer than that, in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver
from requests import RequestException

from onhand.access import factors
from onhand.access.models import Person
from onhand.doors.web import guard, post
from onhand.doors.web.gates import public, signed_in
from onhand.doors.web.recording import told
from onhand.doors.web.signin.lifetimes import HAS_FACTOR

# Longer than a code can hold: its half minute, and one on either side.
SECONDS_USED = 120
# So long after the answer it is looked up whether anybody has an address; by then the answer is long gone.
SECONDS_UNSEEN = 1.0

View = Callable[..., HttpResponseBase]


class _Counted:
    """Mixed into allauth's forms for codes: ten wrong ones lock, and no code counts twice."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        """The code, if it is one of theirs that was not used yet."""
        turn = guard.code_turn(self.user)
        if turn is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's form, beside which this stands
        if self.authenticator.type == Authenticator.Type.TOTP and not first_use(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        guard.right(turn)
        return code


class Code(_Counted, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A code at signing in."""


class CodeAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """A code to show that one is still there."""


class Activation(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app; it cannot be used a second time either."""

    def clean_code(self) -> str:
        """The code."""
        code: str = super().clean_code()
        first_use(self.user, code)
        return code


def first_use(person: Any, code: str) -> bool:
    """Whether this code of this person was not used before; from now on it was."""
    return bool(cache.add(f"code/{person.pk}/{''.join(filter(str.isdigit, code))}", value=1, timeout=SECONDS_USED))


class Forgotten(ResetPasswordForm):  # type: ignore[misc]
    """A forgotten password. Whether anybody has the address is looked up once the page is answered, never before."""

    def clean_email(self) -> str:
        """The address, which somebody may have or not."""
        self.users: list[Any] = []
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: HttpRequest, **facts: Any) -> str:
        """Have letters written, if there is anybody to write to."""
        email: str = self.cleaned_data["email"]

        def write() -> None:
            people = filter_users_by_email(email.lower(), is_active=True, prefer_verified=True, for_login=True)
            request_password_reset(request, email, people, facts.get("token_generator", default_token_generator))

        post.later(request, write, seconds=SECONDS_UNSEEN)
        return email


# Who comes by these has not signed in yet, or is about to go.
FOR_ALL = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_confirm_email",
        "account_email_verification_sent",
        "account_confirm_login_code",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
        "openid_connect_login",
        "openid_connect_callback",
        "configuration",
        "jwks",
        "token",
        "revoke",
        "device_code",
    }
)


def gated(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Give allauth's addresses each a gate before it; what a form changes is one transaction with its record."""
    found = []
    for each in patterns:
        if isinstance(each, URLResolver):
            each.url_patterns[:] = gated(each.url_patterns)
        elif not hasattr(each.callback, "takes"):
            recorded = _recorded(each.callback) if str(each.name).startswith("mfa_") else each.callback
            recorded = _renewed(recorded) if "reauthenticate" in str(each.name) else recorded
            recorded = _connecting(recorded) if each.name == "openid_connect_login" else recorded
            # No transaction waits for a provider: what its answer changes has one of its own.
            whole = _answered(recorded) if str(each.name).startswith("openid_connect") else _whole(recorded)
            each.callback = public(whole) if each.name in FOR_ALL else signed_in(not_on_shared(whole))
        found.append(each)
    return found


def _whole(view: View) -> View:
    @wraps(view)
    def whole(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        with transaction.atomic():
            return view(request, *args, **facts)

    return whole


def _answered(view: View) -> View:
    """A provider that does not answer is said so, where one can sign in otherwise."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **facts)
        except RequestException as fault:
            try:
                get_social_adapter().on_authentication_error(request, None, exception=fault)
            except ImmediateHttpResponse as answer:
                response: HttpResponseBase = answer.response
                return response
            raise

    return answered


def _connecting(view: View) -> View:
    """Who connects their company's account proves again who they are before they are sent there, not afterwards."""

    @wraps(view)
    def connecting(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        chosen = proved_again(view) if request.GET.get("process") == "connect" else view
        return chosen(request, *args, **facts)

    return connecting


def _recorded(view: View) -> View:
    """Which factors came and went goes on record beside the change."""

    @wraps(view)
    def recorded(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        before = _factors(request)
        answer = view(request, *args, **facts)
        after = _factors(request) if request.method == "POST" else before
        if before != after and isinstance(request.user, Person):
            for kind, one, other in (("factor.added", after, before), ("factor.removed", before, after)):
                for number in sorted(one.keys() - other.keys()):
                    told(kind, request.user.actor, request.user.actor, {"type": one[number], "number": number})
            request.session.pop(HAS_FACTOR, None)
        return answer

    return recorded


def _renewed(view: View) -> View:
    """Who proved again who they are goes on in a session of another name; the one before is dead."""

    @wraps(view)
    def renewed(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        before, proofs = request.session.session_key, len(_proofs(request))
        answer = view(request, *args, **facts)
        if isinstance(request.user, Person) and len(_proofs(request)) > proofs:
            request.session.cycle_key()
            kept = UserSession.objects.filter(session_key=before)
            kept.update(session_key=request.session.session_key)
        return answer

    return renewed


def _proofs(request: HttpRequest) -> list[Any]:
    return list(get_authentication_records(request, request.user if isinstance(request.user, Person) else None))


def _factors(request: HttpRequest) -> dict[int, str]:
    if not isinstance(request.user, Person):
        return {}
    return dict(Authenticator.objects.filter(user_id=request.user.pk).values_list("pk", "type"))


def proved_again(view: View) -> View:
    """Who comes here proved again who they are within the last five minutes, or does so now and is led back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        if is_reauthentication_required(request, app="allauth.account"):
            raise ReauthenticationRequired
        return view(request, *args, **facts)

    return guarded


def not_on_shared(view: View) -> View:
    """A PIN is not proof enough to change what one signs in with."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **facts: Any) -> HttpResponseBase:
        if factors.SHIFT in request.session:
            raise PermissionDenied
        return view(request, *args, **facts)

    return guarded
