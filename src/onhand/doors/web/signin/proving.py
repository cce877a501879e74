"""Who is at the keys, asked once more: a code of their app, a passkey, or the password of who has no second factor.

A passkey signs the very deed: what it is asked to sign is the digest of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.mfa import app_settings
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.http import HttpRequest
from fido2.utils import websafe_encode
from fido2.webauthn import UserVerificationRequirement

from onhand.access import factors
from onhand.access.confirming.rules import Deed, digest
from onhand.access.models import Person
from onhand.core.refusals import Refused

Type = Authenticator.Type
# Fields of a form by which a factor comes; none of an act's own is called so.
FIELDS = CODE, PASSKEY, PASSWORD = ("proof_code", "proof_passkey", "proof_password")


class Ways(NamedTuple):
    """By which factors somebody can prove who they are. None at all: they must set up a second factor first."""

    code: bool
    passkey: bool
    password: bool

    @property
    def none(self) -> bool:
        """Whether there is no way."""
        return not any(self)


def ways(person: Person) -> Ways:
    """How somebody can prove who they are. A password counts only of who neither has nor must have a second factor.

    Who comes through a single sign-on has no password here: that they signed in there lately says nothing of now.
    """
    kinds = set(Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True))
    code, passkey = Type.TOTP in kinds, Type.WEBAUTHN in kinds
    password = not (code or passkey) and person.has_usable_password() and not _must_have_one(person)
    return Ways(code, passkey, password)


def _must_have_one(person: Person) -> bool:
    return bool(settings.SECOND_FACTOR == "required" and factors.required(person))


def challenge(person: Person, deed: Deed) -> str:
    """What the browser asks the person's passkeys, as JSON: to sign this deed."""
    server = webauthn.get_server()
    options, _state = server.authenticate_begin(
        credentials=webauthn.get_credentials(person), user_verification=_verification(), challenge=digest(deed)
    )
    return json.dumps(dict(options))


def proved(request: HttpRequest, person: Person, by: Ways, deed: Deed, given: Mapping[str, str]) -> str | Refused:
    """By which factor the person has just proved who they are; what was given is one of ``Ways``, by its name."""
    if by.none:
        return Refused("no_factor", "Set up an authenticator app or a passkey first: it is what confirms this.", CODE)
    if not ratelimit.consume(request, action="reauthenticate", user=person):
        return Refused("too_many_tries", "That was tried too often; wait a minute, then try again.", CODE)
    if by.passkey and given.get(PASSKEY):
        return "passkey" if _signed(request, person, deed, given[PASSKEY]) else _not_proved(PASSKEY)
    if by.code and given.get(CODE):
        form = ReauthenticateForm(data={"code": given[CODE]}, user=person)
        if not form.is_valid():
            return _not_proved(CODE)
        form.save()
        return str(form.authenticator.type)
    if by.password and given.get(PASSWORD):
        if not person.check_password(given[PASSWORD]):
            return _not_proved(PASSWORD)
        reauthenticate_by_password(request)
        return "password"
    return _not_proved(PASSWORD if by.password else CODE)


def _not_proved(field: str) -> Refused:
    return Refused("not_proved", "That is not right; nothing was done. Try again.", field)


def _signed(request: HttpRequest, person: Person, deed: Deed, response: str) -> bool:
    """Whether a passkey of theirs signed this deed."""
    state = {"challenge": websafe_encode(digest(deed)), "user_verification": _verification()}
    try:
        answer: Any = json.loads(response)
        found = webauthn.get_server().authenticate_complete(state, webauthn.get_credentials(person), answer)
        authenticator = webauthn.get_authenticator_by_credential_id(person, found.credential_id)
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    if authenticator is None:
        return False
    authenticator.user = person
    post_authentication(request, authenticator, reauthenticated=True)
    return True


def _verification() -> UserVerificationRequirement:
    return UserVerificationRequirement(app_settings.WEBAUTHN_USER_VERIFICATION)
