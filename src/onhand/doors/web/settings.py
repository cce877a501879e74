"""Django's settings. What an operator may set is in ``onhand.core.settings``; this only hands it on."""

from __future__ import annotations

import os
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

_HERE = Path(__file__).parent

SECRET_KEY = os.environ.get("ONHAND_SECRET") or os.urandom(32).hex()
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.staticfiles",
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
MIDDLEWARE = [
    "onhand.doors.web.route.tell_route",
    "django.middleware.security.SecurityMiddleware",
    "onhand.doors.web.security.content_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Log lines all go one way, whichever library writes them: see onhand.core.logs.
LOGGING_CONFIG = None
# Every word of a page can be translated; a language is added here when its catalogue lies in locale/.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [_HERE / "locale"]
USE_THOUSAND_SEPARATOR = True

# Served by the application itself, straight from the package: there is no build and nothing to collect.
STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"context_processors": ["django.template.context_processors.i18n"]},
    }
]
