"""Django's settings. What an operator may set is in ``onhand.core.settings``; this only hands it on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from onhand.core import settings as configuration
from onhand.core.settings import value
from onhand.doors.web.post_settings import by_smtp

_HERE = Path(__file__).parent
_NAMED = {"dbname", "user", "password", "host", "port"}


def database(url: str) -> dict[str, Any]:
    """A database's address as Django writes it."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "onhand.doors.web.postgresql",
        "NAME": parts.get("dbname", "onhand"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        # What else the address says, such as sslmode, holds for the pages as for everybody.
        "OPTIONS": {name: value for name, value in parts.items() if name not in _NAMED},
        # A page's thread keeps its connection; the server's workers are few.
        "CONN_MAX_AGE": 60,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", "dbname=onhand"))}

_SETTINGS = configuration.read()
SECRET_KEY = _SETTINGS.secret or os.urandom(32).hex()
# Whether people can be texted.
TEXTS = _SETTINGS.sms_url is not None
# Whether people may have alerts shown on their devices.
PUSHES = _SETTINGS.push
ALLOWED_HOSTS = list(configuration.hosts(_SETTINGS))
# Where browsers reach us. Links in letters begin with it, so that nobody can have them lead elsewhere by the name under
# which he asks.
ADDRESS: str = configuration.address(_SETTINGS)
# Over which line a request came is known from the server (see doors/transport.py), which sends plain http away, too.
_PRIVATE = _SETTINGS.production or ADDRESS.startswith("https://")
CSRF_TRUSTED_ORIGINS = [ADDRESS] if _SETTINGS.public_address else []
INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.idp.oidc",
    "onhand.core",
    "onhand.core.health",
    "onhand.access",
    "onhand.access.signin",
    "onhand.access.audit",
    "onhand.access.watching",
    "onhand.access.privacy",
    "onhand.access.confirming",
    "onhand.places",
    "onhand.catalog",
    "onhand.customers",
    "onhand.customers.service",
    "onhand.customers.wishes",
    "onhand.messages",
    "onhand.customers.account",
    "onhand.customers.reviews",
    "onhand.stock",
    "onhand.orders",
    "onhand.sourcing",
    "onhand.planning",
    "onhand.insight",
    "onhand.connect.webhooks",
    "onhand.connect.push",
    "onhand.connect.sheets",
]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "onhand.doors.web.urls"

MIDDLEWARE = [
    "onhand.doors.web.route.tell_route",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "onhand.doors.web.security.content_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "onhand.doors.web.signin.passes.hand_out",
    "onhand.doors.web.signin.lifetimes.keep",
    "onhand.doors.web.person.as_they_like_it",
    "onhand.doors.web.signin.lifetimes.with_own_password",
    "onhand.doors.web.signin.lifetimes.with_their_factors",
    "onhand.doors.web.faults.Patience",
    "onhand.doors.web.faults.no_card_numbers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
    ),
    {"NAME": "onhand.doors.web.signin.passwords.OfOurOwnWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "onhand.doors.web.signin.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# Who changes what they sign in with proves again who they are, if that was not within the last five minutes.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_USER_DISPLAY = "onhand.doors.web.person.shown"
ACCOUNT_FORMS = {"reset_password": "onhand.doors.web.signin.signing_in.Forgotten"}
# Guesses are counted by ourselves, by account and source together (onhand.access.signin.guessing). What is counted by
# address alone is generous: a whole shop may share one.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": "300/m/ip,5/m/key",
    "reset_password_from_key": "300/m/ip",
    "signup": "20/m/ip",
}
MFA_ADAPTER = "onhand.doors.web.signin.accounts.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Onhand"
MFA_TOTP_TOLERANCE = 1
# Accounts are made by those who may; nobody can claim an address that is not theirs by signing up.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "onhand.doors.web.signin.signing_in.Code",
    "reauthenticate": "onhand.doors.web.signin.signing_in.CodeAgain",
    "activate_totp": "onhand.doors.web.signin.signing_in.Activation",
}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
SECOND_FACTOR: str = value("second_factor") or ("required" if _SETTINGS.production else "asked")
SINGLE_SIGN_ON = value("oidc_issuer") is not None
OIDC_ROLE_CLAIM, OIDC_ROLES = value("oidc_role_claim"), value("oidc_roles")
SOCIALACCOUNT_ADAPTER = "onhand.doors.web.signin.single_sign_on.SingleSignOn"
# By a link, not a form: what a form leads to is held to our own address.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
_provider = {
    "provider_id": "sso",
    "name": "SSO",
    "client_id": value("oidc_client"),
    "secret": value("oidc_secret") or "",
    "settings": {"server_url": value("oidc_issuer"), "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_provider] if SINGLE_SIGN_ON else []}}
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = value("session_longest_hours") * 3600
IDP_OIDC_RATE_LIMITS = {"device_user_code": "60/m/ip"}
CACHES = {"default": {"BACKEND": "onhand.access.signin.shared.Shared"}}

# Over https a cookie is ours alone (__Host-): no other host of the domain can set it, and it travels over nothing else.
COOKIE_PREFIX = "__Host-" if _PRIVATE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
THEME_COOKIE_NAME = f"{COOKIE_PREFIX}theme"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _PRIVATE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# From when it was saved last, which a touch sees to: see lifetimes.
SESSION_COOKIE_AGE = value("session_idle_minutes") * 60
SESSION_LONGEST_SECONDS = value("session_longest_hours") * 3600
SHIFT_LOCK_SECONDS = value("shift_lock_minutes") * 60
DEFAULT_FROM_EMAIL = SERVER_EMAIL = value("mail_from")
_post = by_smtp(value("smtp_url"))
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _post["EMAIL_BACKEND"], _post.get("EMAIL_HOST", ""), _post.get("EMAIL_PORT", 0)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _post.get("EMAIL_HOST_USER", ""), _post.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _post.get("EMAIL_USE_SSL", False), _post.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = _post.get("EMAIL_TIMEOUT")

CSRF_FAILURE_VIEW = "onhand.doors.web.faults.stale_form"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Log lines all go one way, whichever library writes them: see onhand.core.logs.
LOGGING_CONFIG = None
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("pt-br", "Português (Brasil)")]
LOCALE_PATHS = [_HERE / "locale"]
USE_THOUSAND_SEPARATOR = True

# Served by the application itself, straight from the package: there is no build and nothing to collect.
STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,  # for allauth's pages, whose elements are ours
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "onhand.doors.web.shell.around",
            ],
            "builtins": ["onhand.doors.web.parts", "onhand.doors.web.shop.tags"],
        },
    }
]
