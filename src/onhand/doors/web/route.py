"""Tells the traffic count which page it was: the template of its address, not the address."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def tell_route(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware. Nothing is told of an address nobody knows."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        scope, match = request.META.get("asgi.scope"), request.resolver_match
        if scope is not None and match is not None:
            scope["path_template"] = f"/{match.route}"
        return response

    return middleware
