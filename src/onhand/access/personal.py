"""What accounts hold about those who sign in, for the registry; and the tables of the libraries they rest on."""

from __future__ import annotations

from onhand.access.changing import masterless
from onhand.access.privacy.registry import CONTRACT, LEGAL_DUTY, LEGITIMATE, Column, Holding, NotPersonal
from onhand.core.database import Connection
from onhand.core.refusals import Refused

SUBJECTS = {"person": "SELECT 'person/' || username FROM access_person WHERE username = %(name)s"}
_MINE = "person_id = (SELECT id FROM access_person WHERE username = %(name)s)"
_USERS = "user_id = (SELECT id FROM access_person WHERE username = %(name)s)"
_RECORD = "who did what is on record for good, and no part of it can be changed"
_WHILE_EMPLOYED = "while the account is in use"


def _last_administrator(db: Connection, subject: str) -> Refused | None:
    """Somebody must be left who can let others in."""
    kind, _, name = subject.partition("/")
    if kind != "person" or not masterless(db, apart=name):
        return None
    return Refused(
        "last_administrator", f"{name!r} is the last who runs this system; let somebody else in first.", "subject"
    )


BLOCKERS = (_last_administrator,)

HOLDINGS = (
    Holding(
        "access_person",
        purpose="to let people in who work here, and to sign what they do",
        basis=CONTRACT,
        kept=_WHILE_EMPLOYED,
        rows={"person": "username = %(name)s"},
        columns=(
            Column("username", "sign-in", stays="it signs what was done, for as long as that is kept"),
            Column("first_name", "name", blank="''"),
            Column("last_name", "name", blank="''"),
            # Signing in and resetting a password look an address up; so it is not sealed.
            Column("email", "email", blank="''"),
            Column("password", "sign-in", "digest", blank="'!'"),
            Column("language", "preference", blank="''"),
            Column("time_zone", "preference", blank="''"),
            Column("theme", "preference", blank="''"),
        ),
        beside=("role", "is_active", "date_joined", "last_login"),
        also={"is_active": "false"},
    ),
    Holding(
        "account_emailaddress",
        purpose="to let people in who work here, and to sign what they do",
        basis=CONTRACT,
        kept=_WHILE_EMPLOYED,
        rows={"person": _USERS},
        columns=(Column("email", "email"),),
        beside=("verified",),
        removed=True,
    ),
    Holding(
        "mfa_authenticator",
        purpose="to be sure who signs in",
        basis=LEGAL_DUTY,
        kept=_WHILE_EMPLOYED,
        rows={"person": _USERS},
        columns=(Column("type", "sign-in"),),
        beside=("created_at", "last_used_at"),
        removed=True,
    ),
    Holding(
        "access_saved_view",
        purpose="to show people their lists as they like them",
        basis=LEGITIMATE,
        kept=_WHILE_EMPLOYED,
        rows={"person": _MINE},
        columns=(Column("name", "preference"), Column("query", "preference")),
        beside=("listing", "shared", "saved_at"),
        removed=True,
    ),
    Holding(
        "usersessions_usersession",
        purpose="to show people where they are signed in, and let them end it",
        basis=LEGITIMATE,
        kept="until the session ends",
        rows={"person": _USERS},
        columns=(Column("ip", "sign-in"), Column("user_agent", "sign-in")),
        beside=("created_at", "last_seen_at"),
        removed=True,
    ),
    Holding(
        "socialaccount_socialaccount",
        purpose="to let people in by the company's own provider",
        basis=CONTRACT,
        kept=_WHILE_EMPLOYED,
        rows={"person": _USERS},
        columns=(Column("uid", "sign-in"), Column("extra_data", "sign-in")),
        beside=("provider", "last_login", "date_joined"),
        removed=True,
    ),
    Holding(
        "access_audit_entry",
        purpose="to know who changed what, and to find misuse",
        basis=LEGAL_DUTY,
        kept="three years at hand, then in the archive",
        rows={"person": "actor = %(subject)s"},
        columns=(
            Column("origin", "sign-in", stays=_RECORD),
            Column("actor", "sign-in", stays=_RECORD),
        ),
        beside=("at", "kind", "subject"),
    ),
)

NOT_PERSONAL = (
    NotPersonal("usersessions_usersession", ("session_key", "data"), "secrets and flags, which are not handed out"),
    NotPersonal("socialaccount_socialaccount", ("provider",), "which provider it is"),
    NotPersonal("access_audit_entry", ("*",), "references and figures, as the events they copy"),
    NotPersonal("access_role", ("*",), "what roles are called and allow"),
    NotPersonal("access_post", ("*",), "references: an account, a role, sites"),
    NotPersonal("access_signin_first_password", ("*",), "a reference to an account, and a moment"),
    NotPersonal("access_signin_device", ("*",), "the shop's own devices"),
    NotPersonal("access_watching_network", ("*",), "where networks lie, as the operator brought it"),
    NotPersonal("allauth_idp_oidc_client", ("*",), "machines, and digests of their secrets"),
    NotPersonal("socialaccount_socialapp", ("*",), "the company's provider"),
    NotPersonal("access_person", ("role",), "what somebody is here for"),
    NotPersonal("access_api_key", ("*",), "machines, and digests of their keys"),
    NotPersonal("access_saved_view", ("listing",), "which list it is"),
    NotPersonal("mfa_authenticator", ("data",), "a secret, which is not handed out"),
    NotPersonal("account_emailconfirmation", ("*",), "a token; the address stands in account_emailaddress"),
    NotPersonal("django_session", ("*",), "signed references to an account; gone after two weeks, or at signing out"),
    NotPersonal("auth_group", ("name",), "not used"),
    NotPersonal("auth_permission", ("name", "codename"), "not used"),
    NotPersonal("django_content_type", ("*",), "the library's own"),
    NotPersonal("django_migrations", ("*",), "the library's own"),
)
