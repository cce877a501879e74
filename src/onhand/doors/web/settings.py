"""Django's settings. What an operator may set is in ``onhand.core.settings``; this only hands it on."""

from __future__ import annotations

import os
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

SECRET_KEY = os.environ.get("ONHAND_SECRET") or os.urandom(32).hex()
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.postgres",
    "onhand.core",
    "onhand.access",
    "onhand.places",
    "onhand.catalog",
    "onhand.customers",
    "onhand.stock",
    "onhand.orders",
    "onhand.sourcing",
]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "onhand.doors.web.urls"

_NAMED = {"dbname", "user", "password", "host", "port"}
_parts = conninfo_to_dict(os.environ.get("DATABASE_URL", "dbname=onhand"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _parts.get("dbname", "onhand"),
        "USER": _parts.get("user", ""),
        "PASSWORD": _parts.get("password", ""),
        "HOST": _parts.get("host", ""),
        "PORT": str(_parts.get("port", "")),
        # What else the address says, such as sslmode, holds for the pages as for everybody.
        "OPTIONS": {name: value for name, value in _parts.items() if name not in _NAMED},
    }
}

# A page's thread keeps its connection; the server's workers are few.
DATABASES["default"]["CONN_MAX_AGE"] = 60
USE_THOUSAND_SEPARATOR = True
MIDDLEWARE = [
    "onhand.doors.web.route.tell_route",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Log lines all go one way, whichever library writes them: see onhand.core.logs.
LOGGING_CONFIG = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": False,
    }
]
