"""What we depend on is looked over without a network."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from scripts import audit

HASH = "a" * 64
LOCK = f"""\
django==5.2.19 \\
    --hash=sha256:{HASH} \\
    --hash=sha256:{"b" * 64}
    # via
    #   onhand (pyproject.toml)
    #   django-allauth
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{HASH}
    # via click
click==8.3.1 \\
    --hash=sha256:{HASH}
    # via onhand (pyproject.toml)
"""


def advisory(*events: dict[str, str], name: str = "Django") -> dict[str, Any]:
    affected = [
        {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": [*events]}]}
    ]
    return {"id": "CVE-1", "summary": "It leaks.", "affected": affected}


def test_the_lock_is_read_with_its_hashes_markers_and_who_asks() -> None:
    django, colorama, click = audit.read_lock(LOCK)

    assert (django.name, django.version, len(django.hashes)) == ("django", "5.2.19", 2)
    assert "django-allauth" in django.via
    assert (colorama.marker, colorama.here, colorama.via) == ("sys_platform == 'win32'", False, ("click",))
    assert click.via == ("onhand",)


def test_of_a_package_in_two_versions_the_one_for_this_machine_counts() -> None:
    django = audit.read_lock(LOCK)[0]
    other = replace(django, version="9.9", marker="python_full_version >= '99'")

    assert not any("9.9" in each for each in audit.faults([django, other], "| Django |", {"django"}, []))


def test_a_line_that_pins_nothing_stops_the_audit() -> None:
    with pytest.raises(SystemExit, match="pins nothing"):
        audit.read_lock("django>=5\n")


def test_what_is_locked_here_is_in_order() -> None:
    assert audit.main([]) == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"hashes": ()}, "not pinned to hashes"),
        ({"version": "5.2.1"}, "is installed: run `make setup`"),
        ({"name": "unheard-of"}, "locked and not installed"),
    ],
)
def test_what_is_not_pinned_or_not_what_is_pinned_is_named(change: dict[str, Any], says: str) -> None:
    django = replace(audit.read_lock(LOCK)[0], **change)

    assert any(says in each for each in audit.faults([django], "| Django |", {"django"}, []))


def test_a_licence_that_asks_for_more_is_named() -> None:
    for licence, fine in {"MIT": True, "GPL-3.0-or-later": False, "AGPL-3.0": False, "LGPL-3.0-only": False}.items():
        assert bool(audit.ALLOWED.match(licence)) == fine
    (psycopg,) = (
        each for each in audit.read_lock((audit.ROOT / "requirements.lock").read_text()) if each.name == "psycopg"
    )
    assert psycopg.licences == ["LGPL-3.0-only"]


def test_a_library_without_a_reason_and_one_nobody_asks_for_are_named() -> None:
    django, _, click = audit.read_lock(LOCK)
    locked = [django, replace(click, version="8.3.1", via=("nobody",))]

    said = list(audit.faults(locked, "| library | why |", {"django"}, []))

    assert any("django has no line" in each for each in said)
    assert any("click is locked, and nothing asks for it" in each for each in said)


@pytest.mark.parametrize(
    ("events", "speaks"),
    [
        (({"introduced": "0"}, {"fixed": "5.2.20"}), True),
        (({"introduced": "0"}, {"fixed": "5.2.19"}), False),
        (({"introduced": "5.3"},), False),
        (({"introduced": "0"}, {"fixed": "4.2.26"}, {"introduced": "5.2"}, {"last_affected": "5.2.19"}), True),
        (({"introduced": "0"}, {"last_affected": "5.2.18"}), False),
    ],
)
def test_an_advisory_speaks_of_the_versions_within_its_ranges(
    events: tuple[dict[str, str], ...], speaks: object
) -> None:
    assert audit.affects(advisory(*events), "django", "5.2.19") is speaks
    assert not audit.affects(advisory(*events, name="other"), "django", "5.2.19")


def test_a_vulnerable_version_is_a_fault_until_the_advisory_is_withdrawn() -> None:
    django = audit.read_lock(LOCK)[0]
    known = advisory({"introduced": "0"})

    assert any("CVE-1" in each for each in audit.faults([django], "| Django |", {"django"}, [known]))
    withdrawn = known | {"withdrawn": "2026-01-01T00:00:00Z"}
    assert not any("CVE-1" in each for each in audit.faults([django], "| Django |", {"django"}, [withdrawn]))


def test_advisories_are_renewed_from_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export, here = tmp_path / "export", tmp_path / "here"
    export.mkdir()
    here.mkdir()
    (export / "a.json").write_text(json.dumps(advisory({"introduced": "0"})))
    (export / "b.json").write_text(json.dumps(advisory({"introduced": "0"}, name="other") | {"id": "CVE-2"}))
    monkeypatch.setattr(audit, "ADVISORIES", here)

    taken = audit.renew(export, audit.read_lock(LOCK), date(2026, 11, 29))

    assert (taken, [each["id"] for each in audit.kept()], audit.age(date(2026, 12, 9))) == (1, ["CVE-1"], 10)


def test_the_bill_of_materials_holds_what_is_shipped_and_what_comes_with_it() -> None:
    bill = audit.sbom(audit.read_lock(LOCK), {"click"}, "0.1.0", datetime(2026, 11, 29, tzinfo=UTC))

    purls = [each["purl"] for each in bill["components"]]
    assert purls[:2] == ["pkg:pypi/click@8.3.1", "pkg:pypi/colorama@0.4.6"]
    assert any(purl.startswith("pkg:npm/htmx@") for purl in purls)
    assert {"ref": "pkg:pypi/click@8.3.1", "dependsOn": ["pkg:pypi/colorama@0.4.6"]} in bill["dependencies"]
