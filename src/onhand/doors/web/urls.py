"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from onhand.doors.web.status import status

urlpatterns = [path("", status, name="status")]
