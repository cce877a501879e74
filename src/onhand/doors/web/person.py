"""The page as its reader likes it: language, time zone, theme. What they did not choose, the browser says."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from onhand.access.models import Person

THEMES = ("light", "dark")


def shown(person: Person) -> str:
    """What to call them, for allauth."""
    return person.shown_name


def as_they_like_it(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware; comes after the one that knows who is signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        reader = request.user
        if isinstance(reader, Person):
            _speak(request, reader.language)
            _tell_time(reader.time_zone)
        try:
            return get_response(request)
        finally:
            timezone.deactivate()

    return middleware


def _speak(request: HttpRequest, language: str) -> None:
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _tell_time(zone: str) -> None:
    try:
        timezone.activate(zone or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):  # a zone that has been renamed since it was chosen
        timezone.deactivate()
