"""Second factors: who must have one, who has, and whether whoever holds a session proved one just now.

``freshly_proved`` is for acts that ask for proof at the moment they are done. allauth answers that question with yes
for people who only come in through a single sign-on; here they have proved something when their provider says when it
saw them last (``auth_time``), and not before.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from onhand.access.permissions import PERMISSIONS, Sensitivity, Standing

if TYPE_CHECKING:
    from onhand.access.models import Person

# Who works on the floor, and may sign in on a device that a shift shares.
FLOOR = frozenset({"store_associate", "warehouse_operator", "customer_service", "production", "driver"})

# Where a session says that it was begun by badge and PIN, on which device.
SHIFT = "shift"
# When the single sign-on's provider last saw the person, by its own word.
SEEN_BY_PROVIDER = "seen_by_provider"
_RECORDS, _RECORDS_OF = "account_authentication_methods", "account_authentication_methods_user"
# Clocks of two machines differ.
_SECONDS_OF_SKEW = 30

Holder = Any  # a request, or its session


def required(person: Person) -> bool:
    """Whether somebody must have a second factor: one of their roles says so, or allows what takes one."""
    return any(each.in_force.second_factor for each in person.held)


def on_the_floor(person: Person) -> bool:
    """Whether all somebody's roles are of the floor: they may sign in by badge and PIN."""
    names = {each.role for each in person.held}
    return bool(names) and names <= FLOOR


def on_shared(standing: Standing) -> Standing:
    """What is left of somebody's permissions on a shared device: all but the highest kind."""
    kept = {name: sites for name, sites in standing.grants.items() if not _high(name)}
    return Standing(kept, standing.channels)


def _high(permission: str) -> bool:
    return PERMISSIONS[permission].sensitivity is Sensitivity.HIGH


def has_one(person: Person) -> bool:
    """Whether they have an authenticator app or a passkey; recovery codes alone are none."""
    from allauth.mfa.models import Authenticator

    return bool(
        Authenticator.objects.filter(user_id=person.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    )


def lacking(person: Person, session: Mapping[str, Any]) -> bool:
    """Whether they must have a second factor and have none. The factors of a single sign-on are its provider's."""
    return required(person) and not came_by_provider(session) and not has_one(person)


def came_by_provider(session: Mapping[str, Any]) -> bool:
    """Whether this session was begun by the single sign-on."""
    return any(each.get("method") == "socialaccount" for each in _records(session))


def most_sensitive(holder: Holder) -> Literal["medium", "high"]:
    """How sensitive an act may be in this session: on a shared device, by badge and PIN, not of the highest kind."""
    return "medium" if SHIFT in _session(holder) else "high"


def freshly_proved(holder: Holder, seconds: float) -> bool:
    """Whether whoever holds this session (or the session of this request) proved a factor so many seconds ago or less.

    A factor is a code of their app, a passkey or a recovery code; of who has none of these, the password. Of who came
    through the single sign-on, that the provider saw them in person then. A badge and a PIN are none.
    """
    session, now = _session(holder), time.time()
    records = [each for each in _records(session) if 0 <= now - float(each.get("at", 0)) <= seconds]
    if SHIFT in session:
        return False
    if any(each.get("method") == "mfa" for each in records):
        return True
    if came_by_provider(session):
        return -_SECONDS_OF_SKEW <= now - float(session.get(SEEN_BY_PROVIDER, 0)) <= seconds
    by_password = any(each.get("method") == "password" for each in records)
    return by_password and not _holder_has_one(session)


def _holder_has_one(session: Mapping[str, Any]) -> bool:
    from onhand.access.models import Person

    person = Person.objects.filter(pk=session.get("_auth_user_id", 0)).first()
    return person is not None and has_one(person)


def _records(session: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How the holder proved who they are, oldest first; what somebody else proved in this browser is not theirs."""
    if str(session.get(_RECORDS_OF)) != str(session.get("_auth_user_id")):
        return []
    found = session.get(_RECORDS)
    return found if isinstance(found, list) else []


def _session(holder: Holder) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", getattr(holder, "session", holder))
