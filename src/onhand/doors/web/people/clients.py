"""What handhelds and machines ask for tokens, and the page on which somebody says yes to a handheld."""

from __future__ import annotations

import json
from http import HTTPStatus

from allauth.idp.oidc import views
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from onhand.access.signin import tokens
from onhand.access.signin.guessing import digest
from onhand.core.clock import utc_now
from onhand.doors.web.gates import signed_in
from onhand.doors.web.recording import connection
from onhand.doors.web.signin.signing_in import gated, not_on_shared


@signed_in
@not_on_shared
@never_cache
@require_http_methods(["GET", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """Say yes or no to a device, by the code it shows. allauth asks no token of this form; we do."""
    answer: HttpResponse = views.device_authorization(request)
    return answer


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Give out a token. Of a refresh token that comes twice somebody has a copy: then all that it led to ends."""
    refresh = request.POST.get("refresh_token", "") if request.POST.get("grant_type") == "refresh_token" else ""
    if not refresh:
        return _plain(request)
    used = f"refresh/{digest(refresh)}"
    before = cache.get(used)
    if before:
        client, person = before
        tokens.end_grant(connection(), client, person, utc_now())
        return _plain(request)
    grant = tokens.grant_of(connection(), refresh)
    answer = _plain(request)
    if grant and answer.status_code == HTTPStatus.OK:
        cache.set(used, [grant.client, grant.person], settings.IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN)
        said = json.loads(answer.content)
        tokens.go_on(connection(), grant, said["refresh_token"])
        said["refresh_expires_in"] = max(0, int((grant.ends - utc_now()).total_seconds()))
        answer.content = json.dumps(said).encode()
    return answer


def _plain(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = views.token(request)
    return answer


# allauth can do more (it can be the provider of a single sign-on); only what is used is open.
OPEN: list[URLPattern | URLResolver] = [
    path("identity/o/device", device, name="device_authorization"),
    *gated(
        [
            path("identity/o/api/token", token, name="token"),
            path("identity/o/api/revoke", views.revoke, name="revoke"),
            path("identity/o/api/device/code", views.device_code, name="device_code"),
        ]
    ),
]
