"""Single sign-on: the company's OpenID Connect provider says who somebody is, and by a claim what they are here for.

Whoever comes with a value of the claim that stands for a role has that role everywhere, from then on and as long as the
provider says so; whoever comes with none stays outside. An account of that name that was made here is not taken over:
its holder connects the two on the page of their account.
"""

from __future__ import annotations

import logging
import re
import time
from typing import Any
from urllib.parse import quote

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from onhand.access.factors import SEEN_BY_PROVIDER
from onhand.access.models import Person
from onhand.access.people import end_post, give_post
from onhand.access.posts import posts_of
from onhand.core.clock import utc_now
from onhand.core.refusals import refused
from onhand.doors.web.recording import connection, told

log = logging.getLogger(__name__)

PROVIDER = "sso"
ACTOR = f"provider/{PROVIDER}"


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Our answers about people who come from the provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Whoever has a role may come in; who has none was turned away before."""
        return bool(roles_of(_claims(sociallogin)))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Turn away who has no role; of who has, keep their roles as the provider says and when it saw them."""
        process = sociallogin.state.get("process")
        if process == "redirect":
            if sociallogin.is_existing and sociallogin.user == request.user:
                saw(request, sociallogin)
            return
        if process == "connect":
            return
        wanted = roles_of(_claims(sociallogin))
        if not wanted:
            _turn_away(request, _("Your company's account has no role here. Ask an administrator for one."))
        if sociallogin.is_existing:
            _keep_roles(sociallogin.user, wanted)
        elif Person.objects.filter(username__iexact=_name(sociallogin)).exists():
            _turn_away(
                request,
                _(
                    "Somebody is called so here already. If it is you, sign in with your password and connect your"
                    " company's account under “Your account”."
                ),
            )

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:  # noqa: ARG002
        """Make the account, with the roles the provider says."""
        person: Person = sociallogin.user
        with transaction.atomic():
            person.username = _name(sociallogin)
            person.set_unusable_password()
            sociallogin.save(request)
            told("person.admitted", person.actor, ACTOR, {"by": "single sign-on"})
            _keep_roles(person, roles_of(_claims(sociallogin)))
        return person

    def on_authentication_error(self, request: HttpRequest, provider: Any, **facts: Any) -> None:  # noqa: ARG002
        """Say so, where one can sign in otherwise."""
        log.warning("single sign-on failed: %s", facts.get("exception") or facts.get("error"))
        _turn_away(request, _("Signing in with your company's account did not work. Try again, or use your password."))


def roles_of(claims: dict[str, Any]) -> list[str]:
    """The roles somebody has by what the provider says about them."""
    said = claims.get(settings.OIDC_ROLE_CLAIM, [])
    values = said if isinstance(said, list) else [said]
    return sorted({settings.OIDC_ROLES[each] for each in map(str, values) if each in settings.OIDC_ROLES})


def saw(request: HttpRequest, sociallogin: Any) -> None:
    """Keep when the provider saw them in person. One that does not say so has seen nobody."""
    claims = _claims(sociallogin)
    if isinstance(claims.get("auth_time"), int | float) and claims["auth_time"] <= time.time() + 30:
        request.session[SEEN_BY_PROVIDER] = claims["auth_time"]


def prove_again(back: str) -> str:
    """Where somebody who came by the provider proves again who they are; from there they come back."""
    way = quote("prompt=login&max_age=0", safe="")
    return f"{reverse('openid_connect_login', args=[PROVIDER])}?process=redirect&auth_params={way}&next={quote(back)}"


def _claims(sociallogin: Any) -> dict[str, Any]:
    """All the provider says: what is signed counts before what was only asked for."""
    data = sociallogin.account.extra_data
    return {**data.get("userinfo", {}), **data.get("id_token", {})}


def _name(sociallogin: Any) -> str:
    claims = _claims(sociallogin)
    wished = str(claims.get("preferred_username") or str(claims.get("email", "")).partition("@")[0] or claims["sub"])
    return re.sub(r"[^\w.@+-]", "-", wished)[:150]


def _keep_roles(person: Person, wanted: list[str]) -> None:
    """Give and take roles, as if an administrator did; what was given by hand here stays."""
    now, db = utc_now(), connection()
    with transaction.atomic():
        held = {each.role: each.given_by for each in posts_of(db, person.pk)}
        for role in wanted:
            if role not in held:
                _done(give_post(db, person.username, role, actor=ACTOR, now=now))
        for role, given_by in held.items():
            if role not in wanted and given_by == ACTOR:
                _done(end_post(db, person.username, role, actor=ACTOR, now=now))


def _done(answer: Any) -> None:
    if refused(answer):
        log.warning("a role was not kept as the provider says: %s", answer.detail)


def _turn_away(request: HttpRequest, words: str) -> None:
    messages.error(request, words)
    raise ImmediateHttpResponse(redirect("account_login"))
