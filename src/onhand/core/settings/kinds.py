"""What a setting may be: each kind takes the text from the environment and gives what it means.

A text that is not of the kind raises ``ValueError`` with the end of a sentence that begins with the setting's name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}; it is {text!r}")
        return int(text)

    return read


def seconds(least: float, most: float) -> Callable[[str], float]:
    """A number of seconds within bounds."""

    def read(text: str) -> float:
        try:
            figure = float(text)
        except ValueError:
            figure = -1.0
        if not least <= figure <= most:
            raise ValueError(f"must be a number of seconds from {least:g} to {most:g}; it is {text!r}")
        return figure

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """One of a few words, in whatever case."""

    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}; it is {text!r}")
        return text.lower()

    return read


def postgresql(text: str) -> str | None:
    """The address of a PostgreSQL server; None without one."""
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://, as in postgresql://user@host/onhand")
    return text or None


def path(text: str) -> Path:
    """A folder or file; ``~`` is one's own folder."""
    return Path(text).expanduser()


def path_or_none(text: str) -> Path | None:
    """A folder or file, or None."""
    return path(text) if text else None


def some_text(most: int) -> Callable[[str], str]:
    """A text that people will read, of so many characters at most."""

    def read(text: str) -> str:
        if not text.strip() or len(text) > most or not text.isprintable():
            raise ValueError(f"must be 1 to {most} visible characters; it is {text!r}")
        return text.strip()

    return read


def text_or_none(text: str) -> str | None:
    """A text as it is, or None."""
    return text or None


def yes_or_no(text: str) -> bool:
    """Yes, or no."""
    return one_of("yes", "no")(text) == "yes"


def parts(text: str) -> tuple[str, ...]:
    """Texts with commas between."""
    return tuple(part for part in (each.strip() for each in text.split(",")) if part)


def networks(text: str) -> tuple[str, ...]:
    """Addresses or networks, with commas between."""
    for each in parts(text):
        try:
            ipaddress.ip_network(each, strict=False)
        except ValueError:
            raise ValueError(
                f"must be addresses or networks, such as 10.0.0.7 or 10.0.0.0/24, with commas between; {each!r} is none"
            ) from None
    return parts(text)


def figures(text: str) -> dict[str, float]:
    """Names and their numbers, with commas between."""
    found = {}
    for each in parts(text):
        name, _, figure = each.partition("=")
        try:
            found[name.strip()] = float(figure)
        except ValueError:
            raise ValueError(f"must be name=number with commas between; {each!r} is not") from None
    return found


def web(text: str) -> str | None:
    """The address of a site, without a path; None without one."""
    taken = urlsplit(text)
    if text and (taken.scheme not in {"http", "https"} or not taken.hostname or taken.path.strip("/") or taken.query):
        raise ValueError(f"must be an address without a path, as in https://onhand.example; it is {text!r}")
    return text.rstrip("/") or None


def issuer(text: str) -> str | None:
    """The address of who vouches for people, over https unless it is on this machine; None without one."""
    taken = urlsplit(text)
    loopback = taken.hostname in {"127.0.0.1", "localhost", "::1"}
    if text and (taken.scheme != "https" and not (taken.scheme == "http" and loopback)):
        raise ValueError(f"must begin with https://, as in https://login.example/realms/shop; it is {text!r}")
    return text.rstrip("/") or None


def post(text: str) -> str | None:
    """The address of a mail server; None without one."""
    if text and (urlsplit(text).scheme not in {"smtp", "smtps"} or not urlsplit(text).hostname):
        raise ValueError("must be as in smtp://name:password@mail.example:587, or smtps:// for TLS from the first byte")
    return text or None


def provider(text: str) -> str | None:
    """A provider's address with account and password, over https unless it is on this machine; None without one."""
    taken = urlsplit(text)
    loopback = taken.scheme == "http" and taken.hostname in {"127.0.0.1", "localhost", "::1"}
    if text and not ((taken.scheme == "https" or loopback) and taken.hostname and taken.username and taken.password):
        raise ValueError("must be as in https://account:token@api.twilio.com")
    return text or None


def contact(text: str) -> str | None:
    """Where somebody is reached: a mailbox or a page; None without one."""
    taken = urlsplit(text)
    mailbox = taken.scheme == "mailto" and "@" in taken.path
    if text and not (mailbox or (taken.scheme == "https" and taken.hostname)):
        raise ValueError(f"must be as in mailto:it@shop.example or https://shop.example/contact; it is {text!r}")
    return text or None


def pairs(text: str) -> dict[str, str]:
    """What is left and right of ``=``, with commas between."""
    found = [each.strip().rpartition("=") for each in text.split(",") if each.strip()]
    if any(not left or not right for left, _, right in found):
        raise ValueError(f"must be as in shop-managers=store_manager, it-team=administrator; it is {text!r}")
    return {left.strip(): right.strip() for left, _, right in found}
