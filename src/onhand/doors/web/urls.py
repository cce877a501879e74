"""The addresses of the pages."""

from __future__ import annotations

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from onhand.doors.web.how_to import how_to, how_tos
from onhand.doors.web.status import pulse, status

_icon = RedirectView.as_view(url=static("onhand/icon.svg"), permanent=True)

urlpatterns = [
    path("favicon.ico", _icon, name="icon"),
    path("", status, name="status"),
    path("pulse", pulse, name="pulse"),
    path("how-to/", how_tos, name="how-tos"),
    path("how-to/<slug:name>", how_to, name="how-to"),
]
